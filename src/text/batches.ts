// Minibatches from a long text. T = steps, B = batch; every array is time-major: row t, column b is at t·B + b.
//
// The two partitions are those of Dive into Deep Learning (v0.17, section 8.3, seq_data_iter_sequential and seq_data_iter_random). Each epoch
// starts at another random offset. The rest at the end of the text is left out in that epoch.
import { checkCount, show, SluiceError, typedArrayName } from '../errors'
import { checkInstance } from '../proxy-guard'
import { Random } from '../random'
import { ignored } from '../spec'
import type { Epoch } from '../training/batch-cursor'

export interface Batch {
  /** Input ids [T, B]. */
  readonly ids: Uint32Array
  /** Target ids [T, B]: for each input id the next one in the text. */
  readonly targets: Uint32Array
  /** Whether the state starts from zero; otherwise it is carried over from the batch before. */
  readonly fresh: boolean
}

export interface EvaluationWindow extends Batch {
  /** Number of targets that are not `ignored`. */
  readonly counted: number
}

export interface BatchShape {
  /** B, rows. */
  readonly batch: number
  /** T, characters of a row. */
  readonly steps: number
}

export interface BatchOptions extends BatchShape {
  /** Random numbers for offset and order. Each epoch continues the sequence. */
  readonly random: Random
}

/** Minibatches in an epoch over `length` ids that starts at `offset`: ⌊(length − offset − 1) / (B·T)⌋ for both
 * partitions. (The last target needs one more id.) A random offset removes at most one batch. */
export function batchesPerEpoch(length: number, { batch, steps }: BatchShape, offset = 0): number {
  checkCount('length', length, { min: 0 })
  checkShape({ batch, steps })
  checkCount('offset', offset, { min: 0 })
  return Math.max(0, Math.floor((length - offset - 1) / (batch * steps)))
}

/** One epoch in which consecutive minibatches continue each other: the text from a random offset in [0, T] is split into
 * B equal rows, and minibatch k has characters k·T … k·T + T − 1 of each. The state is carried, so only the first is
 * `fresh`.
 *
 * Arguments are checked and random numbers drawn at the call, not at the first minibatch. Every minibatch has its own arrays. The offset
 * always leaves at least one minibatch.
 * @throws SluiceError `bad-text` for a text shorter than B·T + 1; `bad-value` for a wrong option. */
export function sequentialBatches(ids: Uint32Array, { batch, steps, random }: BatchOptions): Epoch<Batch> {
  const spare = checkLength(ids, { batch, steps }, random)
  const offset = random.integer(Math.min(steps, spare) + 1)
  const rowLength = Math.floor((ids.length - offset - 1) / batch)
  const starts = Array.from({ length: batch }, (_, row) => offset + row * rowLength) // [B]
  return (function* () {
    for (let k = 0; k < Math.floor(rowLength / steps); k++) {
      yield gather(
        ids,
        starts.map((start) => start + k * steps),
        steps,
        k === 0,
      )
    }
  })()
}

/** One epoch of unrelated subsequences: the text from a random offset in [0, T) is split into pieces of T characters
 * without overlap, and each minibatch has B of them in random order. Every minibatch is `fresh`.
 *
 * Arguments are checked and random numbers drawn at the call, not at the first minibatch. Every minibatch has its own arrays. The offset
 * always leaves at least one minibatch.
 * @throws SluiceError `bad-text` for a text shorter than B·T + 1; `bad-value` for a wrong option. */
export function randomBatches(ids: Uint32Array, { batch, steps, random }: BatchOptions): Epoch<Batch> {
  const spare = checkLength(ids, { batch, steps }, random)
  const offset = random.integer(Math.min(steps - 1, spare) + 1)
  const pieces = Math.floor((ids.length - offset - 1) / steps)
  const starts = random.shuffle(Array.from({ length: pieces }, (_, piece) => offset + piece * steps))
  return (function* () {
    for (let k = 0; k < Math.floor(pieces / batch); k++) {
      yield gather(ids, starts.slice(k * batch, (k + 1) * batch), steps, true)
    }
  })()
}

