// Initial weights, computed on the CPU from counter-based random numbers: the same seed gives the same network on every device.
import { cells } from './cells'
import { checkNumber, checkOptions, show, SluiceError, type Known } from './errors'
import { Random } from './random'
import { directions, inputSize, isDense, parameterShapes, type LayerSpec, type NetworkSpec } from './spec'

/** Distribution of a matrix.
 *
 * - `uniform`: in ± 1/√H (PyTorch's default for recurrent layers); a dense layer and the head in ± 1/√I (its default for nn.Linear).
 * - `glorot`: uniform in ± √(6 / (rows + columns)) of each gate's matrix (Glorot and Bengio 2010; Keras for W).
 * - `orthogonal`: each gate's matrix has orthonormal rows or columns (Saxe et al. 2014; Keras for U).
 * - `{ normal: deviation }`: Gaussian (Dive into Deep Learning's from-scratch models: 0.01).
 */
export type Initialiser = 'uniform' | 'glorot' | 'orthogonal' | { readonly normal: number }

/** How the initial weights of a network are drawn. */
export interface InitialOptions {
  /** For W of every layer, head and embedding. Default `uniform` (embedding: normal with deviation 1). */
  readonly input?: Initialiser
  /** For U, and for the projection R. Default: as `input`. */
  readonly recurrent?: Initialiser
  /** For biases and peepholes. Default: uniform in ± 1/√H (dense layers and head: ± 1/√I) if `input` is `uniform`, else zero. */
  readonly bias?: 'uniform' | 'zero'
  /** Added to the bias of the forget gate of an LSTM. 1 makes it remember from the start (Gers et al. 2000). Default 0. */
  readonly forgetBias?: number
}

const names = { input: true, recurrent: true, bias: true, forgetBias: true } satisfies Known<InitialOptions>

/** A checked copy of the options. @throws SluiceError `bad-value` for an unknown initialiser. */
export function checkInitialise(options: InitialOptions): InitialOptions {
  const { bias, forgetBias, ...matrices } = checkOptions('initialise', options, "{ input: 'glorot', recurrent: 'orthogonal' }", names)
  const { input, recurrent } = { input: checkInitialiser('input', matrices.input), recurrent: checkInitialiser('recurrent', matrices.recurrent) }
  checkChoice('bias', bias, ['uniform', 'zero'])
  if (forgetBias !== undefined) checkNumber('initialise.forgetBias', forgetBias)
  return { ...(input && { input }), ...(recurrent && { recurrent }), ...(bias && { bias }), ...(forgetBias !== undefined && { forgetBias }) }
}

function checkInitialiser(name: string, initialiser: Initialiser | undefined): Initialiser | undefined {
  if (typeof initialiser !== 'object' || initialiser === null) {
    checkChoice(name, initialiser, ['uniform', 'glorot', 'orthogonal'], ' or { normal: 0.01 }')
    return initialiser
  }
  const { normal } = checkOptions(`initialise.${name}`, initialiser, '{ normal: 0.01 }', { normal: true })
  return { normal: checkNumber(`initialise.${name}.normal`, normal, { min: 0 }) }
}

function checkChoice(name: string, value: unknown, choices: readonly string[], orElse = ''): void {
  if (value === undefined || choices.includes(value as string)) return
  throw new SluiceError('bad-value', `initialise.${name} is ${show(value)}, expected ${choices.map((choice) => `'${choice}'`).join(', ')}${orElse}`)
}

