// Initial weights, drawn on the CPU from counter-based random numbers: the same seed gives the same network anywhere.
import { cells } from './cells'
import { checkNumber, checkOptions, show, SluiceError, type Known } from './errors'
import { Random } from './random'
import { directions, inputSize, parameterShapes, type NetworkSpec } from './spec'

/** How a matrix is drawn.
 *
 * - `uniform`: in ± 1/√H (PyTorch's default for recurrent layers); a head in ± 1/√(D·H).
 * - `glorot`: uniform in ± √(6 / (rows + columns)) of each gate's matrix (Glorot and Bengio 2010; Keras for W).
 * - `orthogonal`: each gate's matrix has orthonormal rows or columns (Saxe et al. 2014; Keras for U).
 * - `{ normal: deviation }`: Gaussian (Dive into Deep Learning's from-scratch models: 0.01).
 */
export type Initialiser = 'uniform' | 'glorot' | 'orthogonal' | { readonly normal: number }

export interface InitialOptions {
  /** Of W, head and embedding; default `uniform` (an embedding: normal with deviation 1). */
  readonly input?: Initialiser
  /** Of U; default as `input`. */
  readonly recurrent?: Initialiser
  /** Of biases and peepholes; default uniform in ± 1/√H where `input` is `uniform`, else zero. */
  readonly bias?: 'uniform' | 'zero'
  /** Added to the bias of an LSTM's forget gate: 1 makes it remember from the start (Gers et al. 2000). Default 0. */
  readonly forgetBias?: number
}

const names = { input: true, recurrent: true, bias: true, forgetBias: true } satisfies Known<InitialOptions>

/** @throws SluiceError `bad-value` for a way of drawing that there is not. */
export function checkInitialise(options: InitialOptions): InitialOptions {
  const { bias, forgetBias, ...matrices } = checkOptions('initialise', options, "{ input: 'glorot', recurrent: 'orthogonal' }", names)
  const { input, recurrent } = { input: checkInitialiser('input', matrices.input), recurrent: checkInitialiser('recurrent', matrices.recurrent) }
  expectWord('bias', bias, ['uniform', 'zero'])
  if (forgetBias !== undefined) checkNumber('initialise.forgetBias', forgetBias)
  return { ...(input && { input }), ...(recurrent && { recurrent }), ...(bias && { bias }), ...(forgetBias !== undefined && { forgetBias }) }
}

function checkInitialiser(name: string, how: Initialiser | undefined): Initialiser | undefined {
  if (typeof how !== 'object' || how === null) {
    expectWord(name, how, ['uniform', 'glorot', 'orthogonal'], ' or { normal: 0.01 }')
    return how
  }
  const { normal } = checkOptions(`initialise.${name}`, how, '{ normal: 0.01 }', { normal: true })
  return { normal: checkNumber(`initialise.${name}.normal`, normal, { min: 0 }) }
}

function expectWord(name: string, value: unknown, words: readonly string[], orElse = ''): void {
  if (value === undefined || words.includes(value as string)) return
  throw new SluiceError('bad-value', `initialise.${name} is ${show(value)}, expected ${words.map((word) => `'${word}'`).join(', ')}${orElse}`)
}

