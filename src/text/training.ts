// The training loop that the text models share: several steps are queued before the first one's loss is waited for.
import { SluiceError } from '../errors'
import type { StepResult, Trainer, TrainingBatch } from '../trainer'

export interface Progress extends StepResult {
  /** Epoch, from 0. */
  readonly epoch: number
  /** Steps in all epochs. An epoch may have one less, as it is cut at a random place. */
  readonly totalSteps: number
  /** exp(loss) of this step's batch: how many characters the model is torn between. */
  readonly perplexity: number
  /** exp(mean loss) of this epoch so far: what the book plots. */
  readonly epochPerplexity: number
  /** Characters trained on a second, over the last seconds. */
  readonly charsPerSecond: number
}

export interface EpochBatch extends TrainingBatch {
  readonly epoch: number
}

/** Steps that are queued before the first one's loss is waited for. */
const inFlight = 4

/** Trains on every batch and yields after each step, in order. Destroys the trainer at the end, however it comes.
 * @throws SluiceError `not-finite` if the loss is no number any more, and what `Trainer.step` throws. */
export async function* trainOn(trainer: Trainer, batches: Iterable<EpochBatch>, totalSteps: number): AsyncGenerator<Progress, void, undefined> {
  const { steps, batch, clipNorm } = trainer.options
  const queued: { epoch: number; result: Promise<StepResult> }[] = []
  const speed = new Speed(batch * steps)
  let [sum, count, current] = [0, 0, 0]
  const next = async (): Promise<Progress> => {
    const { epoch, result } = queued.shift()!
    const outcome = await result
    if (!Number.isFinite(outcome.loss))
      throw new SluiceError(
        'not-finite',
        `the loss is ${outcome.loss} at step ${outcome.step}: the gradient exploded. Lower the learning rate (${outcome.rate}) or ${clipNorm === undefined ? 'set clipNorm' : `clip harder than clipNorm ${clipNorm}`}, then create the model anew.`,
      )
    if (epoch !== current) [sum, count, current] = [0, 0, epoch]
    sum += outcome.loss
    count++
    return { ...outcome, epoch, totalSteps, perplexity: Math.exp(outcome.loss), epochPerplexity: Math.exp(sum / count), charsPerSecond: speed.tick() }
  }
  try {
    for (const { epoch, ...batch } of batches) {
      const result = trainer.step(batch)
      result.catch(() => {}) // reported when its turn comes
      queued.push({ epoch, result })
      if (queued.length >= inFlight) yield await next()
    }
    while (queued.length > 0) yield await next()
  } finally {
    await Promise.allSettled(queued.map(({ result }) => result))
    trainer.destroy()
  }
}

/** Characters a second over the last few seconds: steps of a GPU are uneven, and the first ones compile. */
class Speed {
  readonly #times: number[] = [performance.now()]

  constructor(private readonly charactersPerStep: number) {}

  tick(): number {
    const now = performance.now()
    this.#times.push(now)
    while (this.#times.length > 2 && now - this.#times[0]! > 3000) this.#times.shift()
    const seconds = (now - this.#times[0]!) / 1000
    return seconds > 0 ? ((this.#times.length - 1) * this.charactersPerStep) / seconds : 0
  }
}
