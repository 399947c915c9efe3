// Which earlier characters made a network expect the next one, by occlusion: each is replaced by other characters, and the
// probability of what was expected is compared. (The gradient at each input would be the same question for a small change; the engine
// gives it of vectors, and a character is none.)
import type { Occlusion } from '../shared/xray'

/** Characters back that are replaced, the last one included, and the characters that each is replaced by. */
export const [occlusionWindow, replacements] = [24, 2]

/** The ids to run, time-major [n, rows], from n − 1 characters before the last: row 0 as they are, then for each character
 * its replacements, by the most frequent characters (the lowest ids) other than itself. */
export function occluded(ids: Uint32Array, vocabulary: number): { readonly batch: Uint32Array; readonly rows: number } {
  const n = ids.length
  const rows = 1 + n * replacements
  const batch = Uint32Array.from({ length: n * rows }, (_, i) => ids[Math.floor(i / rows)]!)
  for (let s = 0; s < n; s++) {
    const others = Array.from({ length: replacements + 1 }, (_, id) => id).filter((id) => id !== ids[s] && id < vocabulary)
    for (let k = 0; k < replacements; k++) batch[s * rows + 1 + s * replacements + k] = others[k % Math.max(1, others.length)] ?? ids[s]!
  }
  return { batch, rows }
}

/** @param probabilities of the expected character, by row @param at position of the last character that was read, @param n characters */
export function occlusionOf(probabilities: ArrayLike<number>, { at, n, character }: { at: number; n: number; character: string }): Occlusion {
  const without = Array.from({ length: n }, (_, s) => {
    let sum = 0
    for (let k = 0; k < replacements; k++) sum += probabilities[1 + s * replacements + k]!
    return sum / replacements
  })
  return { at, from: at - n + 1, character, probability: probabilities[0]!, without }
}
