// What the tests of other projects run, as it was recorded: what each run is in Sluice, or why it has no counterpart, and what it should give.
import { Network, SluiceError, type Gpu, type NetworkSpec } from 'sluice'
import { fromOnnx } from 'sluice/formats/onnx'
import { directions, outputDirections, recurrentLayers, type LayerSpec } from '../../src/spec'
import kerasCalls from './keras-calls.json'
import { networkOfCall, type Call } from './layer-calls'
import onnxRuns from './onnxruntime-runs.json'
import { bytesOf, exchanged, unpacked, type Packed } from './packed'
import tfjsCalls from './tfjs-calls.json'

/** What a run of a network gives. */
export interface Made {
  /** [T, B, D, H], or [T, B, H] where the directions are merged. */
  readonly outputs: ArrayLike<number>
  /** By recurrent layer, [B, D, H]. */
  readonly final: readonly { readonly h?: ArrayLike<number> | undefined; readonly c?: ArrayLike<number> | undefined }[]
}

/** A run in Sluice's names and layouts, and what is compared. */
export interface Run {
  readonly spec: NetworkSpec
  readonly parameters: ReadonlyMap<string, Float32Array<ArrayBuffer>>
  readonly steps: number
  readonly batch: number
  readonly features: Float32Array<ArrayBuffer>
  readonly lengths?: Uint32Array<ArrayBuffer>
  readonly mask?: Uint8Array<ArrayBuffer>
  readonly initial?: readonly { readonly h: Float32Array; readonly c?: Float32Array }[]
  readonly expected: readonly { readonly what: string; readonly values: ArrayLike<number>; readonly of: (made: Made) => ArrayLike<number> }[]
}

/** A run, or the reason why Sluice has no counterpart. */
export type Reading = Run | { readonly refused: string }

export interface Recorded {
  readonly name: string
  /** How often the tests make this run. */
  readonly times: number
  readonly read: () => Reading
}

/** The reason without the name of the layer or node. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof SluiceError) || error.code !== 'bad-file') throw error
  return error.message
}

/** Values of direction d of [.., D, H]. */
const ofDirection = (values: ArrayLike<number>, D: number, H: number, d: number): number[] => Array.from(values).filter((_, i) => Math.floor(i / H) % D === d)

/** The final states of both directions as a layer puts them out: side by side, or merged unit by unit. */
function mergedFinal(layer: LayerSpec, h: ArrayLike<number>): ArrayLike<number> {
  if (outputDirections(layer) === directions(layer)) return h
  const [first, second] = [ofDirection(h, 2, layer.hidden, 0), ofDirection(h, 2, layer.hidden, 1)]
  return first.map((a, i) => (layer.merge === 'product' ? a * second[i]! : layer.merge === 'mean' ? (a + second[i]!) / 2 : a + second[i]!))
}

function readCall(call: Call, version: string | undefined): Reading {
  let found
  try {
    found = networkOfCall(call, version)
  } catch (error) {
    return { refused: reasonOf(error) }
  }
  const { spec, parameters, isReversed, returnsSteps, isApart } = found
  const layers = recurrentLayers(spec).map(({ layer }) => layer)
  const last = layers.at(-1)!
  const [B, T] = call.x.shape as [number, number]
  const [D, H] = [directions(last), last.hidden]
  const features = Float32Array.from(exchanged(unpacked(call.x), [B, T]))
  const mask = call.mask && Uint8Array.from(exchanged(unpacked(call.mask), [B, T]))
  /** Where a step is skipped, Keras repeats an output and Sluice has zero: neither counts. */
  const read = (values: ArrayLike<number>): number[] => Array.from(values, (v, i) => (!mask || mask[Math.floor((i * B * T) / values.length)] ? v : 0))

  // States come one after the other: by direction, by layer, h before c, each [B, H].
  const states = layers.flatMap((layer, l) => (layer.cell === 'lstm' ? (['h', 'c'] as const) : (['h'] as const)).map((name) => ({ l, name, H: layer.hidden })))
  const places = Array.from({ length: D }, (_, d) => states.map((state) => ({ ...state, d }))).flat()
  const given = call.initial?.map(unpacked)
  if (given && (given.length !== places.length || given.some((values, i) => values.length !== B * places[i]!.H)))
    return { refused: `its initial states are ${call.initial!.map(({ shape }) => `[${shape.join(', ')}]`).join(', ')}` }
  const initial =
    given &&
    layers.map((layer, l) => {
      const of = (name: 'h' | 'c') => {
        const parts = places.flatMap((place, i) => (place.l === l && place.name === name ? [given[i]!] : []))
        const n = layer.hidden
        return Float32Array.from({ length: B * D * n }, (_, i) => parts[Math.floor(i / n) % D]![Math.floor(i / (n * D)) * n + (i % n)]!)
      }
      return { h: of('h'), ...(layer.cell === 'lstm' && { c: of('c') }) }
    })

  const rows = isApart ? 2 : 1
  const own = call.outputs.slice(0, rows).map((output, d) => {
    const part = (values: ArrayLike<number>) => (isApart ? ofDirection(values, D, H, d) : values)
    if (!returnsSteps) return { what: 'the last output', values: unpacked(output), of: ({ final }: Made) => part(mergedFinal(last, final.at(-1)!.h!)) }
    const turned = exchanged(unpacked(output), [B, T])
    const width = turned.length / T
    const values = isReversed ? Array.from(turned, (_, i) => turned[(T - 1 - Math.floor(i / width)) * width + (i % width)]!) : turned
    return { what: 'outputs', values: read(values), of: ({ outputs }: Made) => read(part(outputs)) }
  })
  const final = call.outputs.slice(rows).map((output, i) => {
    const { l, name, d, H } = places[i]!
    return { what: `final ${name} of layer ${l}`, values: unpacked(output), of: (made: Made) => ofDirection(made.final[l]![name]!, D, H, d) }
  })
  return { spec, parameters, steps: T, batch: B, features, ...(mask && { mask }), ...(initial && { initial }), expected: [...own, ...final] }
}