/** Initial values of every parameter. Each parameter has its own random stream. Learned initial states are zero. */
export function initialise(spec: NetworkSpec, seed: number, options: InitialOptions = {}): Map<string, Float32Array<ArrayBuffer>> {
  const { input = 'uniform', recurrent = input, bias = input === 'uniform' ? 'uniform' : 'zero', forgetBias = 0 } = options
  const values = new Map<string, Float32Array<ArrayBuffer>>()
  let stream = 0
  for (const [name, shape] of parameterShapes(spec)) {
    const random = new Random(seed, stream++)
    const size = shape.reduce((a, b) => a * b, 1)
    const kind = name.split('.').at(-1)!
    const layerIndex = name.startsWith('layers.') ? Number(name.split('.')[1]) : -1
    const own = spec.layers[layerIndex]
    // Null: a dense layer, the head or the embedding.
    const layer: LayerSpec | null = own && !isDense(own) ? own : null
    const inputs = layerIndex >= 0 ? inputSize(spec, layerIndex) : spec.head ? inputSize(spec, 'head') : 1
    const bound = 1 / Math.sqrt(layer ? layer.hidden : inputs)
    const array = new Float32Array(size)
    values.set(name, array)
    if (kind === 'h0' || kind === 'c0') continue
    if (name === 'embedding') {
      const deviation = typeof input === 'object' ? input.normal : 1
      array.forEach((_, i) => (array[i] = deviation * random.normal()))
    } else if (kind === 'W' || kind === 'U' || kind === 'R') {
      // Each gate of each direction is a separate matrix, rows × columns, within [I, D, G, H] or [D, P, G, H]; so is R of each within [D, H, P].
      const ofInput = kind === 'W'
      const [rows, columns] = [ofInput ? inputs : shape[1]!, shape.at(-1)!]
      const gates = kind === 'R' ? [shape[0]!, shape[1]!, 1, shape[2]!] : layer ? shape : [shape[0]!, 1, 1, shape[1]!]
      fillMatrices(array, rows, columns, gateIndices(ofInput, gates), ofInput ? input : recurrent, bound, random)
    } else {
      if (bias === 'uniform') array.forEach((_, i) => (array[i] = (2 * random.uniform() - 1) * bound))
      if (!layer) continue
      const { gates, forgetGate, recurrentBias } = cells[layer.cell]
      if (kind === 'b' && layer.bias === 'two' && bias === 'uniform') {
        // The sum of two, but for a gate whose second bias is stored.
        const single = recurrentBias ? gates.length - 1 : -1
        array.forEach((_, i) => (array[i]! += Math.floor(i / layer.hidden) % gates.length === single ? 0 : (2 * random.uniform() - 1) * bound))
      }
      if (kind === 'b' && forgetGate !== null) {
        const [G, H, forget] = [gates.length, layer.hidden, gates.indexOf(forgetGate)]
        for (let d = 0; d < directions(layer); d++) for (let j = 0; j < H; j++) array[(d * G + forget) * H + j]! += forgetBias
      }
    }
  }
  return values
}

/** For each gate of each direction, the index of its element (row, column), in [I, D, G, H] of the input or in [D, rows, G, H]. */
function gateIndices(ofInput: boolean, [a, b, G, H]: readonly number[]): ((row: number, column: number) => number)[] {
  const D = ofInput ? b! : a!
  const indices = []
  for (let d = 0; d < D; d++)
    for (let g = 0; g < G!; g++)
      indices.push((row: number, column: number) => (ofInput ? ((row * D + d) * G! + g) * H! + column : ((d * b! + row) * G! + g) * H! + column))
  return indices
}

function fillMatrices(
  array: Float32Array,
  rows: number,
  columns: number,
  indices: readonly ((row: number, column: number) => number)[],
  initialiser: Initialiser,
  bound: number,
  random: Random,
): void {
  if (initialiser === 'uniform') return array.forEach((_, i) => void (array[i] = (2 * random.uniform() - 1) * bound))
  for (const indexOf of indices) {
    const matrix = initialiser === 'orthogonal' ? orthogonal(rows, columns, random) : null
    const limit = Math.sqrt(6 / (rows + columns))
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        array[indexOf(r, c)] = matrix
          ? matrix[r * columns + c]!
          : typeof initialiser === 'object'
            ? initialiser.normal * random.normal()
            : (2 * random.uniform() - 1) * limit
  }
}

/** A random matrix with orthonormal rows (or columns, if those are fewer), by Gram–Schmidt, twice for accuracy. */
function orthogonal(rows: number, columns: number, random: Random): Float64Array {
  const [n, length] = rows <= columns ? [rows, columns] : [columns, rows]
  const vectors: Float64Array[] = []
  for (let i = 0; i < n; i++) {
    const v = Float64Array.from({ length }, () => random.normal())
    for (let pass = 0; pass < 2; pass++) {
      // Loops, because this is cubic and callbacks are eight times slower.
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
