// What dawn.mjs bundles with a module: the globals of a page with WebGPU, and the module's result in a file.
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const dawn = createRequire(import.meta.url)(String(process.env.SLUICE_DAWN)) as { create(options: string[]): GPU; globals: object }
Object.assign(globalThis, dawn.globals, { sluicePrint: async (line: string) => console.log(line) })
Object.defineProperty(globalThis, 'navigator', {
  configurable: true,
  value: { gpu: dawn.create(['disable-dawn-features=timestamp_quantization']), userAgent: `Dawn in Node ${process.versions.node}` },
})

// What can be run; `inDawn` names one.
const tasks = import.meta.glob<{ default: (parameters: object) => Promise<unknown> }>(['./verify.ts', './measure.ts', './quick.ts'])
const [file, parameters, result] = process.argv.slice(2) as [string, string, string]
const { default: task } = await tasks[file]!()
writeFileSync(result, JSON.stringify(await task(JSON.parse(parameters) as object)))
// A device that is open would hold the process.
process.exit(0)
