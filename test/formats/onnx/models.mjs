// `node test/formats/onnx/models.mjs FOLDER` writes the models of specs.ts as toOnnx makes them, and their inputs, for runtime.py.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('Name a folder: node test/formats/onnx/models.mjs FOLDER')
mkdirSync(folder, { recursive: true })
const root = fileURLToPath(new URL('../../..', import.meta.url))
process.env.VITEST = 'yes' // the root of the configuration is the repository then, not the demo
const server = await createServer({ root, logLevel: 'error', server: { middlewareMode: true }, appType: 'custom' })
try {
  const { examples, inputsOf, parametersOf, T, B } = await server.ssrLoadModule('/test/formats/onnx/specs.ts')
  const { toOnnx } = await server.ssrLoadModule('/src/formats/onnx/index.ts')
  const index = examples.map((/** @type {any} */ example, /** @type {number} */ i) => {
    const file = `${i}.onnx`
    writeFileSync(join(folder, file), toOnnx(parametersOf(example.spec), example.spec, example.options))
    const { ids, features, lengths, initial } = inputsOf(example)
    return {
      name: example.name,
      file,
      T,
      B,
      ids: ids && [...ids],
      features: features && [...features],
      lengths,
      initial: initial?.map((/** @type {object} */ state) => Object.fromEntries(Object.entries(state).map(([name, values]) => [name, [...values]]))),
    }
  })
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
} finally {
  await server.close()
}
