// A run whose GPU was lost resumes by itself from its last save: paused if it was paused.
import { isLoss } from './device'
import type { Recovered } from '../shared/run-config'

/** So many losses within so many milliseconds of its running, and it is given up: whatever takes the GPU away will do so again. */
const [mostLosses, within] = [3, 60_000]

interface Recoverable<Saved, Event> {
  /** Lives from where it stood; from its beginning with null. */
  readonly live: (from: Saved | null) => AsyncGenerator<Event>
  /** Where it stands, as it was last kept; null before it was. */
  readonly stood: () => Saved | null
  readonly signal: AbortSignal
}

export async function* recovering<Saved extends { readonly step: number }, Event>(
  from: Saved | null,
  { live, stood, signal }: Recoverable<Saved, Event>,
): AsyncGenerator<Event | Recovered> {
  let losses: number[] = []
  // How long it was on its way back, which on a slow machine may take the minute alone.
  let [lost, away]: [number | null, number] = [null, 0]
  for (;;) {
    try {
      for await (const event of live(from)) {
        if (lost !== null) [lost, away] = [null, away + performance.now() - lost]
        yield event
      }
      return
    } catch (error) {
      if (signal.aborted || !(await isLoss(error))) throw error
      lost ??= performance.now()
      const now = lost - away
      losses = [...losses.filter((when) => now - when < within), now]
      if (losses.length >= mostLosses) throw error
    }
    from = stood() ?? from
    yield { kind: 'recovered', step: from?.step ?? 0 }
  }
}
