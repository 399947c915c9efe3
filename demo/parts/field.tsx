// Fields of a form: a label above, the control below it.
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import './field.css'

interface NumberProps {
  readonly label: string
  readonly name?: string
  /** NaN is input that is not a number. The field then keeps what was typed. */
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min?: number
  readonly max?: number
  readonly step?: number | 'any'
  /** The value of an empty field, such as Infinity (default: NaN). */
  readonly empty?: number
  /** Shown while the field is empty. */
  readonly placeholder?: string
}

export function NumberField({ label, name, value, onChange, min = 0, max, step = 1, empty = NaN, placeholder }: NumberProps) {
  const input = useRef<HTMLInputElement>(null)
  const isRight =
    value === empty || (Number.isFinite(value) && value >= min && (max === undefined || value <= max) && (step === 'any' || Number.isInteger(value / step)))
  const typed = (field: HTMLInputElement) => (field.value === '' && !field.validity.badInput ? empty : field.valueAsNumber)
  // Shows a value that came from elsewhere, and leaves alone what is being typed. A layout effect, since a later effect could
  // overwrite the next keystroke.
  useLayoutEffect(() => {
    const field = input.current!
    if (!Object.is(typed(field), value) && !Number.isNaN(value)) field.value = value === empty ? '' : String(value)
  }, [value])
  return (
    <label class="field">
      <span class="label">{label}</span>
      <input
        ref={input}
        type="number"
        inputMode="decimal"
        name={name}
        min={min}
        max={max}
        step={step}
        placeholder={placeholder}
        aria-invalid={!isRight}
        onInput={(event) => onChange(typed(event.currentTarget))}
      />
    </label>
  )
}

/** The limit of training steps; an empty field is no limit. */
export function IterationsField({ label, noLimit, value, onChange }: Pick<NumberProps, 'label' | 'value' | 'onChange'> & { readonly noLimit: string }) {
  return <NumberField name="iterations" label={label} value={value} min={1} empty={Infinity} placeholder={noLimit} onChange={onChange} />
}

interface TextProps {
  readonly label: string
  readonly name?: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly placeholder?: string
}

export function TextField({ label, name, value, onChange, placeholder }: TextProps) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      <input
        type="text"
        dir="auto"
        name={name}
        value={value}
        placeholder={placeholder}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  )
}

interface SelectProps<Value extends string> {
  readonly label: string
  readonly name?: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value) => void
}

export function Select<Value extends string>({ label, name, value, options, onChange }: SelectProps<Value>) {
  return (
    <label class="field">
      <span class="label">{label}</span>
      <select name={name} value={value} onChange={(event) => onChange(event.currentTarget.value as Value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </label>
  )
}

interface SliderProps {
  readonly label: string
  readonly name?: string
  readonly value: number
  readonly onChange: (value: number) => void
  readonly min: number
  readonly max: number
  readonly step: number
  /** Formats the value beside the label. */
  readonly show?: (value: number) => string
}

export function Slider({ label, name, value, onChange, min, max, step, show = String }: SliderProps) {
  const id = useId()
  return (
    <div class="field slider">
      <label class="label" for={id}>
        {label}
      </label>
      <output for={id}>{show(value)}</output>
      <input
        id={id}
        type="range"
        name={name}
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={show(value)}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
    </div>
  )
}
