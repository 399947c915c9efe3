// The layer calls that TensorFlow.js's own tests of recurrent layers make: each layer's settings and weights, what goes in, and what comes out.
//
//   node test/conformance/tfjs_calls.mjs FOLDER
//
// FOLDER has recurrent_test.ts and wrappers_test.ts of tfjs-layers/src/layers in the sources. They run against the package of the bench (`npm ci
// --prefix test/bench`) on its CPU backend, with stand-ins for the test library. Writes tfjs-calls.json. Symbolic calls are left out, and equal ones are
// written once, with how often they were made. Large weights have numbers of a rule, which recorded.ts has too.
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const [sources] = process.argv.slice(2)
if (!sources) throw new Error('Name the folder of the tests: node test/conformance/tfjs_calls.mjs FOLDER')
const require = createRequire(new URL('../bench/package.json', import.meta.url))
const packages = dirname(dirname(require.resolve('@tensorflow/tfjs-core/package.json')))
const dist = join(packages, 'tfjs-layers/dist')
const { version } = JSON.parse(readFileSync(require.resolve('@tensorflow/tfjs/package.json'), 'utf8'))

/** What the tests use of jasmine, without its checks: the calls are what counts here. */
const library = `
export const tests = []
const names = []
export function describe(name, work) { names.push(name); work(); names.pop() }
export const it = (name, work) => tests.push({ name: [...names, name].join(' '), work })
export const expect = () => new Proxy({}, { get: (_, key) => (key === 'not' ? expect() : () => {}) })
const spy = (work = () => {}) => { const made = (...args) => work(...args); made.and = { callFake: (other) => ((work = other), made), returnValue: (value) => ((work = () => value), made) }; made.calls = { count: () => 0, allArgs: () => [] }; return made }
export const spyOn = () => spy()
export const before = []
Object.assign(globalThis, { describe, it, expect, spyOn, jasmine: { createSpy: () => spy() }, beforeEach: (work) => before.push(work), afterEach: () => {}, fail: () => {}, pending: () => {} })
`
const testUtils = `
export const [describeMathCPUAndGPU, describeMathCPUAndWebGL2, describeMathCPU, describeMathWebGL2, describeMathGPU] = Array(5).fill((name, work) => globalThis.describe(name, work))
export const expectTensorsClose = () => {}, expectTensorsNotClose = () => {}, expectTensorsValuesInRange = () => {}, expectNoLeakedTensors = () => {}
`
const entry = `
import { tests } from 'sluice:library'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops'
import '@tensorflow/tfjs-backend-cpu'
import 'sluice:recurrent'
import 'sluice:wrappers'
import { RNN } from 'sluice:dist/layers/recurrent.js'
import { Bidirectional, TimeDistributed } from 'sluice:dist/layers/wrappers.js'
import { convertTsToPythonic } from 'sluice:dist/utils/serialization_utils.js'
export { tests, tf, RNN, Bidirectional, TimeDistributed, convertTsToPythonic }
`
/** @type {Record<string, string>} */
const made = { 'sluice:library': library, 'sluice:test_utils': testUtils, 'sluice:entry': entry }
const bundle = await rolldown({
  input: 'sluice:entry',
  platform: 'node',
  resolve: { mainFields: ['module', 'main'] },
  cwd: packages,
  logLevel: 'silent',
  plugins: [
    {
      name: 'tests against the package',
      resolveId(source, importer) {
        if (made[source]) return source
        if (source === 'sluice:recurrent' || source === 'sluice:wrappers') return resolve(sources, `${source.slice(7)}_test.ts`)
        if (source.startsWith('sluice:dist/')) return join(dist, source.slice(12))
        if (importer?.endsWith('_test.ts') && source.startsWith('.'))
          return source.endsWith('test_utils') ? 'sluice:test_utils' : `${join(dist, 'layers', source)}.js`
        if (importer && (made[importer] || importer.endsWith('_test.ts')) && source.startsWith('@tensorflow/'))
          return this.resolve(source, join(dist, 'index.js'))
        return null
      },
      load: (id) => made[id] ?? null,
    },
  ],
})
const place = await mkdtemp(join(tmpdir(), 'sluice-tfjs-'))
const file = join(place, 'tests.mjs')
await bundle.write({ file, format: 'esm' })
/** @type {any} */
const { tests, tf, RNN, Bidirectional, TimeDistributed, convertTsToPythonic } = await import(pathToFileURL(file).href)
await rm(place, { recursive: true })
await tf.setBackend('cpu')
// The same numbers on every run, where the tests draw them.
let seed = 7
Math.random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32

