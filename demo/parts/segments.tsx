// A choice of one among a few, side by side. They are radio buttons, so that arrow keys and screen readers work.
import { useId } from 'preact/hooks'
import './segments.css'

export interface Option<Value extends string> {
  readonly value: Value
  readonly label: string
  /** The language of the label, if it differs from the page's. */
  readonly lang?: string
  /** The cell whose colour it has when chosen. */
  readonly cell?: string
}

interface Props<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly Option<Value>[]
  readonly onChange: (value: Value) => void
  /** The name of the group (default: a unique one). */
  readonly name?: string
  /** Shows the label above; without it only screen readers get it. */
  readonly titled?: boolean
}

export function Segments<Value extends string>({ label, value, options, onChange, name, titled }: Props<Value>) {
  const unique = useId()
  return (
    <fieldset class="segments">
      <legend class={titled ? 'label' : 'visually-hidden'}>{label}</legend>
      <div class="segments-row">
        {options.map((option) => (
          <label key={option.value} lang={option.lang} data-cell={option.cell}>
            <input type="radio" name={name ?? unique} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
