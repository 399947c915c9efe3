// The one class of error the library throws, and the checks that throw it.
// A message says what came, what was expected and what to do; `code` is for programs, the message for people.
import { nearest } from './nearest'

/** What went wrong, as a closed set: a caller may switch over it.
 *
 * - `no-webgpu`: this browser or run time has no WebGPU.
 * - `no-adapter`: WebGPU is there, but it offers no adapter, or none with what was asked for.
 * - `device-lost`: the GPU device went away (driver reset, sleep, a removed GPU).
 * - `gpu-error`: WebGPU refused a shader, a pipeline or a command.
 * - `wrong-results`: the device computes wrong numbers, so nothing is trained on it.
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
  | 'wrong-results'
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

/** A value as a message shows it: short, and with its type wherever the type may be what is wrong. It never throws, whatever
 * the value is. */
export function show(value: unknown): string {
  try {
    return shown(value)
  } catch {
    // A revoked proxy, or a getter that throws.
    return `${typeof value === 'function' ? 'a function' : 'an object'} that cannot be read`
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `${JSON.stringify(cut(value))} (a string)`
  if (typeof value === 'bigint') return `${BigInt.asIntN(64, value) === value ? `${value}n` : 'a number of many digits'} (a bigint)`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (ArrayBuffer.isView(value)) return `${className(value)}${'length' in value ? ` of ${String(value.length)}` : ''}`
  if (typeof value === 'object' && value !== null) return `an object (${className(value)})`
  return cut(String(value))
}

function className(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? cut(name) : 'no class'
}

/** A text cut to 20 characters. */
function cut(text: string): string {
  const characters = [...text.slice(0, 50)]
  return characters.length > 20 ? `${characters.slice(0, 20).join('')}…` : text
}

/** A list from a file as a message shows it: its numbers, if they are few. */
export function showList(value: unknown): string {
  const short = Array.isArray(value) && value.length <= 8 && value.every((item) => typeof item === 'number')
  return short ? JSON.stringify(value) : show(value)
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
  throw unexpected(
    name,
    value,
    vanishes
      ? `${expected}: float32, in which the GPU reckons, has none between 0 and 1.2e-38`
      : inside
        ? `${expected}: float32, in which the GPU reckons, ends at 3.4e38`
        : expected,
  )
}

/** The largest value that a gradient may have, 0 for no limit: where none is given, or Infinity.
 * @throws SluiceError `bad-value` for what is no number above 0. */
export function checkLimit(name: string, value: unknown): number {
  return value === undefined || value === Infinity ? 0 : checkNumber(name, value, { above: 0 })
}

/** The class of a typed array, whichever frame it comes from and whatever it says of itself; undefined for all else. */
export const typedArrayName = (value: unknown): string | undefined => tagOfTypedArray.call(value) as string | undefined
const tagOfTypedArray = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!

/** Whether a value is an object that can hold options: no list, and no Map, Date or Promise either. */
function holdsOptions(value: unknown): value is object {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && /Object|Module/.test(Object.prototype.toString.call(value))
  } catch {
    return false // a revoked proxy
  }
}

/** Refuses what is no object, or is a list: `create()` from JavaScript, say.
 * @throws SluiceError `bad-value`: «options is undefined, expected an object such as { steps: 35, batch: 32 }». */
export function checkObject(name: string, value: unknown, example: string): void {
  if (!holdsOptions(value)) throw new SluiceError('bad-value', `${name} is ${show(value)}, expected an object such as ${example}`)
}

type KeyOf<Options> = Options extends unknown ? keyof Options : never
/** The names of all options of a type: TypeScript refuses a list that lacks one, or has one more. */
export type Known<Options> = Readonly<Record<KeyOf<Options>, true>>

/** The options that were given, as a plain object. Refuses what is no object, and
 * one with a name that none of the options has, which would be ignored in silence.
 * @throws SluiceError `bad-value`: «options has no clipnorm. Did you mean clipNorm? Its options are rate, … and clipNorm». */
export function checkOptions<Options extends object>(name: string, value: Options, example: string, known: Known<Options>): Options {
  checkObject(name, value, example)
  const names = Object.keys(known) as (KeyOf<Options> & string)[]
  const { given, unknown } = reading(name, value, () => ({
    // Each read once, so that nothing can change between check and use.
    given: Object.fromEntries(names.filter((key) => key in value).map((key) => [key, value[key as keyof Options]])),
    unknown: Object.keys(value).find((key) => !Object.hasOwn(known, key)),
  }))
  if (unknown !== undefined) throw new SluiceError('bad-value', `${name} has no ${cut(unknown)}${instead(unknown, names)}`)
  return given as Options
}

/** What `read` finds in a value of the caller's, which may be a proxy or have getters that throw.
 * @throws SluiceError `bad-value`. */
export function reading<Found>(name: string, value: unknown, read: () => Found): Found {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause
    throw new SluiceError('bad-value', `${name} is ${show(value)} that cannot be read: it throws ${show(cause)}. Give plain data`, { cause })
  }
}

/** What could have been meant, and what there is. */
function instead(unknown: string, names: readonly string[]): string {
  const all = names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join()
  const near = nearest(unknown, names)
  return near === undefined ? `, expected ${all}` : `. Did you mean ${near}? Expected ${all}`
}

/** The items of a list, as many as it may have. @throws SluiceError `bad-value`. */
export function checkList<Item>(name: string, value: readonly Item[], expected: string, { min = 0, max = 1e6 }: CountRange = {}): Item[] {
  return reading(name, value, () => {
    if (!Array.isArray(value) || value.length < min) throw new SluiceError('bad-value', `${name} is ${show(value)}, expected a list ${expected}`)
    checkCount(`the number of ${name}`, value.length, { min, max })
    return [...(value as readonly Item[])]
  })
}

/** The entries of a Map with names: by tag, so that one of a frame passes, and one that reactive state has wrapped.
 * @throws SluiceError `bad-value`. */
export function checkMap<Value>(name: string, value: ReadonlyMap<string, Value>, expected: string): [string, Value][] {
  const refuse = (cause?: unknown) => new SluiceError('bad-value', `the ${name} are ${show(value)}, expected a Map ${expected}`, { cause })
  let entries: (readonly [unknown, Value])[]
  try {
    if (Object.prototype.toString.call(value) !== '[object Map]') throw refuse()
    entries = Array.from(value, ([key, item]) => [key, item])
  } catch (cause) {
    throw cause instanceof SluiceError ? cause : refuse(cause)
  }
  for (const [key] of entries) if (typeof key !== 'string') throw new SluiceError('bad-value', `the ${name} have the name ${show(key)}, expected a string`)
  return entries as [string, Value][]
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
