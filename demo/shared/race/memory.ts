// The task of a race that only memory solves: at the last step of a sequence, name the symbol of its first.
import { copying, type IdTask } from '../../lessons/tasks'

/** Symbols to remember. Guessing is right once in so many times. */
export const symbols = 8
/** As letters. */
export const letters = 'abcdefgh'

/** Sequences of `steps` steps, at least three: a symbol, blanks, and a sign at which it is asked. */
export const memoryBatch = (steps: number, batch: number, draw: () => number): IdTask =>
  copying({ alphabet: symbols, length: 1, delay: steps - 2 }, batch, draw)
