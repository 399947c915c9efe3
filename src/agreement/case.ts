// A network to compare, with everything that it is fed: drawn from the seed of the case, so that each device gets the same.
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import { Network } from '../network'
import type { RunOptions } from '../run'
import { directions, headSize, ignored, isFinal, outputShape, parameterShapes, recurrentLayers, stateSize, type NetworkSpec } from '../spec'
import { numbers } from './bounds'

export interface Case {
  readonly spec: NetworkSpec
  readonly steps: number
  readonly batch: number
  readonly lengths?: readonly number[]
  /** Steps are skipped, drawn at random, in place of lengths. */
  readonly mask?: boolean
  /** Initial states, drawn at random, or h alone; otherwise the learned ones, or zero. */
  readonly initial?: boolean | 'h'
  /** Biases of the layers are uniform in ± this, weights in ± 0.5. Large ones saturate gates, each to its own side;
   * large weights would do so too, but make a chaotic network in which no two roundings agree. Default 0.5. */
  readonly biases?: number
  /** Every third target is not counted. */
  readonly ignore?: boolean
  /** Classes have weights, drawn at random. */
  readonly classWeights?: boolean
  /** Rows have weights, drawn at random. */
  readonly weights?: boolean
  /** Gradients of the outputs and of the final states are given, drawn at random, beside the loss's. */
  readonly given?: boolean
  /** Drops with this seed. */
  readonly dropoutSeed?: number
  readonly seed?: number
  /** How recurrences are dispatched. */
  readonly strategy?: StrategyName
  /** Whether the gates are made again on the way back; what is inside each step is not compared then, as it is not kept. */
  readonly recompute?: boolean | number
}

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)

/** Everything a case feeds in, drawn from its seed. */
function draw(c: Case) {
  const { spec, steps: T, batch: B, biases = 0.5, seed = 1 } = c
  let stream = seed * 1000
  const some = (n: number, scale = 1) => numbers(n, stream++).map((v) => v * scale)
  const below = (n: number, limit: number) => Uint32Array.from(some(n), (v) => Math.min(limit - 1, Math.floor(((v + 1) / 2) * limit)))
  const parameters = new Map([...parameterShapes(spec)].map(([name, shape]) => [name, some(count(shape), /^layers.*\.bn?$/.test(name) ? biases : 0.5)]))
  const input: { ids: Uint32Array } | { features: Float32Array } =
    'ids' in spec.input ? { ids: below(T * B, spec.input.ids) } : { features: some(T * B * spec.input.features) }
  const states = (): { h: Float32Array; c?: Float32Array }[] =>
    recurrentLayers(spec).map(({ layer }) => {
      const rows = B * directions(layer)
      return { h: some(rows * stateSize(layer, 'h')), ...(layer.cell === 'lstm' && { c: some(rows * stateSize(layer, 'c')) }) }
    })
  const { head } = spec
  const rows = head?.at === 'last' ? B : T * B
  let targets: Uint32Array | Float32Array | undefined
  if (head && 'classes' in head) targets = below(rows, head.classes)
  else if (head) targets = some(rows * head.numbers).map((v) => (head.loss === 'binary-cross-entropy' ? (v + 1) / 2 : v))
  if (c.ignore && targets instanceof Uint32Array) targets.forEach((_, i) => i % 3 === 0 && (targets[i] = ignored))
  if (c.ignore && targets instanceof Float32Array) targets.forEach((_, i) => Math.floor(i / headSize(spec)) % 3 === 0 && (targets[i] = NaN))
  const last = spec.layers.length - 1
  const [D, H] = outputShape(spec, last)
  return {
    parameters,
    input,
    targets,
    initial: c.initial ? states().map((state) => (c.initial === 'h' ? { h: state.h } : state)) : undefined,
    classWeights: c.classWeights && head && 'classes' in head ? some(head.classes).map((v) => 1.5 + v) : undefined,
    weights: c.weights && head ? some(rows).map((v) => Math.max(0, 0.5 + v)) : undefined,
    mask: c.mask ? Uint8Array.from(some(T * B), (v) => Number(v < 0.2)) : undefined,
    outputGradients: c.given || !head ? some((isFinal(spec, last) ? B : T * B) * D * H) : undefined,
    finalGradients: c.given || !head ? states() : undefined,
  }
}

/** What a case runs: a network with its weights, and the options of the run. */
export interface Opened {
  readonly network: Network
  readonly options: RunOptions
  readonly drawn: ReturnType<typeof draw>
}

/** Makes the network of a case. Whoever asks destroys it. */
export async function openCase(device: Gpu, c: Case): Promise<Opened> {
  const { spec, steps, batch, lengths, dropoutSeed } = c
  const drawn = draw(c)
  const { parameters, input, targets, initial, classWeights, weights, mask, outputGradients, finalGradients } = drawn
  const network = await Network.create({ device, ...spec })
  network.writeParameters(parameters)
  const options: RunOptions = {
    steps,
    batch,
    ...input,
    gradients: true,
    ...(c.recompute ? { recompute: c.recompute } : { inspect: true }),
    ...(c.strategy && { strategy: c.strategy }),
    ...(targets && { targets }),
    ...(initial && { initial }),
    ...(lengths && { lengths: Uint32Array.from(lengths) }),
    ...(mask && { mask }),
    ...(weights && { weights }),
    ...(classWeights && { classWeights }),
    ...(dropoutSeed !== undefined && { dropoutSeed }),
    ...(outputGradients && { outputGradients }),
    ...(finalGradients && { finalGradients }),
  }
  return { network, options, drawn }
}
