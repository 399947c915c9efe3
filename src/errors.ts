// The one class of error that the library throws, and the checks of arguments that throw it.
// A message says what came, what was expected and what to do; `code` is for programs, the message for people.
import { closestName } from './spelling'

/** What went wrong. The set is closed: a caller may switch over it.
 *
 * - `no-webgpu`: this browser or run time has no WebGPU.
 * - `no-adapter`: WebGPU offers no adapter, or none with the requested feature.
 * - `device-lost`: the GPU device was lost (driver reset, sleep, a removed GPU).
 * - `gpu-error`: WebGPU refused a shader, a pipeline or a command.
 * - `wrong-results`: the device computes wrong numbers, so nothing is trained on it.
 * - `too-large`: the model, the batch or the file does not fit the limits of the device or of the run time.
 * - `bad-shape`: tensors, layers or parameters do not fit together.
 * - `bad-value`: an argument is of the wrong type or outside its range.
 * - `bad-text`: a text is empty, too short, or not well-formed Unicode.
 * - `unknown-character`: a text has a character that is not in the vocabulary.
 * - `bad-file`: a saved model or vocabulary cannot be read.
 * - `not-finite`: a loss, a gradient, a weight or an output became NaN or infinite.
 * - `disposed`: the object was used after `destroy`.
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

/** An error of Sluice. Its `code` is one of a fixed list; its message says what came, what was expected and what to do. */
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

/** A value for a message: short, and with its type where the type may be the mistake. Never throws, whatever the value is. */
export function show(value: unknown): string {
  try {
    return describe(value)
  } catch {
    // A revoked Proxy, or a getter that throws.
    return `${typeof value === 'function' ? 'a function' : 'an object'} that cannot be read`
  }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return `${JSON.stringify(truncate(value))} (a string)`
  if (typeof value === 'bigint') return `${BigInt.asIntN(64, value) === value ? `${value}n` : 'a number of many digits'} (a bigint)`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (ArrayBuffer.isView(value)) return `${className(value)}${'length' in value ? ` of ${String(value.length)}` : ''}`
  if (typeof value === 'object' && value !== null) return `an object (${className(value)})`
  return truncate(String(value))
}

function className(value: object): string {
  const name: unknown = value.constructor?.name
  return typeof name === 'string' && name !== '' ? truncate(name) : 'no class'
}

/** A text cut to 20 characters. */
function truncate(text: string): string {
  const characters = [...text.slice(0, 50)]
  return characters.length > 20 ? `${characters.slice(0, 20).join('')}…` : text
}

/** A list for a message: its numbers, if they are few. */
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
  /** Whether 0 is allowed too, in addition to numbers above `above`. */
  readonly orZero?: boolean | undefined
}

/** The largest number of float32, and the smallest above 0 on every GPU: a GPU may flush smaller ones to 0. */
export const float32 = { max: 2 ** 128 - 2 ** 104, min: 2 ** -126 } as const

/** Returns `value` if it is a whole number within the range. The default minimum is 1.
 * @throws SluiceError `bad-value`: «hidden is 0, expected a whole number of at least 1». */
export function checkCount(name: string, value: unknown, { min = 1, max }: CountRange = {}): number {
  const whole = typeof value === 'number' && Number.isSafeInteger(value)
  if (whole && value >= min && value <= (max ?? Infinity)) return value
  throw unexpected(name, value, `a whole number ${range({ min, max })}`)
}

/** Returns `value` if it is a finite number within the range; without a range, if it is finite. It must be finite in float32, in which
 * the GPU computes: there 1e39 is infinite, and 1e-46 is 0.
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
      ? `${expected}: the GPU computes in float32, where the smallest number above 0 is 1.2e-38`
      : inside
        ? `${expected}: the GPU computes in float32, where the largest number is 3.4e38`
        : expected,
  )
}

/** A limit for the gradient, as the GPU reads it: 0 means no limit (undefined or Infinity).
 * @throws SluiceError `bad-value` unless it is a number above 0. */
export function checkLimit(name: string, value: unknown): number {
  return value === undefined || value === Infinity ? 0 : checkNumber(name, value, { above: 0 })
}

