// The way through Sluice of round_trips.py.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const [folder] = process.argv.slice(2)
if (!folder) throw new Error('Name the folder: node test/conformance/round_trips.mjs FOLDER')
process.env.VITEST = 'yes' // the root of the configuration is the repository then, not the demo
const root = fileURLToPath(new URL('../..', import.meta.url))
const server = await createServer({ root, logLevel: 'error', server: { middlewareMode: true }, appType: 'custom' })
try {
  const { there, onnxTrips } = await server.ssrLoadModule('/test/conformance/trips.ts')
  const { structureOf } = await server.ssrLoadModule('/test/formats/keras/structure.ts')
  const { sha256 } = await server.ssrLoadModule('/test/conformance/sha256.ts')
  const { pytorch, keras } = JSON.parse(readFileSync(join(folder, 'there.json'), 'utf8'))
  const back = {
    pytorch: pytorch.map((/** @type {any} */ trip) => ({ ...there.pytorch(trip), written: sha256(JSON.stringify(there.pytorch(trip).backState)) })),
    keras: /** @type {any[]} */ ([]),
    onnx: /** @type {any[]} */ ([]),
  }
  for (const trip of keras) {
    const backFile = `back-${trip.file}`
    const bytes = await there.keras(readFileSync(join(folder, trip.file)))
    writeFileSync(join(folder, backFile), bytes)
    back.keras.push({ ...trip, backFile, written: await structureOf(bytes) })
  }
  for (const [i, { bytes, ...trip }] of onnxTrips().entries()) {
    writeFileSync(join(folder, `${i}.onnx`), bytes)
    back.onnx.push({ ...trip, file: `${i}.onnx`, written: sha256(bytes) })
  }
  writeFileSync(join(folder, 'back.json'), JSON.stringify(back))
} finally {
  await server.close()
}
