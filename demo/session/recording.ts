// Plays a recording of a run through the eyes of its view, until a run of the person's own has begun.
import type { Recording, RecordingName } from '../recordings/file'

/** Seconds that a recording plays. */
const duration = 15

/** A recording, and what is told of it. */
export interface Played extends Recording {
  /** Training steps. */
  readonly steps: number
  /** Seconds that it plays, and how many times as fast as the run trained; null where its events do not tell. */
  readonly seconds: number
  readonly timesAsFast: number | null
}

/** Events that tell how long the training took: a training tells each step's time, a race that of each contestant so far. */
interface Timed {
  readonly kind: string
  readonly step?: number
  readonly points?: readonly object[]
  readonly secondsPerStep?: number | null
  readonly lanes?: readonly ({ readonly seconds?: number } | null)[]
}

/** What is told of a recording. */
export function told(recording: Recording): Played {
  let [steps, trained] = [0, 0]
  for (const { kind, step = 0, points = [], secondsPerStep, lanes = [] } of recording.events as readonly Timed[]) {
    steps = Math.max(steps, step)
    if (kind !== 'progress') continue
    if (secondsPerStep) trained += points.length * secondsPerStep
    const ofLanes = lanes.reduce((sum, lane) => sum + (lane?.seconds ?? 0), 0)
    trained = Math.max(trained, ofLanes)
  }
  return { ...recording, steps, seconds: duration, timesAsFast: trained > 0 ? trained / duration : null }
}

/** The events of a recording, one after the other, or all at once. They end when `signal` aborts. */
export async function* playing(
  name: RecordingName,
  signal: AbortSignal,
  atOnce: boolean,
): AsyncGenerator<{ readonly recording: Played; readonly event: { readonly kind: string } }> {
  const { addresses, read } = await import('../recordings/file')
  const response = await fetch(addresses[name])
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
  const recording = told(read<Recording>(await response.text()))
  // Who wants no motion sees the end at once.
  const pace = atOnce || matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : (1000 * duration) / recording.events.length
  for (const event of recording.events) {
    if (signal.aborted) return
    yield { recording, event }
    if (pace) await new Promise((resolve) => setTimeout(resolve, pace))
  }
}
