// A task in Node with Dawn, in a process of its own: Dawn may take it down, and holds it as long as a device is open.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { softwareVulkan } from '../chrome/chrome-arguments.mjs'
import { endWithUs } from '../chrome/run.mjs'
import { UserError } from '../errors.mjs'
import { errorOf } from './runtime.mjs'

/**
 * @param {import('./runtime.mjs').Job} job
 * @param {{ library: string, dawn: string }} where
 * @returns {Promise<import('./runtime.mjs').Running>}
 */
export async function start({ task, parameters, files = {}, tell, write }, { library, dawn }) {
  const vulkan = softwareVulkan()
  if (!vulkan) throw new UserError("There is neither a GPU nor a software driver of Vulkan. Install Mesa's (apt-get install mesa-vulkan-drivers), or Chromium.")
  const child = fork(fileURLToPath(new URL('dawn-child.mjs', import.meta.url)), [library, dawn], {
    env: { ...process.env, ...vulkan },
    serialization: 'advanced', // bytes as they are
    // Ctrl-C goes to every process of the terminal; the child stops when we say so.
    detached: process.platform !== 'win32',
  })
  endWithUs(child)
  /** @type {Promise<any>} */
  const result = new Promise((resolve, reject) => {
    child.on('message', (/** @type {any} */ message) => {
      if (message.kind === 'tell') tell?.(message.event)
      else if (message.kind === 'write') write?.(message.name, message.bytes)
      else if (message.kind === 'error') return reject(errorOf(message.error))
      else return resolve(message.result)
      child.send({ kind: 'done', id: message.id })
    })
    child.on('error', reject)
    child.on('close', (code, signal) =>
      reject(new UserError(`Dawn ended before its work was done (${signal ?? `exit code ${code}`}). Run the command again, or with --runtime chrome.`)),
    )
  })
  result.catch(() => {})
  child.send({ kind: 'job', task, parameters, files })
  return {
    result,
    stop: () => void child.send({ kind: 'stop' }),
    end: async () => void child.kill('SIGKILL'),
  }
}
