// `npm run fuzz`: mutated files and bad calls by the tens of thousands, on a device that does nothing, so without a GPU.
//   npm run fuzz -- --seed 7 --files 50000 --calls 2000
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createServer } from 'vite'

const root = fileURLToPath(new URL('../..', import.meta.url))
const text = { type: /** @type {const} */ ('string') }
const { values } = parseArgs({ options: { seed: { ...text, default: '1' }, files: { ...text, default: '50000' }, calls: { ...text, default: '2000' } } })
const [seed, files, calls] = [values.seed, values.files, values.calls].map(Number)
if (![seed, files, calls].every((n) => Number.isSafeInteger(n) && /** @type {number} */ (n) >= 0)) {
  console.error('usage: npm run fuzz -- [--seed 1] [--files 50000] [--calls 2000], whole numbers of at least 0')
  process.exit(2)
}

const server = await createServer({
  configFile: `${root}vite.config.ts`,
  root,
  server: { middlewareMode: true, hmr: false, ws: false },
  appType: 'custom',
  logLevel: 'error',
  optimizeDeps: { noDiscovery: true },
})
try {
  const { report } = await server.ssrLoadModule(`${root}test/fuzz/report.ts`)
  process.exitCode = (await report(seed, files, calls)) ? 0 : 1
} finally {
  await server.close()
}