/** @param {any} tensor */
const array = (tensor) => ({ shape: tensor.shape, data: Buffer.from(Float32Array.from(tensor.dataSync()).buffer).toString('base64') })
/** @param {any} value @returns {any[]} */
const list = (value) => (value === null || value === undefined ? [] : Array.isArray(value) ? value.flat() : [value])
/** @param {any} value */
const isTensor = (value) => value instanceof tf.Tensor

/** Without what computes nothing. @param {any} value @returns {any} */
const settings = (value) => {
  if (Array.isArray(value)) return value.map(settings)
  if (typeof value !== 'object' || value === null) return value
  const unused = /^(name|trainable|dtype|batch_input_shape|\w+_initializer|num_constants|implementation)$/
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, one]) => !unused.test(key) && (one !== null || key === 'merge_mode' || key === 'activation') && one !== undefined)
      .map(([key, one]) => [key, settings(one)]),
  )
}

/** Weights that are too many for the file, which the tests draw at random. @param {any} v */
const isLarge = (v) => tf.util.sizeFromShape(v.shape) > 5000
/** Gives those numbers that need not be written: the reader makes them again. @param {any} layer */
const setLarge = (layer) => {
  for (const v of layer.weights ?? [])
    if (isLarge(v))
      v.write(
        tf.tensor(
          Float32Array.from({ length: tf.util.sizeFromShape(v.shape) }, (_, i) => (((i * 7919) % 1009) - 504) / 4096),
          v.shape,
        ),
      )
}

/** @param {any} layer */
const weightsOf = (layer) => {
  const parts = layer instanceof Bidirectional ? Object.entries({ forward_: layer.forwardLayer, backward_: layer.backwardLayer }) : [['', layer]]
  return parts.flatMap(([part, one]) =>
    one.weights.map((/** @type {any} */ v) => {
      const name = `layer/${part}layer/${v.originalName.split('/').at(-1)}`
      return isLarge(v) ? { name, shape: v.shape } : { name, ...array(v.read()) }
    }),
  )
}

/** @type {Map<string, any>} */
const calls = new Map()
let inside = false
let test = ''
/** @param {any} type */
const listen = (type) => {
  const plain = type.prototype.apply
  /** @this {any} @param {any} inputs @param {any} kwargs */
  type.prototype.apply = function (inputs, kwargs) {
    const [x, ...beside] = list(inputs)
    if (inside || !isTensor(x) || this.getClassName().includes('Conv')) return plain.call(this, inputs, kwargs)
    inside = true
    try {
      setLarge(this)
      const parts = this instanceof Bidirectional ? [this.forwardLayer, this.backwardLayer] : [this]
      const given = [...beside, ...list(kwargs?.initialState)]
      const held = parts.flatMap((one) => (one.stateful ? list(one.states_) : []))
      const initial = (given.length > 0 ? given : held).filter(isTensor).map(array)
      const mask = list(kwargs?.mask).filter(isTensor).map(array)[0]
      const training = Boolean(kwargs?.training)
      const result = plain.call(this, inputs, kwargs)
      /** @type {any} */
      let config
      try {
        config = settings(convertTsToPythonic(this.getConfig()))
      } catch {
        config = {} // a cell of the tests' own
      }
      const call = {
        className: this.getClassName(),
        config: { ...config, name: 'layer' },
        weights: weightsOf(this),
        x: array(x),
        ...(mask && { mask }),
        ...(initial.length > 0 && { initial }),
        training,
        outputs: list(result).map(array),
      }
      const key = JSON.stringify(call)
      const found = calls.get(key)
      if (found) found.times++
      else calls.set(key, { test, times: 1, ...call })
      return result
    } finally {
      inside = false
    }
  }
}
for (const type of [TimeDistributed, Bidirectional, RNN]) listen(type)

const failed = []
const done = Object.assign(() => {}, { fail: () => {} })
for (const { name, work } of tests) {
  test = name
  try {
    await work(done)
  } catch (error) {
    failed.push(`${name}: ${/** @type {Error} */ (error).message.slice(0, 160)}`)
  }
}
const lines = [...calls.values()].map((call) => JSON.stringify(call)).join(',\n')
const path = fileURLToPath(new URL('tfjs-calls.json', import.meta.url))
writeFileSync(path, `{"versions":{"tfjs":"${version}"},"calls":[\n${lines}\n]}\n`)
for (const one of failed) console.log(one)
const count = [...calls.values()].reduce((n, { times }) => n + times, 0)
console.log(
  `${tests.length} tests, ${failed.length} of them ended early; ${count} calls, ${calls.size} of them different, ${Math.round(lines.length / 1000)} kB`,
)