/** Every parameter of the network. Each has a random stream of its own; learned initial states begin at zero. */
export function initialise(spec: NetworkSpec, seed: number, options: InitialOptions = {}): Map<string, Float32Array<ArrayBuffer>> {
  const { input = 'uniform', recurrent = input, bias = input === 'uniform' ? 'uniform' : 'zero', forgetBias = 0 } = options
  const values = new Map<string, Float32Array<ArrayBuffer>>()
  let stream = 0
  for (const [name, shape] of parameterShapes(spec)) {
    const random = new Random(seed, stream++)
    const size = shape.reduce((a, b) => a * b, 1)
    const kind = name.split('.').at(-1)!
    const layerIndex = name.startsWith('layers.') ? Number(name.split('.')[1]) : -1
    const layer = spec.layers[layerIndex] ?? spec.layers.at(-1)!
    const reach = 1 / Math.sqrt(layerIndex < 0 ? layer.hidden * directions(layer) : layer.hidden)
    const made = new Float32Array(size)
    values.set(name, made)
    if (kind === 'h0' || kind === 'c0') continue
    if (name === 'embedding') {
      const deviation = typeof input === 'object' ? input.normal : 1
      made.forEach((_, i) => (made[i] = deviation * random.normal()))
    } else if (kind === 'W' || kind === 'U') {
      // Each gate of each direction is a matrix of its own, rows × columns, within [.., D, G, H] or [D, H, G, H].
      const [rows, columns] = [layerIndex < 0 ? shape[0]! : kind === 'U' ? layer.hidden : inputSize(spec, layerIndex), shape.at(-1)!]
      drawMatrices(
        made,
        rows,
        columns,
        gatePlaces(kind, layerIndex < 0 ? [shape[0]!, 1, 1, shape[1]!] : shape),
        kind === 'U' ? recurrent : input,
        reach,
        random,
      )
    } else {
      if (bias === 'uniform') made.forEach((_, i) => (made[i] = (2 * random.uniform() - 1) * reach))
      const { gates, forgetGate } = cells[layer.cell]
      if (kind === 'b' && forgetGate !== null && layerIndex >= 0) {
        const [G, H, forget] = [gates.length, layer.hidden, gates.indexOf(forgetGate)]
        for (let d = 0; d < directions(layer); d++) for (let j = 0; j < H; j++) made[(d * G + forget) * H + j]! += forgetBias
      }
    }
  }
  return values
}

/** For each gate of each direction, where its element (row, column) lies. W is [I, D, G, H], U is [D, H, G, H]. */
function gatePlaces(kind: 'W' | 'U' | string, [a, b, G, H]: readonly number[]): ((row: number, column: number) => number)[] {
  const D = kind === 'U' ? a! : b!
  const places = []
  for (let d = 0; d < D; d++)
    for (let g = 0; g < G!; g++)
      places.push((row: number, column: number) => (kind === 'U' ? ((d * b! + row) * G! + g) * H! + column : ((row * D + d) * G! + g) * H! + column))
  return places
}

function drawMatrices(
  made: Float32Array,
  rows: number,
  columns: number,
  places: readonly ((row: number, column: number) => number)[],
  how: Initialiser,
  reach: number,
  random: Random,
): void {
  if (how === 'uniform') return made.forEach((_, i) => void (made[i] = (2 * random.uniform() - 1) * reach))
  for (const at of places) {
    const matrix = how === 'orthogonal' ? orthogonal(rows, columns, random) : null
    const limit = Math.sqrt(6 / (rows + columns))
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        made[at(r, c)] = matrix ? matrix[r * columns + c]! : typeof how === 'object' ? how.normal * random.normal() : (2 * random.uniform() - 1) * limit
  }
}

/** A random matrix with orthonormal rows (or columns, if those are fewer), by Gram–Schmidt, twice for accuracy. */
function orthogonal(rows: number, columns: number, random: Random): Float64Array {
  const [n, length] = rows <= columns ? [rows, columns] : [columns, rows]
  const vectors: Float64Array[] = []
  for (let i = 0; i < n; i++) {
    const v = Float64Array.from({ length }, () => random.normal())
    for (let pass = 0; pass < 2; pass++) {
      // Loops, and not callbacks: this is cubic, and eight times faster so.
      for (const u of vectors) {
        let along = 0
        for (let k = 0; k < length; k++) along += u[k]! * v[k]!
        for (let k = 0; k < length; k++) v[k]! -= along * u[k]!
      }
      const norm = Math.hypot(...v)
      v.forEach((x, k) => (v[k] = x / norm))
    }
    vectors.push(v)
  }
  const at = rows <= columns ? (r: number, c: number) => vectors[r]![c]! : (r: number, c: number) => vectors[c]![r]!
  return Float64Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns))
}