export interface OnnxRun {
  readonly test: string
  readonly times: number
  readonly model: string
  readonly inputs: Readonly<Record<string, Packed>>
  readonly outputs: Readonly<Record<string, Packed>>
}

function readOnnx({ model, inputs, outputs }: OnnxRun): Reading {
  let found
  try {
    found = fromOnnx(bytesOf(model))
  } catch (error) {
    return { refused: reasonOf(error) }
  }
  const { spec, parameters } = found
  const [layer] = spec.layers as [LayerSpec]
  const [D, H] = [directions(layer), layer.hidden]
  const [T, B] = inputs.X!.shape as [number, number]
  const { initial_h: h, initial_c: c, sequence_lens: lengths } = inputs
  const state = (values: Packed) => Float32Array.from(exchanged(unpacked(values), [D, B]))
  return {
    spec,
    parameters,
    steps: T,
    batch: B,
    features: unpacked(inputs.X!),
    ...(lengths && { lengths: Uint32Array.from(unpacked(lengths)) }),
    ...((h || c) && {
      initial: [{ h: h ? state(h) : new Float32Array(B * D * H), ...(layer.cell === 'lstm' && { c: c ? state(c) : new Float32Array(B * D * H) }) }],
    }),
    expected: Object.entries(outputs).map(([name, packed]) => {
      if (name !== 'Y') return { what: name, values: state(packed), of: ({ final }: Made) => final[0]![name === 'Y_c' ? 'c' : 'h']! }
      // [T, D, B, H] → [T, B, D, H], step by step.
      const all = unpacked(packed)
      const values = Array.from({ length: T }, (_, t) => exchanged(all.subarray(t * D * B * H, (t + 1) * D * B * H), [D, B])).flat()
      return { what: name, values, of: ({ outputs }: Made) => outputs }
    }),
  }
}

const named = <T extends { test: string; times: number }>(list: readonly T[], read: (one: T) => Reading): Recorded[] =>
  list.map((one, i) => ({ name: `${i}: ${one.test}`, times: one.times, read: () => read(one) }))

/** By project, what its own tests run. */
export const recorded: Readonly<Record<string, readonly Recorded[]>> = {
  'ONNX Runtime': named(onnxRuns.runs as unknown as readonly OnnxRun[], readOnnx),
  'Keras calls': named(kerasCalls.calls as unknown as readonly Call[], (call) => readCall(call, kerasCalls.versions.keras)),
  'TensorFlow.js calls': named(tfjsCalls.calls as unknown as readonly Call[], (call) => readCall(call, undefined)),
}

export async function runOnGpu(device: Gpu, { spec, parameters, expected: _, ...batch }: Run): Promise<Made> {
  const network = await Network.create({ device, ...spec })
  try {
    network.writeParameters(parameters)
    return await network.run(batch)
  } finally {
    network.destroy()
  }
}

/** The worst error over all that is compared, in units of the tolerance, and what is beyond it. */
export function compareRun(run: Run, made: Made): { readonly worst: number; readonly failed: readonly string[] } {
  const { spec, steps: T, batch: B, expected } = run
  const sizes = recurrentLayers(spec).map(({ layer }) => layer)
  const { features: I } = spec.input as { features: number }
  // As that of the other suites (cases.ts).
  const limit = 2 * 2 ** -24 * (Math.max(I, ...sizes.map(({ hidden }) => 4 * hidden), T * B) + 4 * T * sizes.length + 8)
  let worst = 0
  const failed: string[] = []
  for (const { what, values, of } of expected) {
    const actual = of(made)
    if (actual.length !== values.length) failed.push(`${what}: ${actual.length} numbers, expected ${values.length}`)
    const scale = Array.from(values).reduce((a, v) => Math.max(a, Math.abs(v)), 1e-6)
    const error = Array.from(values, (v, i) => Math.abs(actual[i]! - v) / scale).reduce((a, v) => (v <= a ? a : Number.isNaN(v) ? Infinity : v), 0) / limit
    worst = Math.max(worst, error)
    if (error > 1) failed.push(`${what}: ${error.toPrecision(3)} times the tolerance`)
  }
  return { worst, failed }
}
