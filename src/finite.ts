// NaN and infinity: refused in inputs, and named in errors about results.
import { float32, readSafely, SluiceError, type ErrorCode } from './errors'

/** Index of the first number that is NaN or infinite in float32; −1 if there is none. A loop, because there may be millions. */
export function firstNotFinite(values: ArrayLike<number>, from = 0, end = values.length): number {
  // The comparison is false for NaN as well.
  for (let i = from; i < end; i++) if (!(Math.abs(values[i]!) <= float32.max) && !Number.isFinite(Math.fround(values[i]!))) return i
  return -1
}

/** @throws SluiceError with `code`, by default `bad-value`: «layers.0.W[3] is NaN, expected a finite number». */
export function checkFinite(name: string, values: ArrayLike<number>, { code = 'bad-value', advice = '' }: { code?: ErrorCode; advice?: string } = {}): void {
  const wrong = readSafely(name, values, () => firstNotFinite(values))
  if (wrong >= 0)
    throw new SluiceError(code, `${name}[${wrong}] is ${values[wrong]}, expected a finite number${float32Note(values[wrong]!)}${advice && `. ${advice}`}`)
}

/** What a message adds for a number that is finite, but infinite in float32. */
export const float32Note = (value: number): string => (Number.isFinite(value) ? ': the GPU computes in float32, where the largest number is 3.4e38' : '')

/** The largest absolute value. */
export function largestMagnitude(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) > most) most = Math.abs(values[i]!)
  return most
}

/** The first number of these tensors that is not finite, for a message: «layers.0.W is NaN at 3». */
export function describeFirstNotFinite(tensors: Iterable<readonly [string, ArrayLike<number>]>): string | null {
  for (const [name, values] of tensors) {
    const at = firstNotFinite(values)
    if (at >= 0) return `${name} is ${values[at]} at ${at}`
  }
  return null
}

/** Refuses to save tensors that are not finite, since no reader accepts them. @throws SluiceError `not-finite`, naming the first tensor. */
export function checkSavable(tensors: Iterable<readonly [string, { readonly values: ArrayLike<number> }]>): void {
  for (const [name, { values }] of tensors) {
    const at = firstNotFinite(values)
    if (at >= 0)
      throw new SluiceError('not-finite', `${name} is ${values[at]} at ${at}, so nothing was saved. Load an earlier save, or create the model again.`)
  }
}

/** An object with parameters on the GPU. */
interface HasParameters {
  readonly parameters: { read(): Promise<Map<string, Float32Array>> }
}

/** The error for a result that is not finite. Names the weight that causes it, if a weight does.
 * @param what the result: «the loss is NaN» */
export async function notFiniteError(network: HasParameters, what: string): Promise<SluiceError> {
  const parameters = await network.parameters.read()
  const broken = describeFirstNotFinite(parameters)
  const why = broken
    ? `the parameter ${broken}. Load an earlier save, or create the model again`
    : `the weights are finite, but reach ${describeLargest(parameters)}, so sums overflow. Was the learning rate too high? Load an earlier save, or create the model again`
  return new SluiceError('not-finite', `${what}: ${why}.`)
}

/** The largest weight, for a message: «12 (head.W)». */
export function describeLargest(parameters: ReadonlyMap<string, ArrayLike<number>>): string {
  const [name, most] = [...parameters].map(([name, values]) => [name, largestMagnitude(values)] as const).reduce((a, b) => (b[1] > a[1] ? b : a))
  return `${Number(most.toPrecision(3))} (${name})`
}
