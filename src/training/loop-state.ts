// The state of a training loop in a file, in addition to that of the trainer.
import { checkCount, checkList, checkNumber, show, SluiceError } from '../errors'
import type { StepResult } from '../trainer'
import type { CursorPosition } from './batch-cursor'

/** The names are those of the JSON. */
export interface LoopState {
  /** The options that must be the same for the training to continue bit for bit. */
  readonly options: Readonly<Record<string, unknown>>
  readonly place: CursorPosition
  readonly tally: Tally
  /** Steps that are done, but were not yielded yet. */
  readonly pending: readonly (StepResult & { readonly epoch: number })[]
}

/** Sum and count of the losses of an epoch that were yielded. */
export interface Tally {
  readonly epoch: number
  readonly sum: number
  readonly count: number
}

/** The state of a loop in a file. @throws SluiceError `bad-value` if its options differ from these, `bad-file`. */
export function checkLoop(loop: unknown, options: LoopState['options']): LoopState {
  const saved = loop as LoopState
  try {
    const {
      place: { epoch, taken, drawn },
      tally,
      pending,
    } = saved
    for (const [name, count] of Object.entries({ epoch, taken, drawn, count: tally.count, tallied: tally.epoch })) checkCount(name, count, { min: 0 })
    checkNumber('sum', tally.sum)
    checkCount('drawn', drawn, { min: 0, max: 0xffffffff })
    // The numbers of a skipped step may be NaN or infinite, which JSON stores as null.
    for (const step of checkList('pending', pending, 'of steps'))
      for (const name of ['step', 'epoch', 'loss', 'gradientNorm', 'rate'] as const)
        if (!(step.skipped === true && (step[name] === null || typeof step[name] === 'number'))) checkNumber(name, step[name])
    if (typeof saved.options !== 'object' || saved.options === null) throw new SluiceError('bad-file', 'it has no options')
  } catch (cause) {
    throw new SluiceError('bad-file', `the state of the training in the file cannot be read: ${(cause as Error).message}. Was the file damaged?`, { cause })
  }
  const what = 'series' in options ? 'series' : 'text'
  for (const [name, is] of Object.entries(options)) {
    const was = saved.options[name]
    if (was === is) continue
    const difference =
      name === what
        ? `the ${what} is not the one that this training was saved with`
        : `${name} is ${showOption(is)}, but this training was saved with ${name} ${showOption(was)}`
    throw new SluiceError(
      'bad-value',
      `${difference}. Resume with the same ${what} and options (rate, clipping, epochs and iterations may change), or load the model and start a new training.`,
    )
  }
  return saved
}

/** An option for a message. In a file it may be anything. */
const showOption = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 50) : show(value))

/** A hash of words and characters (FNV-1a). */
export function fingerprint(ids: Uint32Array, characters = ''): number {
  let hash = 0x811c9dc5
  for (const id of ids) hash = Math.imul(hash ^ id, 0x01000193)
  for (let i = 0; i < characters.length; i++) hash = Math.imul(hash ^ characters.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
