// Compiles pipelines one after the other on the adapter that Dawn finds, in a process of its own, as a driver may take it down:
//   node worker.mjs JOB.json RESULTS.jsonl   with SLUICE_STATISTICS, the file that the layer writes to, and SLUICE_DAWN
// The job has kernels by name (bytes of the uniform, bindings), and builds: { id, kernel, constants, code }.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [job, results] = process.argv.slice(2).map(String)
const statistics = String(process.env.SLUICE_STATISTICS)
const dawn = createRequire(import.meta.url)(String(process.env.SLUICE_DAWN))
Object.assign(globalThis, dawn.globals)
const gpu = dawn.create([])
Object.assign(globalThis, { gpuKept: gpu }) // collected, it would take the process down
const adapter = await gpu.requestAdapter()
if (!adapter) throw new Error('Dawn found no adapter')
/** @type {GPUDevice} */
const device = await adapter.requestDevice({ requiredFeatures: ['subgroups'] })
device.onuncapturederror = () => {} // told by the pipeline's promise, too

const { kernels, builds } = JSON.parse(readFileSync(String(job), 'utf8'))
let read = 0
for (const { id, kernel, constants, code } of builds) {
  const { uniform, bindings } = kernels[kernel]
  const begin = performance.now()
  writeFileSync(`${results}.at`, String(id))
  /** @type {object} */
  let told
  try {
    const layout = device.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: 4, buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: uniform } },
        .../** @type {{ binding: number, access: string }[]} */ (bindings).map(({ binding, access }) => ({
          binding,
          visibility: 4,
          buffer: { type: /** @type {GPUBufferBindingType} */ (access === 'read' ? 'read-only-storage' : 'storage') },
        })),
      ],
    })
    await device.createComputePipelineAsync({
      label: `${kernel} ${JSON.stringify(constants)}`,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main', constants },
    })
    const lines = readFileSync(statistics, 'utf8').trim().split('\n')
    const last = lines.slice(read).at(-1)
    read = lines.length
    told = last === undefined ? { error: 'the driver told nothing' } : { told: JSON.parse(last) }
  } catch (error) {
    told = { error: String(error instanceof Error ? error.message : error).slice(0, 300) }
  }
  appendFileSync(String(results), `${JSON.stringify({ id, ms: Math.round(performance.now() - begin), ...told })}\n`)
}
process.exit(0)
