// Which evaluation of a run is shown.
import type { Signal } from '@preact/signals'
import { Slider } from './field'

interface Props {
  readonly label: string
  /** Its number; null for the newest, which is then followed. */
  readonly chosen: Signal<number | null>
  readonly index: number
  /** The number of the newest. There is nothing to choose where it is the only one. */
  readonly last: number
  /** The training step of an evaluation, in words. */
  readonly stepOf: (index: number) => string
  readonly newest: (step: string) => string
}

export function EvaluationSlider({ label, chosen, index, last, stepOf, newest }: Props) {
  if (last <= 0) return null
  return (
    <Slider
      name="evaluation"
      label={label}
      value={index}
      min={0}
      max={last}
      step={1}
      show={(i) => (i === last && chosen.value === null ? newest(stepOf(i)) : stepOf(i))}
      onChange={(i) => (chosen.value = i >= last ? null : i)}
    />
  )
}
