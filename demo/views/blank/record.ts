// What the two readers have shown: the page shows it, and the worker keeps the same with the networks.
import type { Size } from '../race/sizes'
import type { BlankEvent, Of } from './handlers'

export interface Learning {
  readonly sizes: Of<Size>
  readonly step: number
  /** The newest last. */
  readonly looks: readonly { readonly step: number; readonly accuracy: Of<number> | null }[]
}

export function advance(now: Learning | null, event: BlankEvent): Learning | null {
  if (event.kind === 'started') return { sizes: event.sizes, step: 0, looks: [] }
  if (!now) return null
  if (event.kind === 'progress') return { ...now, step: event.step }
  const { step, accuracy } = event
  return { ...now, looks: [...now.looks.filter((look) => look.step !== step), { step, accuracy }] }
}
