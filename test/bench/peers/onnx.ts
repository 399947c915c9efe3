// ONNX Runtime Web: forward and writing only. The model is an ONNX file built here from the common weights; the state of a
// writing model stays on the device from one character to the next, as its documentation advises.
import { onnx } from 'onnx-proto'
import * as ortWasm from 'onnxruntime-web/wasm'
import * as ortWebgpu from 'onnxruntime-web/webgpu'
import { argmax, NotOffered, oneHot, takeGates, type Job, type Peer, type Task } from '../peer'
import { gatesOf, type Work } from '../../../src/measure/works'

const FLOAT = 1
const INT64 = 7

const floats = (name: string, dims: number[], values: Float32Array) => ({ name, dims, dataType: FLOAT, rawData: new Uint8Array(values.slice().buffer) })
const integers = (name: string, values: number[]) => ({
  name,
  dims: [values.length],
  dataType: INT64,
  rawData: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
})
const value = (name: string, dims: (number | string)[]) => ({
  name,
  type: { tensorType: { elemType: FLOAT, shape: { dim: dims.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d })) } } },
})
const integer = (name: string, i: number) => ({ name, type: onnx.AttributeProto.AttributeType.INT, i })
const text = (name: string, s: string) => ({ name, type: onnx.AttributeProto.AttributeType.STRING, s: new TextEncoder().encode(s) })

/** From Sluice's order of gates to ONNX's: LSTM i o f g, GRU z r n. */
const order = { rnn: [0], gru: [1, 0, 2], 'gru-reset-after': [1, 0, 2], lstm: [0, 3, 1, 2] }

/** [rows, G, H] → [G, H, rows]: ONNX multiplies from the other side. */
function transpose(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!)
}

function join(parts: Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The model as the bytes of a file. With `states` it reads and returns each layer's. */
function modelOf(
  { cell, V, H, layers, bidirectional }: Work,
  { T, B, states }: { T: number; B: number; states: boolean },
  weights: Task['weights'],
): Uint8Array {
  const [G, D] = [gatesOf(cell), bidirectional ? 2 : 1]
  const gates = order[cell as keyof typeof order]
  const each = Array.from({ length: D }, (_, d) => d)
  const initializer: object[] = []
  const node: object[] = []
  const [input, output] = [[value('x', [T, B, V])], [value('logits', [T, B, V])]]
  let x = 'x'
  for (let l = 0; l < layers; l++) {
    const I = l === 0 ? V : D * H
    const [W, U, b, bn] = ['W', 'U', 'b', 'bn'].map((name) => weights.get(`layers.${l}.${name}`))
    const recurrentBias = (d: number) => {
      const values = new Float32Array(G * H)
      if (bn) values.set(bn.subarray(d * H, (d + 1) * H), 2 * H)
      return values
    }
    initializer.push(
      floats(`W${l}`, [D, G * H, I], join(each.map((d) => transpose(takeGates(W!, { rows: I, D, G, H }, d, gates), I)))),
      floats(`R${l}`, [D, G * H, H], join(each.map((d) => transpose(takeGates(U!.subarray(d * H * G * H), { rows: H, D: 1, G, H }, 0, gates), H)))),
      floats(`B${l}`, [D, 2 * G * H], join(each.flatMap((d) => [takeGates(b!, { rows: 1, D, G, H }, d, gates), recurrentBias(d)]))),
    )
    const lstm = cell === 'lstm'
    node.push({
      opType: lstm ? 'LSTM' : cell === 'rnn' ? 'RNN' : 'GRU',
      input: [x, `W${l}`, `R${l}`, `B${l}`, ...(states ? ['', `h${l}`, ...(lstm ? [`c${l}`] : [])] : [])],
      output: [`Y${l}`, ...(states ? [`hn${l}`, ...(lstm ? [`cn${l}`] : [])] : [])],
      attribute: [
        integer('hidden_size', H),
        text('direction', bidirectional ? 'bidirectional' : 'forward'),
        ...(cell.startsWith('gru') ? [integer('linear_before_reset', cell === 'gru-reset-after' ? 1 : 0)] : []),
      ],
    })
    if (states)
      for (const name of lstm ? ['h', 'c'] : ['h']) {
        input.push(value(`${name}${l}`, [D, B, H]))
        output.push(value(`${name}n${l}`, [D, B, H]))
      }
    // Y is [T, D, B, H]; what is above reads [T, B, D·H].
    initializer.push(integers(`shape${l}`, [T, B, D * H]))
    node.push({
      opType: 'Transpose',
      input: [`Y${l}`],
      output: [`Yt${l}`],
      attribute: [{ name: 'perm', type: onnx.AttributeProto.AttributeType.INTS, ints: [0, 2, 1, 3] }],
    })
    node.push({ opType: 'Reshape', input: [`Yt${l}`, `shape${l}`], output: [`y${l}`] })
    x = `y${l}`
  }
  initializer.push(floats('Wq', [D * H, V], weights.get('head.W')!), floats('bq', [V], weights.get('head.b')!))
  node.push({ opType: 'MatMul', input: [x, 'Wq'], output: ['o'] }, { opType: 'Add', input: ['o', 'bq'], output: ['logits'] })
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 14 }],
    graph: { name: 'recurrent', node, initializer, input, output },
  })
  return onnx.ModelProto.encode(model).finish()
}

