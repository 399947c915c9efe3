// `node test/formats/models/charrnn.mjs` writes test/fixtures/models/charrnn/: a checkpoint with the architecture and the names of ml5's charRNN,
// and random weights; and what TensorFlow.js puts out of it as ml5 does. TensorFlow.js is a package of the bench: `npm ci --prefix test/bench`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../bench/package.json', import.meta.url))
/** @type {any} */
const tf = require('@tensorflow/tfjs')
await tf.setBackend('cpu')

const folder = new URL('../../fixtures/models/charrnn/', import.meta.url)
mkdirSync(folder, { recursive: true })
const [V, E, H] = [11, 7, 6]
const cell = (/** @type {number} */ l, /** @type {string} */ name) => `rnnlm/multi_rnn_cell/cell_${l}/basic_lstm_cell/${name}`
const shapes = {
  embedding: [V, E],
  'rnnlm/softmax_w': [H, V],
  'rnnlm/softmax_b': [V],
  [cell(0, 'kernel')]: [E + H, 4 * H],
  [cell(0, 'bias')]: [4 * H],
  [cell(1, 'kernel')]: [2 * H, 4 * H],
  [cell(1, 'bias')]: [4 * H],
}
/** @type {Record<string, any>} */
const tensors = Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, tf.randomUniform(shape, -1, 1, 'float32', i + 1)]))
/** @type {Record<string, { filename: string, shape: number[] }>} */
const manifest = {}
for (const [name, tensor] of Object.entries(tensors)) {
  const filename = `${name.replaceAll('/', '_')}.bin` // a server of files gives what has no ending as a page
  manifest[name] = { filename, shape: tensor.shape }
  writeFileSync(new URL(filename, folder), new Uint8Array(tensor.dataSync().slice().buffer))
}
writeFileSync(new URL('manifest.json', folder), `${JSON.stringify(manifest)}\n`)

const ids = Array.from({ length: 9 }, (_, i) => (i * 7 + 3) % V)
const zeros = () => tf.zeros([1, H])
let [c, h] = [
  [zeros(), zeros()],
  [zeros(), zeros()],
]
const cells = [0, 1].map(
  (l) => (/** @type {any} */ data, /** @type {any} */ c, /** @type {any} */ h) =>
    tf.basicLSTMCell(tf.scalar(1), tensors[cell(l, 'kernel')], tensors[cell(l, 'bias')], data, c, h),
)
const logits = ids.flatMap((id) => {
  const onehot = tf.oneHot(tf.tensor1d([id], 'int32'), V).toFloat()
  ;[c, h] = tf.multiRNNCell(cells, tf.matMul(onehot, tensors.embedding), c, h)
  return [...tf.add(tf.matMul(h[1], tensors['rnnlm/softmax_w']), tensors['rnnlm/softmax_b']).dataSync()]
})
writeFileSync(new URL('run.json', folder), `${JSON.stringify({ ids, logits })}\n`)
console.log(`${Object.keys(manifest).length} tensors, ${logits.length} logits`)