/** The class of a typed array, also of one from another frame; undefined for anything else. */
export const typedArrayName = (value: unknown): string | undefined => tagOfTypedArray.call(value) as string | undefined
const tagOfTypedArray = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!

/** Whether a value is a plain object: not a list, Map, Date or Promise. */
function isPlainObject(value: unknown): value is object {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && /Object|Module/.test(Object.prototype.toString.call(value))
  } catch {
    return false // a revoked Proxy
  }
}

/** Refuses anything but a plain object, such as the undefined of `create()` in JavaScript.
 * @throws SluiceError `bad-value`: «options is undefined, expected an object such as { steps: 35, batch: 32 }». */
export function checkObject(name: string, value: unknown, example: string): void {
  if (!isPlainObject(value)) throw new SluiceError('bad-value', `${name} is ${show(value)}, expected an object such as ${example}`)
}

type KeyOf<Options> = Options extends unknown ? keyof Options : never
/** The names of all options of a type: TypeScript refuses a record with one missing or one too many. */
export type Known<Options> = Readonly<Record<KeyOf<Options>, true>>

/** A copy of the options. Refuses anything but a plain object, and an object with an unknown name, which would otherwise be ignored
 * silently.
 * @throws SluiceError `bad-value`: «options has no clipnorm. Did you mean clipNorm? Its options are rate, … and clipNorm». */
export function checkOptions<Options extends object>(name: string, value: Options, example: string, known: Known<Options>): Options {
  checkObject(name, value, example)
  const names = Object.keys(known) as (KeyOf<Options> & string)[]
  const { options, unknown } = readSafely(name, value, () => ({
    // Each property is read once, so that it cannot change between check and use.
    options: Object.fromEntries(names.filter((key) => key in value).map((key) => [key, value[key as keyof Options]])),
    unknown: Object.keys(value).find((key) => !Object.hasOwn(known, key)),
  }))
  if (unknown !== undefined) throw new SluiceError('bad-value', `${name} has no ${truncate(unknown)}${suggestion(unknown, names)}`)
  return options as Options
}

/** Reads from a value of the caller's, which may be a Proxy or have getters that throw.
 * @throws SluiceError `bad-value` if reading throws. */
export function readSafely<Found>(name: string, value: unknown, read: () => Found): Found {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause
    throw new SluiceError('bad-value', `${name} is ${show(value)} that cannot be read: reading it throws ${show(cause)}. Pass plain data`, { cause })
  }
}

/** The end of a message about an unknown name: the similar one, and all of them. */
function suggestion(unknown: string, names: readonly string[]): string {
  const all = names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${names.at(-1)}` : names.join()
  const near = closestName(unknown, names)
  return near === undefined ? `, expected ${all}` : `. Did you mean ${near}? Expected ${all}`
}

/** A copy of the list. @throws SluiceError `bad-value` for anything but a list, and for one that is too short or too long. */
export function checkList<Item>(name: string, value: readonly Item[], expected: string, { min = 0, max = 1e6 }: CountRange = {}): Item[] {
  return readSafely(name, value, () => {
    if (!Array.isArray(value) || value.length < min) throw new SluiceError('bad-value', `${name} is ${show(value)}, expected a list ${expected}`)
    checkCount(`the number of ${name}`, value.length, { min, max })
    return [...(value as readonly Item[])]
  })
}

/** The entries of a Map from names. Checks the tag and not the class, so a Map of another frame or of reactive state passes.
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
  for (const [key] of entries) if (typeof key !== 'string') throw new SluiceError('bad-value', `the ${name} have the key ${show(key)}, expected a string`)
  return entries as [string, Value][]
}

/** Refuses anything but true, false and undefined: 'no' would count as true.
 * @throws SluiceError `bad-value`. */
export function checkFlag(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') throw new SluiceError('bad-value', `${name} is ${show(value)}, expected true or false`)
}

function unexpected(name: string, value: unknown, expected: string): SluiceError {
  return new SluiceError('bad-value', `${name} is ${show(value)}, expected ${expected}${advice(name, value)}`)
}

function advice(name: string, value: unknown): string {
  if (value === undefined) return `. Was ${name} left out or misspelt?`
  // The value of an <input> is a string, and an empty one converts to NaN: the two common mistakes of a page.
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
