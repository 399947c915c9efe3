// Where a task runs that needs WebGPU: a page in headless Chrome, or Node with Dawn (the npm package webgpu). A task is a module of
// ../tasks. It has no files and no terminal of its own; it asks this process for both, through its host.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { projectRoot } from '../chrome/chrome.mjs'
import { findInstalled } from '../chrome/find-chrome.mjs'
import { whileEnding } from '../ending.mjs'
import { UserError } from '../errors.mjs'

/** What a task can ask for.
 * @typedef {object} Host
 * @property {(event: any) => Promise<void>} tell tells the terminal; resolves when it was shown
 * @property {(name: string) => Promise<Uint8Array<ArrayBuffer>>} read a file that the command gave the task
 * @property {(name: string, bytes: Uint8Array) => Promise<void>} write a file that the command expects
 * @property {boolean} stopped whether the person asked the task to stop: it does so when it can, in good order
 */

/** A task, and how this process serves it.
 * @typedef {object} Job
 * @property {string} task the name of a module in ../tasks
 * @property {any} parameters plain data
 * @property {Record<string, Uint8Array>} [files] what the task may read
 * @property {(event: any) => void} [tell]
 * @property {(name: string, bytes: Uint8Array) => void} [write]
 * @property {() => void} [onStop] called when the person asks to stop; without it the task is ended at once
 */

/** A job that runs.
 * @typedef {object} Running
 * @property {Promise<any>} result of the task
 * @property {() => void} stop asks the task to stop
 * @property {() => Promise<void>} end ends it at once, and frees everything
 */

export const runtimes = ['chrome', 'dawn']

/** The folder of the built library. In a checkout it is built for the state of the sources.
 * @returns {Promise<string>} */
export async function libraryFolder() {
  if (!existsSync(join(projectRoot, 'src/index.ts'))) return join(projectRoot, 'dist')
  const tools = pathToFileURL(join(projectRoot, 'tools/built.mjs')).href
  return /** @type {Promise<string>} */ ((await import(tools)).builtLibrary())
}

/** What reads and writes files, without a GPU: ../internals.ts, built.
 * @returns {Promise<typeof import('../internals.ts')>} */
export const fileTools = async () => import(pathToFileURL(join(await libraryFolder(), 'internals.js')).href)

/** The npm package webgpu, in the folder of the person or beside this package; undefined where there is none.
 * @returns {string | undefined} */
export function findDawn() {
  for (const from of [join(process.cwd(), 'package.json'), join(projectRoot, 'package.json'), join(projectRoot, 'test/bench/package.json')]) {
    try {
      return createRequire(from).resolve('webgpu')
    } catch {
      // Not there.
    }
  }
  return undefined
}

/** Runs a task to its end. Ctrl-C and the like stop it in good order; a second one ends it at once.
 * @param {Job} job
 * @param {string} [runtime] chrome or dawn; the one that is there unless given, Chrome if both are */
export async function runTask(job, runtime) {
  const library = await libraryFolder()
  const dawn = findDawn()
  const inDawn = runtime === 'dawn' || (runtime === undefined && dawn !== undefined && !process.env.CHROME_PATH && findInstalled().length === 0)
  if (inDawn && dawn === undefined)
    throw new UserError('Dawn is the npm package webgpu, which is not installed here. Install it (npm install webgpu), or use --runtime chrome.')
  const start = inDawn ? (await import('./dawn.mjs')).start : (await import('./chrome.mjs')).start
  const running = await start(job, { library, dawn: dawn ?? '' })
  /** @type {(error: Error) => void} */
  let fail = () => {}
  const atOnce = new Promise((_, reject) => (fail = reject))
  atOnce.catch(() => {})
  try {
    return await whileEnding(
      (again) => {
        if (again || !job.onStop) return fail(new UserError('Stopped at once.'))
        job.onStop()
        running.stop()
      },
      () => Promise.race([running.result, atOnce]),
    )
  } finally {
    await running.end()
  }
}

/** The error of a task, in this process. Its message is written for a person.
 * @param {{ name?: string, message: string, code?: string }} error */
export const errorOf = ({ message, code }) => Object.assign(new UserError(message), { code })
