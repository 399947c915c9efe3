// The text coloured by one unit, and the list of units that respond to a kind of place.
import { Characters } from '../../parts/characters'
import { count, probability, signedFigure } from '../../parts/format'
import { nameOf } from '../../parts/guesses'
import { Segments } from '../../parts/segments'
import { measureOf, places } from '../../shared/xray'
import { choose, choosePlace, chooseUnit, chosen, cursor, unitValues, type Shown } from './state'
import { words } from './strings'

export function OneUnit({ shown }: { shown: Shown }) {
  const w = words.value
  const {
    inspection,
    unit,
    quantity,
    range: [low, high],
  } = shown
  const values = unitValues(shown, unit)
  const tint = (t: number) => {
    const share = (2 * (values[t]! - low)) / (high - low) - 1
    return `color-mix(in oklab, var(${share < 0 ? '--low' : '--high'}) ${Math.round(Math.min(1, Math.abs(share)) * 45)}%, transparent)`
  }
  return (
    <section id="one-unit" aria-labelledby="one-unit-title">
      <h3 id="one-unit-title">{w.one(String(unit + 1))}</h3>
      <p class="hint">{w.oneHow}</p>
      <Characters label={w.oneText} characters={inspection.characters} tint={tint} onPoint={(t) => (cursor.value = t)}>
        {(t) => (
          <p class="xray-here">
            <b>{w.here(`“${nameOf(inspection.characters[t]!)}”`, String(t + 1))}</b>
            <span>
              {quantity} = {signedFigure(values[t]!)}
            </span>
            <span>
              {w.next}: {inspection.expected[t]!.map(({ character, probability: p }) => `${nameOf(character)} ${probability(p)}`).join(', ')}
            </span>
          </p>
        )}
      </Characters>
    </section>
  )
}

interface Entry {
  readonly unit: number
  readonly value: string
  /** Length of its bar, 0 to 1. */
  readonly share: number
  readonly low?: boolean
}

/** Units with a figure each. A click chooses the unit. */
export function UnitList({ entries, followed }: { entries: readonly Entry[]; followed: number }) {
  const w = words.value
  return (
    <ol class="responses-list">
      {entries.map(({ unit, value, share, low }) => (
        <li key={unit}>
          <button class="quiet" aria-pressed={unit === followed} onClick={() => chooseUnit(unit)}>
            <span>
              {w.unit} {unit + 1}
            </span>
            <span class="responses-bar" data-sign={low ? 'low' : 'high'} aria-hidden="true">
              <span style={{ width: `${100 * share}%` }} />
            </span>
            <span>{value}</span>
          </button>
        </li>
      ))}
    </ol>
  )
}

const listLength = 10

export function Responses({ shown: { inspection, quantity, place, ranking, unit: followed } }: { shown: Shown }) {
  const w = words.value
  const most = Math.max(1, Math.abs(ranking[0]?.d ?? 0))
  return (
    <section id="responses" aria-labelledby="responses-title">
      <h3 id="responses-title">{w.responses}</h3>
      <Segments name="place" label={w.place} value={place} options={places.map((value) => ({ value, label: w.places[value] }))} onChange={choosePlace} />
      <p class="hint">
        {measureOf(place) === 'change' ? w.change(quantity, w.places[place], count(inspection.measured)) : w.valueMeasure(quantity, count(inspection.measured))}
      </p>
      {ranking.length === 0 ? (
        <p>{w.tooFew}</p>
      ) : (
        <UnitList
          followed={followed}
          entries={ranking.slice(0, listLength).map(({ unit, d }) => ({ unit, value: signedFigure(d), share: Math.abs(d) / most, low: d < 0 }))}
        />
      )}
      <label class="check">
        <input type="checkbox" name="sorted" checked={chosen.value.sorted} onChange={(event) => choose('sorted', event.currentTarget.checked)} /> {w.sorted}
      </label>
    </section>
  )
}
