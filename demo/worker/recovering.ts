// A run whose GPU was lost resumes by itself from its last save: paused if it was paused. After too many losses it fails.
import { LossLimit } from '../../src/training/loss-limit'
import { isLoss } from './device'
import type { Recovered } from '../shared/run-config'

interface Recoverable<Saved, Event> {
  /** Trains from a saved state, with null from the beginning. */
  readonly train: (from: Saved | null) => AsyncGenerator<Event>
  /** The last saved state; null before the first save. */
  readonly latest: () => Saved | null
  readonly signal: AbortSignal
}

export async function* recovering<Saved extends { readonly step: number }, Event>(
  from: Saved | null,
  { train, latest, signal }: Recoverable<Saved, Event>,
): AsyncGenerator<Event | Recovered> {
  const limit = new LossLimit()
  for (;;) {
    try {
      for await (const event of train(from)) {
        limit.isBack()
        yield event
      }
      return
    } catch (error) {
      if (signal.aborted || !(await isLoss(error)) || limit.lost()) throw error
    }
    from = latest() ?? from
    yield { kind: 'recovered', step: from?.step ?? 0 }
  }
}
