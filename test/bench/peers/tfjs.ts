// TensorFlow.js as its lstm-text-generation example is written: a sequential model of its layers, compiled with a loss.
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-webgpu'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { adamRate, argmax, exchange, NotOffered, oneHot, takeGates, type Job, type Peer, type Task } from '../peer'
import { gatesOf, type Work } from '../../../src/measure/works'

const backends = ['webgpu', 'webgl', 'wasm'] as const
type Backend = (typeof backends)[number]

/** One recurrent layer. Its gates would default to hardSigmoid, and orthogonal initial weights take minutes to make. */
function recurrent({ cell, H }: Work, options: { batchInputShape?: number[]; stateful?: boolean }): tf.layers.Layer {
  const common = { units: H, returnSequences: true, recurrentInitializer: 'glorotUniform' as const, ...options }
  if (cell === 'rnn') return tf.layers.simpleRNN(common)
  if (cell === 'lstm') return tf.layers.lstm({ ...common, recurrentActivation: 'sigmoid' })
  if (cell === 'gru') return tf.layers.gru({ ...common, recurrentActivation: 'sigmoid' })
  throw new NotOffered(`TensorFlow.js has no ${cell}`)
}

function modelOf(work: Work, { T, B, softmax, stateful }: { T: number; B: number; softmax: boolean; stateful: boolean }): tf.Sequential {
  const { V, layers, bidirectional } = work
  const model = tf.sequential()
  for (let l = 0; l < layers; l++) {
    const shape = l === 0 ? { batchInputShape: [B, T, V] } : {}
    if (bidirectional) model.add(tf.layers.bidirectional({ layer: recurrent(work, {}) as tf.RNN, mergeMode: 'concat', ...shape }))
    else model.add(recurrent(work, { ...shape, ...(stateful && { stateful }) }))
  }
  model.add(tf.layers.dense({ units: V, activation: softmax ? 'softmax' : 'linear' }))
  return model
}

/** Keras's order of gates: LSTM i f g o, which is Sluice's; GRU z r n. */
function setWeights(model: tf.Sequential, { cell, V, H, layers, bidirectional }: Work, weights: Task['weights']): void {
  const [G, D] = [gatesOf(cell), bidirectional ? 2 : 1]
  const order = cell === 'gru' ? [1, 0, 2] : Array.from({ length: G }, (_, g) => g)
  const values = Array.from({ length: layers }, (_, l) => {
    const I = l === 0 ? V : D * H
    return Array.from({ length: D }, (_, d) => {
      const U = weights.get(`layers.${l}.U`)!.subarray(d * H * G * H, (d + 1) * H * G * H)
      return [
        tf.tensor2d(takeGates(weights.get(`layers.${l}.W`)!, { rows: I, D, G, H }, d, order), [I, G * H]),
        tf.tensor2d(takeGates(U, { rows: H, D: 1, G, H }, 0, order), [H, G * H]),
        tf.tensor1d(takeGates(weights.get(`layers.${l}.b`)!, { rows: 1, D, G, H }, d, order)),
      ]
    }).flat()
  }).flat()
  const all = [...values, tf.tensor2d(weights.get('head.W')!, [D * H, V]), tf.tensor1d(weights.get('head.b')!)]
  model.setWeights(all)
  tf.dispose(all)
}

async function start({ kind, work, weights, inputs, targets }: Task, use: () => Promise<unknown>): Promise<Job> {
  await use()
  const { T, B, V } = work
  if (kind === 'generate') {
    const model = modelOf(work, { T: 1, B: 1, softmax: false, stateful: true })
    setWeights(model, work, weights)
    const step = async (): Promise<Uint32Array> => {
      await use()
      model.resetStates()
      const written = new Uint32Array(T)
      let id = 0
      for (let t = 0; t < T; t++) {
        const logits = tf.tidy(() => model.predict(tf.tensor3d(oneHot([id], V), [1, 1, V])) as tf.Tensor)
        id = argmax(await logits.data())
        logits.dispose()
        written[t] = id
      }
      return written
    }
    return { step, destroy: () => void model.dispose() }
  }
  const [ids, wanted] = [exchange(inputs, T, B), exchange(targets, T, B)]
  const model = modelOf(work, { T, B, softmax: kind === 'train', stateful: false })
  setWeights(model, work, weights)
  if (kind === 'train') model.compile({ optimizer: tf.train.adam(adamRate, 0.9, 0.999, 1e-8), loss: 'categoricalCrossentropy' })
  const step = async (): Promise<number | Float32Array> => {
    await use()
    // From a Float32Array: one-hot vectors made by tf.oneHot().toFloat() give a wrong loss on webgpu.
    const x = tf.tensor3d(oneHot(ids, V), [B, T, V])
    if (kind === 'forward') {
      const logits = tf.tidy(() => model.predict(x) as tf.Tensor)
      const values = exchange((await logits.data()) as Float32Array, B, T)
      tf.dispose([x, logits])
      return values
    }
    const y = tf.tensor3d(oneHot(wanted, V), [B, T, V])
    const loss = (await model.trainOnBatch(x, y)) as number
    tf.dispose([x, y])
    return loss
  }
  return { step, ahead: kind === 'train', destroy: () => void model.dispose() }
}

const peer = (backend: Backend): Peer => {
  const use = async () => {
    if (!(await tf.setBackend(backend))) throw new NotOffered(`TensorFlow.js could not open ${backend} here`)
  }
  return {
    title: `TensorFlow.js ${tf.version['tfjs']}`,
    open: async () => {
      setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/')
      tf.enableProdMode()
      await use()
    },
    start: (task) => start(task, use),
  }
}

export const peers: Record<string, Peer> = Object.fromEntries(backends.map((backend) => [`tfjs-${backend}`, peer(backend)]))
