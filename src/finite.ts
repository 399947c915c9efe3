// NaN and the infinities: refused where they come in, and named where they have come about.
import { float32, reading, SluiceError, type ErrorCode } from './errors'

/** The place of the first number that is NaN or infinite in float32, −1 where there is none. A loop, and no callback for each of what
 * may be millions. */
export function firstNotFinite(values: ArrayLike<number>, from = 0, end = values.length): number {
  // NaN is not within either.
  for (let i = from; i < end; i++) if (!(Math.abs(values[i]!) <= float32.max) && !Number.isFinite(Math.fround(values[i]!))) return i
  return -1
}

/** @throws SluiceError with `code`, `bad-value` unless told: «layers.0.W[3] is NaN, expected a finite number». */
export function checkFinite(name: string, values: ArrayLike<number>, { code = 'bad-value', advice = '' }: { code?: ErrorCode; advice?: string } = {}): void {
  const wrong = reading(name, values, () => firstNotFinite(values))
  if (wrong >= 0)
    throw new SluiceError(code, `${name}[${wrong}] is ${values[wrong]}, expected a finite number${inFloat32(values[wrong]!)}${advice && `. ${advice}`}`)
}

/** What a message adds for a number that is finite, but not in float32. */
export const inFloat32 = (value: number): string => (Number.isFinite(value) ? ': float32, in which the GPU reckons, ends at 3.4e38' : '')

/** The largest absolute value. */
export function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++) if (Math.abs(values[i]!) > most) most = Math.abs(values[i]!)
  return most
}

/** The first of these tensors with a number that is not finite, in words: «layers.0.W is NaN at 3». */
export function firstBroken(tensors: Iterable<readonly [string, ArrayLike<number>]>): string | null {
  for (const [name, values] of tensors) {
    const at = firstNotFinite(values)
    if (at >= 0) return `${name} is ${values[at]} at ${at}`
  }
  return null
}

/** Refuses to save what nobody could use. @throws SluiceError `not-finite`, naming the first tensor. */
export function checkSaved(tensors: Iterable<readonly [string, { readonly values: ArrayLike<number> }]>): void {
  for (const [name, { values }] of tensors) {
    const at = firstNotFinite(values)
    if (at >= 0)
      throw new SluiceError(
        'not-finite',
        `${name} is ${values[at]} at ${at}, so this is not saved. Go back to what was saved before, or create the model anew.`,
      )
  }
}

/** What has parameters to look at. */
interface Weighed {
  readonly parameters: { read(): Promise<Map<string, Float32Array>> }
}

/** The error of whoever would pass on a result that is not finite: names the weight that it comes from, if it is one.
 * @param what the result: «the loss is NaN» */
export async function notFinite(network: Weighed, what: string): Promise<SluiceError> {
  const parameters = await network.parameters.read()
  const broken = firstBroken(parameters)
  const why = broken
    ? `the parameter ${broken}. Load what was saved before, or create the model anew`
    : `the weights are finite, but reach ${largestOf(parameters)}: what they make overflows. Was the learning rate too high? Load what was saved before, or create the model anew`
  return new SluiceError('not-finite', `${what}: ${why}.`)
}

/** The largest weight, in words: «12 (head.W)». */
export function largestOf(parameters: ReadonlyMap<string, ArrayLike<number>>): string {
  const [name, most] = [...parameters].map(([name, values]) => [name, largest(values)] as const).reduce((a, b) => (b[1] > a[1] ? b : a))
  return `${Number(most.toPrecision(3))} (${name})`
}
