// The models of test/fixtures/models, each brought in as docs/bring-your-model.md says; with the bytes that they were trained to read, and what
// their own frameworks put out.
import { describePyTorch, fromPyTorch, type NetworkSpec } from 'sluice'
import { readKerasTensors } from 'sluice/formats/keras'
import { fromOnnx, readOnnxTensors } from 'sluice/formats/onnx'
import { arraysOf, fromArrays, readNpz } from 'sluice/formats/raw'
import { loadCheckpoint } from 'sluice/formats/tfjs'

export type Read = (file: string) => Promise<Uint8Array>

/** A network and its parameters. */
export interface Brought {
  readonly spec: NetworkSpec
  readonly parameters: ReadonlyMap<string, Float32Array<ArrayBuffer>>
}

/** Two networks: the second one starts from the state that the first one ends with. */
export async function g2pEn(read: Read): Promise<{ encoder: Brought; decoder: Brought }> {
  const at = arraysOf(await readNpz(await read('g2p_en.npz')))
  const gru = (name: string) => ({
    transposed: true,
    gates: ['r', 'z', 'n'],
    directions: [{ input: at(`${name}_w_ih`), recurrent: at(`${name}_w_hh`), bias: at(`${name}_b_ih`), recurrentBias: at(`${name}_b_hh`) }],
  })
  const layers = [{ cell: 'gru-reset-after', hidden: 8 }] as const
  const [reads, writes]: NetworkSpec[] = [
    { input: { ids: 29, embedding: 8 }, layers },
    { input: { ids: 74, embedding: 8 }, layers, head: { classes: 74 } },
  ]
  const head = { weights: at('fc_w'), bias: at('fc_b'), transposed: true }
  return {
    encoder: { spec: reads!, parameters: fromArrays(reads!, { embedding: at('enc_emb'), layers: [gru('enc')] }) },
    decoder: { spec: writes!, parameters: fromArrays(writes!, { embedding: at('dec_emb'), layers: [gru('dec')], head }) },
  }
}

export async function g2pM(read: Read): Promise<Brought> {
  const tensors = await readNpz(await read('g2pm.npz'))
  const { spec, names } = describePyTorch(tensors, { activation: 'relu' })
  return { spec, parameters: fromPyTorch(tensors, spec, names) }
}

export const nnsplit = async (read: Read): Promise<Brought & { readonly batchFirst: boolean }> => fromOnnx(await read('nnsplit.onnx'))

/** @param size 128 of the model itself */
export async function silero(read: Read, size: number): Promise<Brought> {
  const at = arraysOf(readOnnxTensors(await read('silero.onnx')), 'If_0_then_branch__Inline_0__decoder.')
  const spec: NetworkSpec = {
    input: { features: size },
    layers: [
      { cell: 'lstm', hidden: size },
      { dense: size, activation: 'relu', bias: false },
    ],
    head: { numbers: 1, loss: 'binary-cross-entropy' },
  }
  const lstm = { input: at('rnn.weight_ih'), recurrent: at('rnn.weight_hh'), bias: at('rnn.bias_ih'), recurrentBias: at('rnn.bias_hh') }
  const head = { weights: at('decoder.2.weight'), bias: at('decoder.2.bias') }
  return { spec, parameters: fromArrays(spec, { layers: [{ transposed: true, directions: [lstm] }, { weights: 'identity' }], head }) }
}

/** Up to the three that stand side by side: its attention and what follows are not Sluice's. */
export async function textgenrnn(read: Read, { V, E, H }: { V: number; E: number; H: number }) {
  const at = arraysOf(await readKerasTensors(await read('textgenrnn.hdf5')))
  const lstm = (name: string) => ({
    gates: ['i', 'f', 'g', 'o'],
    directions: [{ input: at(`${name}/${name}/kernel:0`), recurrent: at(`${name}/${name}/recurrent_kernel:0`), bias: at(`${name}/${name}/bias:0`) }],
  })
  const spec: NetworkSpec = {
    input: { ids: V, embedding: E },
    layers: [
      { cell: 'lstm', hidden: H },
      { cell: 'lstm', hidden: H },
    ],
    head: { numbers: E + 2 * H, inputs: ['input', 0, 1] },
  }
  const arrays = { embedding: at('embedding/embedding/embeddings:0'), layers: [lstm('rnn_1'), lstm('rnn_2')], head: { weights: 'identity' as const } }
  return {
    spec,
    parameters: fromArrays(spec, arrays),
    attention: at('attention/attention/attention_W:0'),
    kernel: at('output/output/kernel:0'),
    bias: at('output/output/bias:0'),
  }
}

/** What textgenrnn does behind that: the average over the steps, weighted by a softmax, and a Dense with softmax.
 * @param x [T, C] of one row */
export function textgenrnnTail(x: readonly Float32Array[], { attention, kernel, bias }: Record<'attention' | 'kernel' | 'bias', Float32Array>): number[] {
  const dot = (a: ArrayLike<number>, b: (i: number) => number) => Array.from(a).reduce((sum, value, i) => sum + value * b(i), 0)
  const weights = softmax(x.map((step) => dot(step, (i) => attention[i]!)))
  const average = Array.from(x[0]!, (_, i) => dot(weights, (t) => x[t]![i]!))
  return softmax(Array.from(bias, (b, v) => b + dot(average, (i) => kernel[i * bias.length + v]!)))
}

const softmax = (values: readonly number[]): number[] => {
  const powers = values.map((value) => Math.exp(value - Math.max(...values)))
  return powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0))
}

export async function charRnn(read: Read, { V, E, H }: { V: number; E: number; H: number }): Promise<Brought> {
  const at = arraysOf(await loadCheckpoint((file) => read(`charrnn/${file}`)))
  const cell = (l: number) => ({
    gates: ['i', 'g', 'f', 'o'],
    forgetBias: 1,
    directions: [{ joined: at(`rnnlm/multi_rnn_cell/cell_${l}/basic_lstm_cell/kernel`), bias: at(`rnnlm/multi_rnn_cell/cell_${l}/basic_lstm_cell/bias`) }],
  })
  const spec: NetworkSpec = {
    input: { ids: V, embedding: E },
    layers: [
      { cell: 'lstm', hidden: H },
      { cell: 'lstm', hidden: H },
    ],
    head: { classes: V },
  }
  const head = { weights: at('rnnlm/softmax_w'), bias: at('rnnlm/softmax_b') }
  return { spec, parameters: fromArrays(spec, { embedding: at('embedding'), layers: [cell(0), cell(1)], head }) }
}
