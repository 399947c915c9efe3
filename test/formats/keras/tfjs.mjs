// `node test/formats/keras/tfjs.mjs` writes test/fixtures/tfjs.json: models that TensorFlow.js saved, with what they put out; and what it
// puts out of the models of specs.ts, as toTfjs makes them. TensorFlow.js is a package of the bench: `npm ci --prefix test/bench`.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const root = fileURLToPath(new URL('../../..', import.meta.url))
process.env.VITEST = 'yes' // the root of the configuration is the repository then, not the demo
const require = createRequire(new URL('../../bench/package.json', import.meta.url))
/** @type {any} */
const tf = require('@tensorflow/tfjs')
await tf.setBackend('cpu')

const server = await createServer({ root, logLevel: 'error', server: { middlewareMode: true }, appType: 'custom' })
const [specs, formats] = [await server.ssrLoadModule('/test/formats/keras/specs.ts'), await server.ssrLoadModule('/src/formats/tfjs/index.ts')]
await server.close()
const { B, T, I, V } = specs

/** @param {any} model @param {number[]} x */
const run = (model, x) => {
  const isIds = x.length === B * T
  const input = isIds ? tf.tensor2d(x, [B, T], 'int32') : tf.tensor3d(x, [B, T, x.length / (B * T)])
  return [...model.predict(input).dataSync()]
}

const { layers } = tf
const H = 4
const plain = { units: H, recurrentActivation: 'sigmoid', biasInitializer: 'randomNormal' }
const cells = { simpleRNN: { units: H, biasInitializer: 'randomNormal' }, gru: plain, lstm: plain }
const shape = { inputShape: [null, I] }
/** @type {[string, (() => any)[], number[]?][]} */
const models = []
const features = specs.inputOf({ input: { features: I } })
const ids = specs.inputOf({ input: { ids: V, embedding: 3 } })
for (const [cell, config] of Object.entries(cells))
  for (const count of [1, 2])
    for (const isTwo of [false, true])
      models.push([
        `${cell}, ${count} layers, ${isTwo ? 'both directions' : 'forward'}`,
        [
          ...Array.from({ length: count }, (_, l) => () => {
            const layer = layers[cell]({ ...config, returnSequences: true, ...(l === 0 && !isTwo && shape) })
            return isTwo ? layers.bidirectional({ layer, mergeMode: 'concat', ...(l === 0 && shape) }) : layer
          }),
          () => layers.timeDistributed({ layer: layers.dense({ units: 2 }) }),
        ],
      ])
models.push(
  ['relu', [() => layers.simpleRNN({ units: H, activation: 'relu', returnSequences: true, ...shape }), () => layers.dense({ units: 2, useBias: false })]],
  [
    'its defaults: hard sigmoids',
    [
      () => layers.lstm({ units: H, returnSequences: true, ...shape }),
      () => layers.bidirectional({ layer: layers.gru({ units: H, returnSequences: true }), mergeMode: 'ave' }),
      () => layers.lstm({ units: H, goBackwards: true, activation: 'relu' }),
      () => layers.dense({ units: 2 }),
    ],
  ],
  ['no bias', [() => layers.lstm({ ...plain, useBias: false, returnSequences: true, ...shape }), () => layers.dense({ units: 2, activation: 'sigmoid' })]],
  ['a cell in an RNN', [() => layers.rnn({ cell: layers.gruCell(plain), returnSequences: true, ...shape }), () => layers.dense({ units: 2 })]],
  [
    'a character model',
    [
      () => layers.embedding({ inputDim: V, outputDim: 3, inputLength: T }),
      () => layers.lstm({ ...plain, returnSequences: true }),
      () => layers.dropout({ rate: 0.5 }),
      () => layers.lstm(plain),
      () => layers.dense({ units: V }),
      () => layers.activation({ activation: 'softmax' }),
    ],
    ids,
  ],
  [
    'a mask',
    [
      () => layers.masking({ maskValue: -2, ...shape }),
      () => layers.bidirectional({ layer: layers.gru({ ...plain, returnSequences: false }), mergeMode: 'concat' }),
      () => layers.dense({ units: 2 }),
    ],
    features.map((/** @type {number} */ x, /** @type {number} */ i) => (specs.lengths[Math.floor(i / (T * I))] <= Math.floor(i / I) % T ? -2 : x)),
  ],
)

const saved = []
for (const [name, list, x = features] of models) {
  const model = tf.sequential({ layers: list.map((make) => make()) })
  /** @type {any} */
  let artifacts
  await model.save(
    tf.io.withSaveHandler((/** @type {any} */ made) => {
      artifacts = made
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
    }),
  )
  const { modelTopology, weightSpecs, weightData } = artifacts
  const weights = Buffer.from(Array.isArray(weightData) ? Buffer.concat(weightData.map((part) => Buffer.from(part))) : weightData).toString('base64')
  saved.push({ name, modelTopology, weightSpecs, weights, x, y: run(model, x) })
}

const written = []
for (const { name, spec, options } of specs.examples.filter((/** @type {any} */ { tfjs }) => tfjs)) {
  const artifacts = formats.toTfjs(specs.parametersOf(spec), spec, options)
  const hash = createHash('sha256')
  for (const bytes of formats.tfjsFiles(artifacts).values()) hash.update(bytes)
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts))
  written.push({ name, sha256: hash.digest('hex'), y: run(model, specs.inputOf(spec)) })
}
writeFileSync(new URL('../../fixtures/tfjs.json', import.meta.url), `${JSON.stringify({ tfjs: tf.version_core, saved, written })}\n`)
console.log(saved.length, 'models of TensorFlow.js,', written.length, 'of Sluice')