/** Windows in which every id except the first one is a target once, in order: Σ `counted` = length − 1. The text is split into rows whose
 * lengths differ by at most one. The state is carried along each row, so only the first window is `fresh`. All rows but the first start
 * without context, so the loss is a little higher than with `batch` 1.
 *
 * Every window is [T, B], so one plan serves all. Past the end of a row the ids are 0 and the targets `ignored`. A text shorter than
 * B·T + 1 fills fewer than B rows, so that fewer rows start without context.
 * The arguments are checked at the call. Every window has its own arrays.
 * @throws SluiceError `bad-text` for fewer than 2 ids; `bad-value` for a wrong option. */
export function evaluationWindows(ids: Uint32Array, { batch, steps }: BatchShape): Epoch<EvaluationWindow> {
  checkIdArray(ids)
  checkShape({ batch, steps })
  const pairs = ids.length - 1
  if (pairs < 1) {
    const came = `the text to evaluate on has ${count(ids.length)}`
    throw new SluiceError('bad-text', `${came}, expected at least 2. Hold out more of the text, or use a longer one`)
  }
  const rows = Math.min(batch, Math.max(1, Math.floor(pairs / steps)))
  const bounds = Array.from({ length: rows + 1 }, (_, row) => Math.floor((row * pairs) / rows)) // row to row + 1
  const windows = Math.ceil(Math.ceil(pairs / rows) / steps)
  return (function* () {
    for (let k = 0; k < windows; k++) {
      const read = new Uint32Array(steps * batch) // [T, B]
      const targets = new Uint32Array(steps * batch).fill(ignored) // [T, B]
      let counted = 0
      for (let row = 0; row < rows; row++) {
        const start = bounds[row]! + k * steps
        const length = Math.min(steps, bounds[row + 1]! - start)
        for (let t = 0; t < length; t++, counted++) {
          read[t * batch + row] = ids[start + t]!
          targets[t * batch + row] = ids[start + t + 1]!
        }
      }
      yield { ids: read, targets, fresh: k === 0, counted }
    }
  })()
}

/** T ids from each of the B starts, and the ids that follow them. */
function gather(ids: Uint32Array, starts: readonly number[], steps: number, fresh: boolean): Batch {
  const batch = starts.length
  const read = new Uint32Array(steps * batch) // [T, B]
  const targets = new Uint32Array(steps * batch) // [T, B]
  starts.forEach((start, row) => {
    for (let t = 0; t < steps; t++) {
      read[t * batch + row] = ids[start + t]!
      targets[t * batch + row] = ids[start + t + 1]!
    }
  })
  return { ids: read, targets, fresh }
}

function checkShape({ batch, steps }: BatchShape): void {
  checkCount('batch', batch)
  checkCount('steps', steps)
}

/** @throws SluiceError `bad-value` for anything but ids. */
export function checkIdArray(ids: unknown): void {
  if (typedArrayName(ids) === 'Uint32Array') return
  throw new SluiceError('bad-value', `ids is ${show(ids)}, expected a Uint32Array, such as the result of Vocabulary.encode`)
}

/** The largest offset that leaves one minibatch. */
function checkLength(ids: Uint32Array, { batch, steps }: BatchShape, random: unknown): number {
  checkIdArray(ids)
  checkShape({ batch, steps })
  checkInstance('random', random, Random, 'a Random, such as new Random(7)')
  const needed = batch * steps + 1
  const spare = ids.length - needed
  if (spare >= 0) return spare
  const pairs = Math.max(0, ids.length - 1)
  const lower = [...(pairs >= steps ? [`batch to ${Math.floor(pairs / steps)}`] : []), ...(pairs >= batch ? [`steps to ${Math.floor(pairs / batch)}`] : [])]
  // For a very short text, lowering one of them is not enough.
  if (lower.length === 0 && pairs > 0) lower.push(`batch to 1 and steps to ${pairs}`)
  throw new SluiceError(
    'bad-text',
    `the text has ${count(ids.length)}, but a minibatch of batch ${batch} × steps ${steps} needs ${needed}. ` +
      (lower.length > 0 ? `Lower ${lower.join(' or ')}, or use a longer text` : 'Use a longer text'),
  )
}

const count = (characters: number) => `${characters} ${characters === 1 ? 'character' : 'characters'}`
