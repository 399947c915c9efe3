// What both commands of the bench begin with.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, projectRoot, UserError } from '../../demo/launch/ensure.mjs'
import { messageOf } from '../../cli/errors.mjs'
import { sentenceOf } from '../../cli/fs-errors.mjs'

export const folder = join(projectRoot, 'test/bench')
/** Where results go that the README does not show. */
export const scratch = join(projectRoot, 'dist/bench-results')

/** A module in TypeScript, for Node. @param {string} name in this folder */
export async function load(name) {
  const { runnerImport } = await import('vite')
  return (await runnerImport(join(folder, name), { configFile: false, logLevel: 'error' })).module
}

/** Modules in TypeScript that reach the kernels, for Node: the project's own, by their paths from its root. @param {string[]} files */
export async function loadWithKernels(files) {
  const { runnerImport } = await import('vite')
  const {
    module: { kernels },
  } = await runnerImport(join(projectRoot, 'shaders/plugin.ts'), { configFile: false, logLevel: 'error' })
  const config = {
    configFile: /** @type {const} */ (false),
    logLevel: /** @type {const} */ ('error'),
    plugins: [kernels()],
    resolve: { alias: { sluice: join(projectRoot, 'src/index.ts') } },
  }
  return Promise.all(files.map(async (file) => (await runnerImport(join(projectRoot, file), config)).module))
}

/** Installs what Sluice is measured against: large, and for the bench alone, so not among the project's packages. */
export async function ensurePeers() {
  if (!existsSync(join(folder, 'node_modules'))) console.log('The first time, the peers are installed in test/bench (600 MB).')
  await ensurePackages(folder)
}

/** What is wrong with the arguments is told without a stack. @template T @param {() => T} work */
export function asked(work) {
  try {
    return work()
  } catch (error) {
    throw new UserError(sentenceOf(error) ?? messageOf(error))
  }
}