// Each provider from the build that its users would load; the one with WebGPU has a slower wasm.
const builds = { webgpu: ortWebgpu, wasm: ortWasm }
type Provider = keyof typeof builds

async function start({ kind, work, weights, inputs }: Task, provider: Provider): Promise<Job> {
  if (kind === 'train') throw new NotOffered('ONNX Runtime Web does not train')
  if (work.cell === 'rnn-relu') throw new NotOffered('the bench has no rnn-relu for ONNX Runtime Web')
  if (provider === 'webgpu' && work.cell === 'rnn') throw new NotOffered('ONNX Runtime Web has no kernel for RNN on webgpu')
  const { T, B, V, H, layers, cell } = work
  const ort = builds[provider]
  const writes = kind === 'generate'
  const names = Array.from({ length: layers }, (_, l) => (cell === 'lstm' ? [`h${l}`, `c${l}`] : [`h${l}`])).flat()
  const session = await ort.InferenceSession.create(modelOf(work, writes ? { T: 1, B: 1, states: true } : { T, B, states: false }, weights), {
    executionProviders: [provider],
    logSeverityLevel: 3,
    ...(writes &&
      provider === 'webgpu' && { preferredOutputLocation: Object.fromEntries(names.map((name) => [`${name[0]}n${name.slice(1)}`, 'gpu-buffer' as const])) }),
  })
  if (!writes) {
    const step = async () => {
      const x = new ort.Tensor('float32', oneHot(inputs, V), [T, B, V])
      const { logits } = await session.run({ x })
      return (await logits!.getData()) as Float32Array
    }
    return { step, destroy: () => session.release() }
  }
  const step = async () => {
    let states: Record<string, ortWasm.Tensor> = Object.fromEntries(names.map((name) => [name, new ort.Tensor('float32', new Float32Array(H), [1, 1, H])]))
    const written = new Uint32Array(T)
    let id = 0
    for (let t = 0; t < T; t++) {
      const results = await session.run({ x: new ort.Tensor('float32', oneHot([id], V), [1, 1, V]), ...states })
      for (const state of Object.values(states)) state.dispose()
      states = Object.fromEntries(names.map((name) => [name, results[`${name[0]}n${name.slice(1)}`]!]))
      id = argmax((await results['logits']!.getData()) as Float32Array)
      written[t] = id
    }
    for (const state of Object.values(states)) state.dispose()
    return written
  }
  return { step, destroy: () => session.release() }
}

const peer = (provider: Provider): Peer => ({
  title: `ONNX Runtime Web ${builds[provider].env.versions.web}`,
  open: async () => {
    builds[provider].env.wasm.wasmPaths = '/node_modules/onnxruntime-web/dist/'
  },
  start: (task) => start(task, provider),
})

export const peers: Record<string, Peer> = { 'onnx-webgpu': peer('webgpu'), 'onnx-wasm': peer('wasm') }
