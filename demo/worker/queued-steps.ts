// Training steps of one network that are queued on the GPU, so that it never waits for the page.
import type { StepResult, Trainer, TrainingBatch } from 'sluice'

/** Steps that may be queued before the result of the first one is awaited. */
const maxQueued = 4

/** Takes a step with each batch and yields its result, in order. Leaving the loop queues no more, and waits for those that are queued. */
export async function* queuedSteps(trainer: Trainer, batches: readonly TrainingBatch[]): AsyncGenerator<StepResult, void, undefined> {
  const queued: Promise<StepResult>[] = []
  try {
    for (const batch of batches) {
      const step = trainer.step(batch)
      step.catch(() => {}) // thrown when it is awaited
      queued.push(step)
      if (queued.length >= maxQueued) yield await queued.shift()!
    }
    while (queued.length > 0) yield await queued.shift()!
  } finally {
    await Promise.allSettled(queued)
  }
}
