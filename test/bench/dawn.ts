// The bench under Dawn in Node: dawn.mjs makes one file of this and all it needs, for machines that have nothing but Node, a
// GPU and its driver. SLUICE_DAWN names the dawn.node to load.
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { parse } from './options'
import { bench } from './page'
import type { PeerModule } from './peer'
import { Store } from './store'

const options = parse(process.argv.slice(2), 'node')
const store = new Store(options, process.env.SLUICE_RESULTS ?? '.')

// TensorFlow.js looks for WebGPU when it is loaded, and only where there is a window or a worker.
const dawn = createRequire(import.meta.url)(process.env.SLUICE_DAWN ?? 'webgpu') as { create(options: string[]): GPU; globals: object }
Object.assign(globalThis, dawn.globals, { WorkerGlobalScope: class {} })
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { gpu: dawn.create(['disable-dawn-features=timestamp_quantization']), userAgent: 'Node' },
})

// The modules of the peers that `parse` takes here.
const modules = import.meta.glob<PeerModule>(['./peers/sluice.ts', './peers/tfjs.ts'])
await bench(options, {
  modules,
  host: { runtime: `Dawn in Node ${process.versions.node}`, processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}` },
  say: (line) => console.log(line),
  save: (results) => store.save(results),
})
if (options.only !== 'profile') store.finish((line) => console.log(line))
// Devices that peers keep open would hold the process.
process.exit(0)
