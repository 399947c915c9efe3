// The other end of dawn.mjs: WebGPU of Dawn, and the host of a task.
import { registerHooks } from './resolve-sluice.mjs'
import { pathToFileURL } from 'node:url'

const [library, dawn] = /** @type {[string, string]} */ (process.argv.slice(2))
// Who started this ended: nobody waits for it.
process.on('disconnect', () => process.exit(1))

const { create, globals } = await import(pathToFileURL(dawn).href)
const gpu = create([])
Object.assign(globalThis, globals)
// Kept: Dawn ends the process when it is garbage-collected.
Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu, userAgent: `Dawn in Node ${process.versions.node}` } })
registerHooks(library)

/** @type {Map<number, () => void>} what waits for an answer */
const waiting = new Map()
let next = 0
/** @param {object} message */
const ask = (message) =>
  new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
    waiting.set(next, resolve)
    process.send?.({ ...message, id: next++ })
  })

process.on('message', async (/** @type {any} */ message) => {
  if (message.kind === 'done') return waiting.get(message.id)?.()
  if (message.kind === 'stop') return void (host.stopped = true)
  files = message.files
  try {
    const { default: task } = await import(`../tasks/${message.task}.mjs`)
    process.send?.({ kind: 'result', result: await task(message.parameters, host) })
  } catch (error) {
    const { name, message, code, stack } = /** @type {Error & { code?: string }} */ (error)
    process.send?.({ kind: 'error', error: { name, message: name === 'SluiceError' ? message : (stack ?? String(error)), code } })
  }
})

/** @type {Record<string, Uint8Array<ArrayBuffer>>} */
let files = {}
/** @type {import('./runtime.mjs').Host} */
const host = {
  stopped: false,
  tell: (event) => ask({ kind: 'tell', event }),
  read: async (name) => /** @type {Uint8Array<ArrayBuffer>} */ (files[name]),
  write: (name, bytes) => ask({ kind: 'write', name, bytes }),
}
