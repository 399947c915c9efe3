// `node test/formats/keras/keras.mjs FOLDER` writes the models of specs.ts as toKeras makes them, and their inputs, for keras_models.py.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('Name a folder: node test/formats/keras/keras.mjs FOLDER')
mkdirSync(folder, { recursive: true })
const root = fileURLToPath(new URL('../../..', import.meta.url))
process.env.VITEST = 'yes' // the root of the configuration is the repository then, not the demo
const server = await createServer({ root, logLevel: 'error', server: { middlewareMode: true }, appType: 'custom' })
try {
  const { examples, inputOf, parametersOf, T, B } = await server.ssrLoadModule('/test/formats/keras/specs.ts')
  const { toKeras, toKerasWeights } = await server.ssrLoadModule('/src/formats/keras/index.ts')
  const { structureOf } = await server.ssrLoadModule('/test/formats/keras/structure.ts')
  const index = []
  for (const [i, { name, spec, options }] of examples.filter((/** @type {any} */ { keras }) => keras).entries()) {
    const bytes = await toKeras(parametersOf(spec), spec, options)
    writeFileSync(join(folder, `${i}.keras`), bytes)
    writeFileSync(join(folder, `${i}.weights.h5`), await toKerasWeights(parametersOf(spec), spec))
    index.push({ name, file: `${i}.keras`, weights: `${i}.weights.h5`, structure: await structureOf(bytes), T, B, x: inputOf(spec) })
  }
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index))
} finally {
  await server.close()
}
