// The library as it is published, built once for each state of its sources and kept in node_modules/.cache: the command line, the tests of
// the package and the sizes share it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { projectRoot } from '../demo/launch/ensure.mjs'

const cache = join(projectRoot, 'node_modules/.cache/sluice-library')
/** What decides how the library comes out. */
const sources = [
  'src',
  'shaders',
  'cli/internals.ts',
  'tools/library.ts',
  'tools/declarations.ts',
  'tools/built.mjs',
  'tsconfig.build.json',
  'package-lock.json',
]
/** Milliseconds after which a build is taken for dead: one takes seconds. */
const patience = 300_000

function stateOfSources() {
  const hash = createHash('sha256')
  /** @param {string} path */
  const add = (path) => {
    const full = join(projectRoot, path)
    if (statSync(full).isDirectory()) for (const name of readdirSync(full).sort()) add(`${path}/${name}`)
    else hash.update(path).update('\0').update(readFileSync(full)).update('\0')
  }
  sources.filter((path) => existsSync(join(projectRoot, path))).forEach(add)
  return hash.digest('hex').slice(0, 16)
}

/** The folder of a product, made by `work` unless it is there; who comes while it is being made waits for it.
 * @param {string} name @param {(folder: string) => Promise<void>} work */
async function cached(name, work) {
  const folder = join(cache, `${name}-${stateOfSources()}`)
  const lock = `${folder}.lock`
  mkdirSync(cache, { recursive: true })
  while (!existsSync(folder)) {
    try {
      mkdirSync(lock)
    } catch {
      const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
      if (age > patience) rmSync(lock, { recursive: true, force: true })
      await wait(200)
      continue
    }
    try {
      const made = join(lock, 'made')
      mkdirSync(made)
      await work(made)
      renameSync(made, folder)
      // Those of earlier sources.
      for (const other of readdirSync(cache))
        if (other.startsWith(`${name}-`) && !folder.endsWith(other) && !lock.endsWith(other)) rmSync(join(cache, other), { recursive: true, force: true })
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
  return folder
}

/** @param {string} file @param {object} [config] */
async function load(file, config) {
  const { runnerImport } = await import('vite')
  return (await runnerImport(join(projectRoot, file), { configFile: false, logLevel: 'error', ...config })).module
}

/** A folder with `sluice.js`, its chunks, and `internals.js` of the command line. */
export const builtLibrary = () =>
  cached('library', async (outDir) => {
    const { build } = await import('vite')
    const [{ kernels }, { entries, library, internals }] = [await load('shaders/plugin.ts'), await load('tools/library.ts')]
    const config = { root: projectRoot, configFile: /** @type {const} */ (false), logLevel: /** @type {const} */ ('silent') }
    for (const entry of Object.keys(entries))
      await build({ ...config, plugins: [kernels()], build: { ...library(projectRoot, entry), outDir, emptyOutDir: false } })
    await build({ ...config, build: { ...internals(projectRoot), outDir, emptyOutDir: false } })
  })

/** A folder with the declarations. */
export const builtTypes = () =>
  cached('types', async (outDir) => {
    const { entries } = await load('tools/library.ts')
    ;(await load('tools/declarations.ts')).writeDeclarations(projectRoot, outDir, Object.values(entries))
  })
