// Runs a text through the current network and returns its states and gates.
import { cells, SluiceError, type CellName, type TextModel, type Vocabulary } from 'sluice'
import { SmallGru } from '../opening/gru'
import { graphemesIn } from '../shared/texts'
import { measureOf, places, type LayerInspection, type Inspection, type Occlusion, type Place } from '../shared/xray'
import { mostLikely, probabilityOf } from './guesses'
import { currentModel } from './train'
import { halfLives, markPlaces, standardizedDifference, unitMeans } from './measure'
import { occluded, occlusionOf, occlusionWindow } from './occlusion'

/** Responses are measured over so many pieces of so many characters from all over the text, in one batch. */
const pieces = { count: 12, length: 256 }
/** Characters at the start of each piece that are left out: the state starts at zero and needs some steps to settle. */
const warmUp = 12

export const xrayHandlers = {
  /** Inspects the current network between two steps; null if there is none.
   * @param passage the text to show @param text the text to measure responses over */
  async xray({ passage, text }: { passage: string; text: string }): Promise<Inspection | null> {
    const model = currentModel()
    if (!model) return null
    const { network, vocabulary } = model
    const ids = vocabulary.encode(passage)
    if (ids.length === 0) throw new SluiceError('bad-text', 'there is no text to run through the network. Type some, or choose a passage.')
    const batch = piecesOf(model, text)
    const steps = batch && batch.ids.length / batch.count
    const [shown, measured] = await Promise.all([
      network.run({ steps: ids.length, batch: 1, ids, inspect: true }),
      batch && network.run({ steps: steps!, batch: batch.count, ids: batch.ids, inspect: true }),
    ])
    inspected = { ids, states: shown.trace!, of: model }
    const recurrent = network.spec.layers.filter((layer) => 'cell' in layer)
    const { cell } = recurrent[0]!
    const layers = recurrent.map(({ hidden }, l) => inspectionOf(cell, hidden, traceOf(shown.trace![l]!), measured && traceOf(measured.trace![l]!), batch))
    const V = vocabulary.size
    const expected = Array.from(ids, (_, t) => mostLikely(shown.logits.subarray(t * V, (t + 1) * V), vocabulary.characters, 3))
    return { characters: vocabulary.split(passage), cell, layers, expected, measured: batch ? batch.ids.length : 0 }
  },

  /** The same of the model that comes with the page, computed without the GPU. Characters that it does not know are left out.
   * @param url of its file */
  async xrayOpening({ url, passage, text }: { url: string; passage: string; text: string }): Promise<Inspection & { readonly steps: number }> {
    small = small?.url === url ? small : { url, model: SmallGru.read(await (await fetch(url)).arrayBuffer()) }
    const { model } = small
    const { vocabulary, hidden } = model
    const characters = [...passage].filter((character) => vocabulary.has(character))
    if (characters.length === 0) throw new SluiceError('bad-text', 'there is no text to run through the network. Type some, or choose a passage.')
    const ids = vocabulary.encode(characters.join(''))
    const trace = model.trace(ids)
    inspected = { ids, states: [trace], of: model }
    const batch = piecesOf(model, text)
    const layer = inspectionOf('gru', hidden, trace, batch && measuredTrace(model, batch), batch)
    const expected = characters.map((_, t) => model.likeliest(model.probabilities(trace.h.subarray(t * hidden, (t + 1) * hidden)), 3))
    return { characters, cell: 'gru', layers: [layer], expected, measured: batch ? batch.ids.length : 0, steps: model.facts.steps }
  },

  /** What the expectation after a character of the last inspected passage is due to; null if its network is gone. */
  async xrayWhy({ at }: { at: number }): Promise<Occlusion | null> {
    const seen = lastInspected()
    if (!seen || at >= seen.ids.length) return null
    const { ids, states, of: model } = seen
    const n = Math.min(occlusionWindow, at + 1)
    const from = at - n + 1
    const { batch, rows } = occluded(ids.subarray(from, at + 1), model.vocabulary.size)
    // The state before the first of them, for every row.
    const before = (values: Float32Array, width: number): Float32Array => {
      const state = from > 0 ? values.subarray((from - 1) * width, from * width) : new Float32Array(width)
      return Float32Array.from({ length: rows * width }, (_, i) => state[i % width]!)
    }
    const V = model.vocabulary.size
    let last: readonly Float32Array[]
    if (model instanceof SmallGru) last = Array.from({ length: rows }, (_, row) => smallLogits(model, before(states[0]!.h, model.hidden), batch, row, rows))
    else {
      const recurrent = model.network.spec.layers.filter((layer) => 'cell' in layer)
      const initial = states.map(({ h, c }, l) => {
        const { hidden } = recurrent[l]!
        return { h: before(h, hidden), ...(c && { c: before(c, hidden) }) }
      })
      const { logits } = await model.network.run({ steps: n, batch: rows, ids: batch, initial })
      last = Array.from({ length: rows }, (_, row) => logits.subarray(((n - 1) * rows + row) * V, ((n - 1) * rows + row + 1) * V))
    }
    const expected = last[0]!.indexOf(last[0]!.reduce((a, b) => Math.max(a, b)))
    return occlusionOf(
      last.map((o) => probabilityOf(o, expected)),
      { at, n, character: model.vocabulary.characters[expected]! },
    )
  },
}

