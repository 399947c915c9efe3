// The tasks. Each has one target, at the last step, so that the whole gradient travels back from there.
import { Corpus, type NetworkOptions, type TrainingBatch } from 'sluice'
import { adding, copying } from '../../lessons/tasks'
import type { TaskName } from '../../shared/gradients/settings'

export interface Task {
  readonly network: Pick<NetworkOptions, 'input' | 'head'>
  readonly batch: (draw: () => number) => TrainingBatch
  /** The loss of guessing without the sequence; null if unknown. */
  readonly guessing: number | null
}

const alphabet = 8

/** @param T steps, @param B rows, @param text what the task `text` reads. @throws SluiceError `bad-text`. */
export function taskOf(name: TaskName, T: number, B: number, text: string): Task {
  if (name === 'adding') return { network: { input: { features: 2 }, head: { numbers: 1, at: 'last' } }, batch: (draw) => adding(T, B, draw), guessing: 1 / 6 }
  if (name === 'copying') {
    // The symbol comes first, the sign to repeat it last.
    const shape = { alphabet, length: 1, delay: T - 2 }
    const batch = (draw: () => number) => {
      const { ids, targets } = copying(shape, B, draw)
      return { ids, targets: targets.slice((T - 1) * B) }
    }
    return { network: { input: { ids: alphabet + 2 }, head: { classes: alphabet, at: 'last' } }, batch, guessing: Math.log(alphabet) }
  }
  const {
    training,
    vocabulary: { size: V },
  } = Corpus.fromText(text)
  const batch = (draw: () => number) => {
    const starts = Array.from({ length: B }, () => Math.floor(draw() * Math.max(1, training.length - T)))
    const at = (n: number) => training[n % training.length]!
    return {
      ids: Uint32Array.from({ length: T * B }, (_, n) => at(starts[n % B]! + Math.floor(n / B))),
      targets: Uint32Array.from(starts, (start) => at(start + T)),
    }
  }
  return { network: { input: { ids: V }, head: { classes: V, at: 'last' } }, batch, guessing: null }
}
