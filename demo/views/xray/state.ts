// What is looked at, and what was seen. The network is looked at anew when the passage changes, and while it learns.
import { computed, effect, signal, untracked } from '@preact/signals'
import { call, failureOf } from '../../client/client'
import { addressSettings } from '../../page/address-settings'
import { learning, training } from '../../session/training'
import { loadText } from '../../session/text'
import type { Failure } from '../../shared/protocol'
import { graphemesIn } from '../../shared/texts'
import { places, type Inspection, type Place } from '../../shared/xray'

/** The text that is run through the network; null until there is one. */
export const passage = signal<string | null>(null)
export const maxPassage = 1200
const passageLength = 320
/** Code units of the longest symbol that a vocabulary has: so much of a text is sure to have enough of them. */
const maxGrapheme = 64

export const inspection = signal<Inspection | null>(null)
/** Training steps the network had done when it was looked at. */
export const inspectedStep = signal(0)
export const failure = signal<Failure | null>(null)
/** Whether to look again and again while it learns. */
export const live = signal(true)

interface Choices {
  /** From 1, as for people. */
  readonly layer: number
  readonly quantity: string
  /** From 1; 0 for the one that answers most. */
  readonly unit: number
  /** Nothing for the first kind that the text has enough of. */
  readonly place: Place | ''
  /** Whether the rows of the heat map are in the order of the answers. */
  readonly sorted: boolean
}

const defaults: Choices = { layer: 1, quantity: 'h', unit: 0, place: '', sorted: false }
/** What is chosen; where the network has no such layer, quantity or unit, the nearest it has is shown. */
export const { settings: chosen, set: choose, assign } = addressSettings<Choices>('xray', defaults, { place: ['', ...places] })
/** The unit that answered most when it was first looked at. Another one may at the next look: the one that is followed stays. */
const followed = signal<number | null>(null)

export const chooseUnit = (unit: number) => choose('unit', unit + 1)
export function choosePlace(place: Place): void {
  followed.value = null
  assign({ place, unit: 0 })
}
/** The character that is pointed at. */
export const cursor = signal<number | null>(null)

export interface Shown {
  readonly inspection: Inspection
  readonly layer: number
  readonly hidden: number
  readonly quantity: string
  /** [T, H] */
  readonly values: Float32Array
  readonly unit: number
  readonly place: Place
  /** The units that answer most to the chosen kind of place, the most first; empty where it does not occur. */
  readonly ranking: readonly { readonly unit: number; readonly d: number }[]
  /** The units in the order of their rows. */
  readonly rows: readonly number[]
  /** The values that the ends of the colour scale stand for. */
  readonly range: readonly [number, number]
}

const gates = new Set(['r', 'z', 'i', 'f', 'o'])
export const isGate = (quantity: string) => gates.has(quantity)

export const shown = computed<Shown | null>(() => {
  const seen = inspection.value
  if (!seen) return null
  const wanted = chosen.value
  const indexOf = (number: number, count: number, otherwise: number) => (number >= 1 ? Math.min(Math.floor(number), count) - 1 : otherwise)
  const layer = indexOf(wanted.layer, seen.layers.length, 0)
  const { trace: trace, hidden, responses: responses } = seen.layers[layer]!
  const quantity = Object.hasOwn(trace, wanted.quantity) ? wanted.quantity : 'h'
  const values = trace[quantity]!
  const occurs = (place: Place) => responses[quantity]![place].some((d) => !Number.isNaN(d))
  const place = wanted.place || ((['space', ...places] as const).find(occurs) ?? 'space')
  const ranking = [...responses[quantity]![place]]
    .map((d, unit) => ({ unit, d }))
    .filter(({ d }) => !Number.isNaN(d))
    .sort((a, b) => Math.abs(b.d) - Math.abs(a.d))
  const unit = indexOf(wanted.unit, hidden, Math.min(followed.value ?? ranking[0]?.unit ?? 0, hidden - 1))
  const stored = Array.from({ length: hidden }, (_, n) => n)
  const bySign = ranking.length === hidden ? ranking.toSorted((a, b) => b.d - a.d).map((one) => one.unit) : stored
  // A memory cell and a relu have no bound: the scale ends at the largest value there is.
  const bound = quantity === 'c' || seen.cell === 'rnn-relu' ? values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6) : 1
  return {
    inspection: seen,
    layer,
    hidden,
    quantity,
    values,
    unit,
    place,
    ranking,
    rows: wanted.sorted ? bySign : stored,
    range: isGate(quantity) ? [0, 1] : [-bound, bound],
  }
})

