// The one class of error the library throws, and the checks that throw it.
// A message says what came, what was expected and what to do; `code` is for programs, the message for people.

/** What went wrong, as a closed set: a caller may switch over it.
 *
 * - `no-webgpu`: this browser or run time has no WebGPU.
 * - `no-adapter`: WebGPU is there, but it offers no adapter, or none with what was asked for.
 * - `device-lost`: the GPU device went away (driver reset, sleep, a removed GPU).
 * - `gpu-error`: WebGPU refused a shader, a pipeline or a command.
 * - `too-large`: the model, the batch or the file does not fit the limits of the device or of the run time.
 * - `bad-shape`: tensors, layers or parameters do not fit together.
 * - `bad-value`: an argument is of the wrong type or outside its range.
 * - `bad-text`: a text is empty, too short, or not well-formed Unicode.
 * - `unknown-character`: a text has a character that the vocabulary has not.
 * - `bad-file`: a saved model or vocabulary cannot be read.
 * - `not-finite`: a loss, a gradient, a weight or an output became NaN or infinite.
 * - `disposed`: the object was used after its resources had been freed.
 */
export type ErrorCode =
  | 'no-webgpu'
  | 'no-adapter'
  | 'device-lost'
  | 'gpu-error'
  | 'too-large'
  | 'bad-shape'
  | 'bad-value'
  | 'bad-text'
  | 'unknown-character'
  | 'bad-file'
  | 'not-finite'
  | 'disposed'

export class SluiceError extends Error {
  override readonly name = 'SluiceError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** A value as a message shows it: short, and with its type wherever the type may be what is wrong. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const characters = [...value.slice(0, 50)]
    return `${JSON.stringify(characters.length > 20 ? `${characters.slice(0, 20).join('')}…` : value)} (a string)`
  }
  if (typeof value === 'bigint') return `${value}n (a bigint)`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    const length = 'length' in value ? ` of ${String(value.length)}` : ''
    return `${Array.isArray(value) ? 'an array' : value.constructor.name}${length}`
  }
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor?.name ?? 'no class'})`
  return String(value)
}

export interface CountRange {
  /** Least value allowed, default 1. */
  readonly min?: number | undefined
  /** Greatest value allowed, default none. */
  readonly max?: number | undefined
}

export interface NumberRange extends CountRange {
  /** The value must be greater than this. Only one of `min` and `above` makes sense. */
  readonly above?: number | undefined
  /** Whether 0 is allowed as well, beside numbers `above` 0. */
  readonly orZero?: boolean | undefined
}

/** The largest number of float32, and the least above 0 that every GPU has: it may take smaller ones for 0. */
export const float32 = { max: 2 ** 128 - 2 ** 104, min: 2 ** -126 } as const

/** Returns `value` if it is a whole number within the range, min 1 unless told otherwise.
 * @throws SluiceError `bad-value`: «hidden is 0, expected a whole number of at least 1». */
export function checkCount(name: string, value: unknown, { min = 1, max }: CountRange = {}): number {
  const whole = typeof value === 'number' && Number.isSafeInteger(value)
  if (whole && value >= min && value <= (max ?? Infinity)) return value
  throw unexpected(name, value, `a whole number ${range({ min, max })}`)
}

/** Returns `value` if it is a finite number within the range; no range unless one is told. What counts is what float32 makes of it,
 * in which the GPU reckons: 1e39 is infinite there, and 1e-46 is 0.
 * @throws SluiceError `bad-value`: «rate is NaN, expected a number of at least 0». */
export function checkNumber(name: string, value: unknown, { min, above, max, orZero = false }: NumberRange = {}): number {
  const finite = typeof value === 'number' && Number.isFinite(value)
  const zero = orZero && value === 0
  const inside = finite && (zero || (value >= (min ?? -Infinity) && value > (above ?? -Infinity) && value <= (max ?? Infinity)))
  const vanishes = inside && !zero && above === 0 && value < float32.min
  if (inside && !vanishes && Number.isFinite(Math.fround(value))) return value
  const expected = `${orZero ? '0 or ' : ''}a finite number ${range({ min, above, max })}`.trimEnd()
  throw unexpected(name, value, vanishes ? `${expected}: float32, in which the GPU reckons, has none between 0 and 1.2e-38` : inside ? `${expected}: float32, in which the GPU reckons, ends at 3.4e38` : expected)
}

/** The largest value that a gradient may have, 0 for no limit: where none is given, or Infinity.
 * @throws SluiceError `bad-value` for what is no number above 0. */
export function checkLimit(name: string, value: unknown): number {
  return value === undefined || value === Infinity ? 0 : checkNumber(name, value, { above: 0 })
}

/** The bytes of a file, as an array of them.
 * @throws SluiceError `bad-value` where they are none: «bytes is an object (File), expected a Uint8Array or an ArrayBuffer». */
export function checkBytes(name: string, value: unknown, advice = ''): Uint8Array {
  // By tag and not by instanceof, so that bytes from a frame or a worker pass.
  const tag = Object.prototype.toString.call(value)
  if (tag === '[object ArrayBuffer]') return new Uint8Array(value as ArrayBuffer)
  if (tag === '[object Uint8Array]') return value as Uint8Array
  throw new SluiceError('bad-value', `${name} is ${show(value)}, expected a Uint8Array or an ArrayBuffer. For a File or a Response, await its arrayBuffer() first${advice}`)
}

/** Whether it is a Map: by tag, so that one of a frame passes, and one that reactive state has wrapped. */
export const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> => Object.prototype.toString.call(value) === '[object Map]'

/** Refuses what is no object, or is a list: `create()` from JavaScript, say.
 * @throws SluiceError `bad-value`: «options is undefined, expected an object such as { steps: 35, batch: 32 }». */
export function checkObject(name: string, value: unknown, example: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw new SluiceError('bad-value', `${name} is ${show(value)}, expected an object such as ${example}`)
}

/** Refuses what is no object, and one with a name that none of the options has, which would be ignored in silence.
 * @throws SluiceError `bad-value`: «adam has no lr, expected rate, beta1, beta2 or epsilon». */
export function checkOptions(name: string, value: unknown, example: string, known: readonly string[]): void {
  checkObject(name, value, example)
  const unknown = Object.keys(value as object).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const all = known.length > 1 ? `${known.slice(0, -1).join(', ')} or ${known.at(-1)}` : known.join()
  throw new SluiceError('bad-value', `${name} has no ${unknown}, expected ${all}`)
}

/** Refuses what is neither true nor false nor left out: 'no' would count as yes.
 * @throws SluiceError `bad-value`. */
export function checkFlag(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw new SluiceError('bad-value', `${name} is ${show(value)}, expected true or false`)
}

function unexpected(name: string, value: unknown, expected: string): SluiceError {
  return new SluiceError('bad-value', `${name} is ${show(value)}, expected ${expected}${advice(name, value)}`)
}

function advice(name: string, value: unknown): string {
  if (value === undefined) return `. Was ${name} left out or misspelt?`
  // What an <input> gives is a string, and an empty one gives NaN: the two mistakes a page makes.
  if (typeof value === 'string') return '. Convert it with Number(…) first'
  if (typeof value === 'bigint') return '. Convert it with Number(…) first'
  if (Number.isNaN(value)) return '. Was it read from an empty or misspelt field?'
  return ''
}

function range({ min, above, max }: NumberRange): string {
  if (above !== undefined) return max === undefined ? `above ${above}` : `above ${above} and at most ${max}`
  if (min !== undefined) return max === undefined ? `of at least ${min}` : `from ${min} to ${max}`
  return max === undefined ? '' : `of at most ${max}`
}