/** The passage of the last inspection, and the states after each of its characters. */
export interface Inspected {
  readonly ids: Uint32Array
  readonly states: readonly { readonly h: Float32Array; readonly c?: Float32Array }[]
  readonly of: TextModel | SmallGru
}
let inspected: Inspected | null = null

/** The last inspection; null if there is none or its network is gone. */
export const lastInspected = (): Inspected | null => (inspected && (inspected.of instanceof SmallGru || inspected.of === currentModel()) ? inspected : null)

let small: { readonly url: string; readonly model: SmallGru } | null = null

/** The logarithms of the probabilities after a row of a time-major batch. */
function smallLogits(model: SmallGru, before: Float32Array, batch: Uint32Array, row: number, rows: number): Float32Array {
  let h = before.subarray(0, model.hidden)
  for (let t = 0; t < batch.length / rows; t++) ({ h } = model.step(h, batch[t * rows + row]!))
  return model.probabilities(h).map(Math.log)
}

/** The trace of a time-major batch, row by row. */
function measuredTrace(model: SmallGru, { ids, count }: { readonly ids: Uint32Array; readonly count: number }): Record<string, Float32Array> {
  const [T, H] = [ids.length / count, model.hidden]
  const whole = {
    h: new Float32Array(ids.length * H),
    r: new Float32Array(ids.length * H),
    z: new Float32Array(ids.length * H),
    n: new Float32Array(ids.length * H),
  }
  for (let row = 0; row < count; row++) {
    const trace = model.trace(Uint32Array.from({ length: T }, (_, t) => ids[t * count + row]!))
    for (const name of ['h', 'r', 'z', 'n'] as const)
      for (let t = 0; t < T; t++) whole[name].set(trace[name].subarray(t * H, (t + 1) * H), (t * count + row) * H)
  }
  return whole
}

type Batch = NonNullable<ReturnType<typeof piecesOf>>

/** @param trace of the passage @param measuredTrace of the batch, over which the responses are measured */
function inspectionOf(
  cell: CellName,
  hidden: number,
  trace: Record<string, Float32Array>,
  measuredTrace: Record<string, Float32Array> | null,
  batch: Batch | null,
): LayerInspection {
  const response = (values: Float32Array | undefined, place: Place) =>
    values ? standardizedDifference(values, batch!.marks[place], hidden, batch!.count, measureOf(place), warmUp) : new Float32Array(hidden).fill(NaN)
  const responses = Object.keys(trace).map((name) => [name, Object.fromEntries(places.map((place) => [place, response(measuredTrace?.[name], place)]))])
  const source = measuredTrace ?? trace
  const { keeps, gates } = cells[cell]
  const keepGate = keeps && source[keeps.gate]!.map((value) => (keeps.inverted ? 1 - value : value))
  const memory = keepGate && {
    halfLives: halfLives(keepGate, hidden, measuredTrace ? batch!.count : 1),
    reset: gates.includes('r') ? unitMeans(source.r!, hidden) : null,
  }
  return { hidden, trace, responses: Object.fromEntries(responses) as LayerInspection['responses'], memory }
}

/** States and gates by name; the one gate of an RNN is its state. */
function traceOf({
  h,
  c,
  gates,
}: {
  readonly h: Float32Array
  readonly c?: Float32Array
  readonly gates: ReadonlyMap<string, Float32Array>
}): Record<string, Float32Array> {
  return { h, ...(c && { c }), ...Object.fromEntries([...gates].filter(([name]) => name !== 'h')) }
}

/** Pieces from all over the text, time-major, with their places marked; null if the text is too short. Characters that the
 * network does not know are left out: the text may be another one by now. */
function piecesOf(
  { vocabulary }: { readonly vocabulary: Vocabulary },
  text: string,
): { readonly ids: Uint32Array; readonly count: number; readonly marks: Record<Place, Uint8Array> } | null {
  const ids = new Map(vocabulary.characters.map((character, id) => [character, id]))
  const characters = (vocabulary.symbols === 'graphemes' ? graphemesIn(text) : [...text]).filter((character) => ids.has(character))
  const length = Math.min(pieces.length, characters.length)
  const count = Math.min(pieces.count, Math.floor(characters.length / Math.max(1, length)))
  if (length < 2 * warmUp) return null
  const marks = markPlaces(characters)
  // Spread evenly from the first character to the last.
  const start = (row: number) => (count > 1 ? Math.floor((row * (characters.length - length)) / (count - 1)) : 0)
  const timeMajor = (n: number) => start(n % count) + Math.floor(n / count)
  return {
    ids: Uint32Array.from({ length: length * count }, (_, n) => ids.get(characters[timeMajor(n)]!)!),
    count,
    marks: Object.fromEntries(places.map((place) => [place, Uint8Array.from({ length: length * count }, (_, n) => marks[place][timeMajor(n)]!)])) as Record<
      Place,
      Uint8Array
    >,
  }
}
