// A table of contestants and their figures. On a narrow screen each row becomes labelled figures under the name.
import { Swatch, type Series } from './chart'
import './scoreboard.css'

export interface Entry {
  /** Its number among the contestants, from 0, whatever its rank. */
  readonly index: number
  /** The cell whose colour it has. */
  readonly cell: string
  readonly stroke: Pick<Series, 'colour' | 'strength' | 'dashed' | 'dotted'>
  readonly name: string
  /** Text before the name, such as its rank. */
  readonly mark?: string
  /** Why it is out. */
  readonly fault?: string | undefined
  /** By column. */
  readonly figures: Readonly<Record<string, string>>
}

interface Props {
  readonly id: string
  readonly caption: string
  readonly name: string
  /** The column head of the marks, if there are any. */
  readonly mark?: string
  readonly columns: readonly { readonly key: string; readonly label: string; readonly strong?: boolean }[]
  readonly entries: readonly Entry[]
}

export function Scoreboard({ id, caption, name, mark, columns, entries }: Props) {
  return (
    <div class="scoreboard-box" tabIndex={0}>
      {/* Explicit roles, since a browser drops them when CSS changes the display of the rows. */}
      <table id={id} class={mark === undefined ? 'scoreboard' : 'scoreboard marked'} role="table">
        <caption>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {mark !== undefined && (
              <th scope="col" role="columnheader">
                {mark}
              </th>
            )}
            <th scope="col" role="columnheader">
              {name}
            </th>
            {columns.map(({ key, label }) => (
              <th key={key} scope="col" role="columnheader">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {entries.map((entry) => (
            <tr key={entry.index} role="row" data-cell={entry.cell} data-lane={entry.index}>
              {mark !== undefined && (
                <td class="scoreboard-mark" role="cell">
                  {entry.mark}
                </td>
              )}
              <th scope="row" role="rowheader">
                <Swatch series={entry.stroke} />
                {entry.name}
                {entry.fault && <span class="scoreboard-fault">{entry.fault}</span>}
              </th>
              {columns.map(({ key, label, strong }) => (
                <td key={key} role="cell" class={strong ? 'strong' : undefined} data-column={key} data-label={label}>
                  {entry.figures[key]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
