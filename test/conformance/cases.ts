// The cases of the conformance suites, and what it takes to run one on the GPU and compare everything it expects.
import { type CellName, Network, type Gpu } from 'sluice'
import keras from './keras.json'
import onnx from './onnx.json'
import gru from './pytorch-gru.json'
import gruAfter from './pytorch-gru-reset-after.json'
import lstm from './pytorch-lstm.json'
import projected from './pytorch-lstm-projection.json'
import rnn from './pytorch-rnn.json'
import relu from './pytorch-rnn-relu.json'

type State = { readonly h?: readonly number[]; readonly c?: readonly number[] }

/** A layer or a stack of equal ones, in Sluice's names and layouts; what is not there is not compared. */
export interface ConformanceCase {
  readonly name: string
  readonly cell: CellName
  readonly layers: number
  readonly bidirectional: boolean
  readonly bias: boolean
  readonly peepholes?: boolean
  readonly steps: number
  readonly batch: number
  readonly features: number
  readonly hidden: number
  readonly projection?: number
  readonly lengths: readonly number[] | null
  /** [T, B]: 0 for a step that is skipped. */
  readonly mask?: readonly number[]
  readonly parameters: Readonly<Record<string, readonly number[]>>
  readonly x: readonly number[]
  readonly initial: readonly State[]
  /** Compare this direction only: the expected values are of one. */
  readonly direction?: number
  readonly dy?: readonly number[]
  readonly dfinal?: readonly State[]
  readonly outputs?: readonly number[]
  readonly final?: readonly State[]
  readonly gradients?: { readonly parameters: Readonly<Record<string, readonly number[]>>; readonly x: readonly number[]; readonly initial?: readonly State[] }
}

const cases = (file: { cases: unknown }) => file.cases as ConformanceCase[]

export const suites: Readonly<Record<string, readonly ConformanceCase[]>> = {
  ONNX: cases(onnx),
  PyTorch: [rnn, relu, gru, gruAfter, lstm, projected].flatMap(cases),
  Keras: cases(keras),
}

/** float32 of both sides, relative to the largest element of a tensor: the GPU's sums of K terms through T steps and L layers
 * (test/support/agreement.ts has the reasoning); ONNX's and Keras' own results are float32 and as far off again. */
const tolerance = ({ steps: T, batch: B, features: I, hidden: H, layers: L }: ConformanceCase) => 2 * 2 ** -24 * (Math.max(I, 4 * H, T * B) + 4 * T * L + 8)

export interface Outcome {
  /** Worst error over all tensors, in units of the tolerance. */
  readonly worst: number
  /** Tensors beyond it, with their errors; empty if the case passed. */
  readonly failed: readonly string[]
}

/** Values [.., D, n] of one direction. */
const oneDirection = (values: ArrayLike<number>, n: number, d: number): number[] => Array.from(values).filter((_, i) => Math.floor(i / n) % 2 === d)

export async function runCase(device: Gpu, c: ConformanceCase): Promise<Outcome> {
  const { cell, layers, bidirectional, bias, peepholes = false, steps, batch, features, hidden, projection, lengths, mask, direction } = c
  const network = await Network.create({
    device,
    input: { features },
    layers: Array.from({ length: layers }, () => ({ cell, hidden, bidirectional, bias, ...(projection && { projection }), ...(peepholes && { peepholes }) })),
  })
  try {
    network.writeParameters(new Map(Object.entries(c.parameters)))
    const initial = c.initial.some((state) => state.h || state.c) ? { initial: c.initial } : {}
    const run = await network.run({
      steps,
      batch,
      features: Float32Array.from(c.x),
      ...initial,
      ...(lengths && { lengths: Uint32Array.from(lengths) }),
      ...(mask && { mask: Uint8Array.from(mask) }),
      ...(c.gradients && {
        gradients: true,
        outputGradients: Float32Array.from(c.dy!),
        ...(c.dfinal && { finalGradients: c.dfinal }),
      }),
    })
    const limit = tolerance(c)
    let worst = 0
    const failed: string[] = []
    /** `width`: how many numbers of one direction lie together; null where a tensor has no directions. */
    const compare = (name: string, actual: ArrayLike<number> | undefined, expected: readonly number[] | undefined, width: number | null = hidden): void => {
      if (!expected) return
      const made = direction === undefined || width === null || !actual ? actual : oneDirection(actual, width, direction)
      if (made?.length !== expected.length) return void failed.push(`${name}: ${made?.length ?? 'no'} numbers, expected ${expected.length}`)
      const scale = expected.reduce((a, v) => Math.max(a, Math.abs(v)), 1e-6)
      const error = expected.reduce((a, v, i) => Math.max(a, Number.isNaN(made[i]) ? Infinity : Math.abs(made[i]! - v) / scale), 0) / limit
      worst = Math.max(worst, error)
      if (error > 1) failed.push(`${name}: ${error.toPrecision(3)} times the tolerance`)
    }
    compare('outputs', run.outputs, c.outputs)
    c.final?.forEach((state, l) => {
      compare(`final h of layer ${l}`, run.final[l]!.h, state.h)
      compare(`final c of layer ${l}`, run.final[l]!.c, state.c)
    })
    if (c.gradients) {
      const { parameters, features: dx, initial: first } = run.gradients!
      for (const [name, expected] of Object.entries(c.gradients.parameters)) {
        // W, b and U have the gates within a direction; U has D outermost, W has it after the rows.
        const perDirection = parameters.get(name)!.length / 2 / (name.endsWith('W') ? features : 1)
        compare(`d ${name}`, parameters.get(name), expected, perDirection)
      }
      compare('dx', dx!, c.gradients.x, null)
      c.gradients.initial?.forEach((state, l) => {
        compare(`dh0 of layer ${l}`, first[l]!.h, state.h)
        compare(`dc0 of layer ${l}`, first[l]!.c, state.c)
      })
    }
    return { worst, failed }
  } finally {
    network.destroy()
  }
}