/** The values of one unit, [T]. */
export const unitValues = ({ values, hidden }: Pick<Shown, 'values' | 'hidden'>, unit: number): Float32Array =>
  Float32Array.from({ length: values.length / hidden }, (_, t) => values[t * hidden + unit]!)

/** The mean over the units, [T]. */
export function meanOver(values: Float32Array, hidden: number): Float32Array {
  return Float32Array.from({ length: values.length / hidden }, (_, t) => values.subarray(t * hidden, (t + 1) * hidden).reduce((a, b) => a + b) / hidden)
}

/** Takes a passage of the chosen text, from the beginning of a line or sentence: the first time its opening. */
export async function takePassage(): Promise<void> {
  try {
    const { content } = await loadText()
    const starts = [0, ...[...content.matchAll(/[\n.!?。！？”"]\s*(?=\S)/g)].map((found) => found.index + found[0].length)].filter(
      (start) => start <= Math.max(0, content.length - passageLength),
    )
    const start = passage.value === null ? (starts[0] ?? 0) : starts[Math.floor(Math.random() * starts.length)]!
    setPassage(
      graphemesIn(content.slice(start, start + maxGrapheme * passageLength))
        .slice(0, passageLength)
        .join(''),
    )
  } catch (error) {
    failure.value = failureOf(error)
  }
}

export function setPassage(text: string): void {
  clearTimeout(typing)
  passage.value = text
  cursor.value = null
  void inspect()
}

let typing: ReturnType<typeof setTimeout> | undefined
/** Takes what has been typed so far; it is looked at once the person pauses. */
export function typePassage(text: string): void {
  clearTimeout(typing)
  passage.value = text
  cursor.value = null
  typing = setTimeout(() => void inspect(), 300)
}

/** Whether the network is being looked at just now. */
export const inspecting = signal(false)
let again = false
/** When it may look again by itself: never for more than a sixth of the time. */
let nextDue = 0

export async function inspect(): Promise<void> {
  if (passage.value === null || !training.isLive.value) return
  if (inspecting.value) return void (again = true)
  inspecting.value = true
  const from = performance.now()
  do {
    again = false
    try {
      const asked = passage.value
      const { content } = await loadText()
      const step = learning.value.curve.last
      const seen = await call('xray', { passage: graphemesIn(asked).slice(0, maxPassage).join(''), text: content.slice(0, 200_000) })
      failure.value = null
      if (seen) [inspection.value, inspectedStep.value] = [seen, step]
      followed.value ??= shown.value?.unit ?? null
    } catch (error) {
      failure.value = failureOf(error)
    }
  } while (again)
  inspecting.value = false
  nextDue = performance.now() + Math.max(1500, 5 * (performance.now() - from))
}

/** Follows the network for as long as the view is shown. */
export function follow(): () => void {
  const stop = [
    effect(() => {
      if (learning.value && training.status.value === 'running' && live.value && performance.now() >= nextDue) untracked(() => void inspect())
    }),
    // When it comes, when it rests, and when it has ended.
    effect(() => {
      if (training.isLive.value && training.status.value !== 'running') untracked(() => void inspect())
      if (!training.isLive.value) inspection.value = null
    }),
  ]
  return () => stop.forEach((end) => end())
}
