// The state of X-ray: the passage, the choices, and the last inspection. The network is inspected when the passage changes, and
// again and again while it trains.
import { computed, effect, signal, untracked } from '@preact/signals'
import { call, failureOf } from '../../client/client'
import { addressSettings } from '../../page/address-settings'
import { learning, training } from '../../session/training'
import { openingAddress, openingSource } from '../../session/opening'
import { loadText } from '../../session/text'
import type { Failure } from '../../shared/protocol'
import { graphemesIn } from '../../shared/texts'
import { places, type Inspection, type Occlusion, type Place } from '../../shared/xray'

/** The text that is run through the network; null until there is one. */
export const passage = signal<string | null>(null)
export const maxPassage = 1200
const passageLength = 320
/** Code units of the longest symbol of a vocabulary: so long a piece of text has enough symbols. */
const maxGrapheme = 64

export const inspection = signal<Inspection | null>(null)
/** The training step of the inspection. */
export const inspectedStep = signal(0)
export const failure = signal<Failure | null>(null)
/** Whether to inspect again and again while it trains. */
export const live = signal(true)

interface Choices {
  /** From 1. */
  readonly layer: number
  readonly quantity: string
  /** From 1; 0 for the unit with the strongest response. */
  readonly unit: number
  /** Empty for the first kind of place that the text has enough of. */
  readonly place: Place | ''
  /** Whether the rows of the heat map are sorted by response. */
  readonly sorted: boolean
}

const defaults: Choices = { layer: 1, quantity: 'h', unit: 0, place: '', sorted: true }
/** The choices. If the network has no such layer, quantity or unit, the nearest is shown. */
export const { settings: chosen, set: choose, assign } = addressSettings<Choices>('xray', defaults, { place: ['', ...places] })
/** The unit with the strongest response at the first inspection. It stays, though another one may be stronger at the next. */
const followed = signal<number | null>(null)

export const chooseUnit = (unit: number) => choose('unit', unit + 1)
export function choosePlace(place: Place): void {
  followed.value = null
  assign({ place, unit: 0 })
}
/** The character that is pointed at. */
export const cursor = signal<number | null>(null)

/** The character that the step and its reasons are about: the one that is pointed at, or one after which the network is sure. */
export const here = computed<number>(() => {
  const seen = inspection.value
  if (!seen) return 0
  const last = seen.characters.length - 1
  if (cursor.value !== null) return Math.min(cursor.value, last)
  const sureness = seen.expected.slice(0, 48).map(([first], t) => (t < 8 || !first!.character.trim() ? 0 : first!.probability))
  return Math.min(last, sureness.indexOf(Math.max(...sureness)))
})

/** What the expectation there is due to; null until it is known. */
export const occlusion = signal<Occlusion | null>(null)

export interface Shown {
  readonly inspection: Inspection
  readonly layer: number
  readonly hidden: number
  readonly quantity: string
  /** [T, H] */
  readonly values: Float32Array
  readonly unit: number
  readonly place: Place
  /** The units by their response to the chosen kind of place, the strongest first; empty if it does not occur. */
  readonly ranking: readonly { readonly unit: number; readonly d: number }[]
  /** The units in the order of their rows. */
  readonly rows: readonly number[]
  /** The values at the ends of the colour scale. */
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
  // A memory cell and a ReLU have no bound: the scale ends at the largest value.
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

/** Takes a passage of the chosen text, from the start of a line or sentence; the first time from the start of the text. */
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
/** Sets the passage while it is typed. It is inspected at the next pause. */
export function typePassage(text: string): void {
  clearTimeout(typing)
  passage.value = text
  cursor.value = null
  typing = setTimeout(() => void inspect(), 300)
}

/** Whether an inspection is under way. */
export const inspecting = signal(false)
let again = false
/** When the next automatic inspection is due. They take at most a sixth of the time. */
let nextDue = 0

export async function inspect(): Promise<void> {
  if (passage.value === null) return
  if (inspecting.value) return void (again = true)
  inspecting.value = true
  const from = performance.now()
  do {
    again = false
    try {
      const asked = passage.value
      const { content } = await loadText()
      const { step } = learning.value
      const wanted = { passage: graphemesIn(asked).slice(0, maxPassage).join(''), text: content.slice(0, 200_000) }
      const isOwn = training.isLive.value
      const seen = isOwn ? await call('xray', wanted) : await call('xrayOpening', { ...wanted, url: await openingAddress(openingSource()) })
      failure.value = null
      if (seen) [inspection.value, inspectedStep.value] = [seen, 'steps' in seen ? (seen.steps as number) : step]
      followed.value ??= shown.value?.unit ?? null
    } catch (error) {
      failure.value = failureOf(error)
    }
  } while (again)
  inspecting.value = false
  nextDue = performance.now() + Math.max(1500, 5 * (performance.now() - from))
}

/** Asks for the reasons of an expectation, a moment after the cursor has come to rest. */
function explain(at: number): () => void {
  const timer = setTimeout(async () => {
    const found = await call('xrayWhy', { at }).catch(() => null) // a run that ends meanwhile has no reasons
    if (here.peek() === at) occlusion.value = found
  }, 150)
  return () => clearTimeout(timer)
}

/** Inspects the network while the view is shown. */
export function follow(): () => void {
  const stop = [
    effect(() => (inspection.value ? explain(here.value) : undefined)),
    effect(() => {
      if (learning.value && training.status.value === 'running' && live.value && performance.now() >= nextDue) untracked(() => void inspect())
    }),
    // When it starts, when it rests, and when it has ended.
    effect(() => {
      if (training.isLive.value && training.status.value !== 'running') untracked(() => void inspect())
      // Without a run, the network that comes with the page.
      if (!training.isLive.value && training.status.value !== 'starting') untracked(() => void inspect())
    }),
  ]
  return () => stop.forEach((end) => end())
}
