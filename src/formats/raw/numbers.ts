// Numbers of the caller, copied and checked.
import { checkOptions, readSafely, show, SluiceError, typedArrayName } from '../../errors'
import { checkFinite } from '../../finite'
import type { GateArrays } from './arrays'

/** A copy. @throws SluiceError `bad-value`, `bad-shape`. */
export function numbersOf(what: string, value: ArrayLike<number>, length: number): Float64Array {
  const numbers = readSafely(what, value, () => {
    const isTyped = typedArrayName(value) !== undefined
    if (!isTyped && !Array.isArray(value)) throw new SluiceError('bad-value', `${what} is ${show(value)}, expected a typed array or a list of numbers`)
    if (value.length !== length)
      throw new SluiceError(
        'bad-shape',
        `${what} has ${value.length} numbers, expected ${length}${Array.isArray(value?.[0]) ? '. Flatten it first: .flat(Infinity)' : ''}`,
      )
    if (!isTyped && (value as readonly unknown[]).some((item) => typeof item !== 'number'))
      throw new SluiceError('bad-value', `${what} is a list of more than numbers, expected numbers alone. Flatten it first: .flat(Infinity)`)
    return new Float64Array(value)
  })
  checkFinite(what, numbers)
  return numbers
}

/** The array that has the numbers of a gate, which of its gates that is, and how many it has: all of them in one, or one in each. */
export function gatesOf(
  what: string,
  value: GateArrays,
  gates: readonly string[],
  size: number,
): (gate: number) => readonly [numbers: Float64Array, gate: number, gates: number] {
  const isOne = typedArrayName(value) !== undefined || readSafely(what, value, () => Array.isArray(value))
  if (isOne || typeof value !== 'object' || value === null) {
    const numbers = numbersOf(what, value as ArrayLike<number>, gates.length * size)
    return (gate) => [numbers, gate, gates.length]
  }
  const known = Object.fromEntries(gates.map((gate) => [gate, true as const]))
  const record = checkOptions(what, value as Record<string, ArrayLike<number>>, `{ ${gates.join(', ')} }`, known)
  const each = gates.map((gate) => numbersOf(`${what}.${gate}`, record[gate]!, size))
  return (gate) => [each[gate]!, 0, 1]
}
