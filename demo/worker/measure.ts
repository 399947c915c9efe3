// Which units respond to line ends, spaces, quotes: how much a unit's values there differ from those elsewhere.
import { places, type Place } from '../shared/xray'

const single: Partial<Record<Place, RegExp>> = { lineEnd: /\n/, space: /[ \u3000]/, sentenceEnd: /[.!?。！？]/, quote: /["“”「」『』]/ }

/** For each kind of place, 1 where a character is one. A quotation ends with its line at the latest, since one that is
 * never closed would have the rest of the text inside it. */
export function markPlaces(characters: readonly string[]): Record<Place, Uint8Array> {
  let open = false
  const inQuotes = Uint8Array.from(characters, (character) => {
    if (character === '\n') open = false
    else if (/[“「『]/.test(character)) open = true
    else if (/[”」』]/.test(character)) open = false
    else if (character === '"') open = !open
    else return Number(open)
    return 0
  })
  const of = (place: Place) => (single[place] ? Uint8Array.from(characters, (character) => Number(single[place]!.test(character))) : inQuotes)
  return Object.fromEntries(places.map((place) => [place, of(place)])) as Record<Place, Uint8Array>
}

/** Fewer places than this are too few to measure a response. */
const minPlaces = 3

/** The standardized mean difference (Cohen's d) of each unit: its mean at the marked characters less its mean at all
 * others, over their pooled standard deviation; NaN where it is unknown.
 * @param values [T, B, H]
 * @param marks [T, B]
 * @param from characters at the start of each row that are left out */
export function standardizedDifference(
  values: Float32Array,
  marks: Uint8Array,
  hidden: number,
  batch: number,
  measure: 'change' | 'value',
  from: number,
): Float32Array {
  const rows = batch * hidden
  const [sums, squares] = [[0, 1].map(() => new Float64Array(hidden)), [0, 1].map(() => new Float64Array(hidden))] as const
  const counts = [0, 0]
  for (let n = Math.max(1, from) * batch; n < marks.length; n++) {
    const side = marks[n]!
    const [sum, square] = [sums[side]!, squares[side]!]
    counts[side]!++
    for (let unit = 0; unit < hidden; unit++) {
      const at = n * hidden + unit
      const value = measure === 'change' ? Math.abs(values[at]! - values[at - rows]!) : values[at]!
      sum[unit]! += value
      square[unit]! += value * value
    }
  }
  const [outside, inside] = counts as [number, number]
  if (Math.min(outside, inside) < minPlaces) return new Float32Array(hidden).fill(NaN)
  return Float32Array.from({ length: hidden }, (_, unit) => {
    const spread = (side: number) => squares[side]![unit]! - sums[side]![unit]! ** 2 / counts[side]!
    const pooled = Math.sqrt(Math.max(0, spread(0) + spread(1)) / (outside + inside - 2))
    return pooled > 0 ? (sums[1]![unit]! / inside - sums[0]![unit]! / outside) / pooled : NaN
  })
}

/** The half-life of each unit's memory in characters, by its keep gate alone: until the product of the gate falls below a half.
 * The mean over the starts in the first half of each row; memory that outlives the row counts to its end.
 * @param keepGate [T, B, H] @returns [H] */
export function halfLives(keepGate: Float32Array, hidden: number, batch: number): Float32Array {
  const steps = keepGate.length / batch / hidden
  const starts = Math.max(1, steps >> 1)
  return Float32Array.from({ length: hidden }, (_, unit) => {
    let sum = 0
    for (let row = 0; row < batch; row++) {
      const lost = (t: number) => -Math.log(Math.max(keepGate[(t * batch + row) * hidden + unit]!, 1e-9))
      // Lost from the start up to `end`, which never moves back as the start moves on.
      let [end, total] = [0, 0]
      for (let start = 0; start < starts; start++) {
        if (end < start) [end, total] = [start, 0]
        while (end < steps && total < Math.LN2) total += lost(end++)
        sum += end - start
        total -= lost(start)
      }
    }
    return sum / starts / batch
  })
}

/** The mean of each unit. @param values [N, H] @returns [H] */
export function unitMeans(values: Float32Array, hidden: number): Float32Array {
  const sums = new Float64Array(hidden)
  values.forEach((value, i) => (sums[i % hidden]! += value))
  return Float32Array.from(sums, (sum) => (sum * hidden) / values.length)
}
