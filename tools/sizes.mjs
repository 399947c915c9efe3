// `npm run sizes`: how large an app gets by what it imports, minified and gzipped. The library is built as it is published, then bundled
// by an app's bundler (Vite). What is loaded later, by import(), is counted apart: only the adapters that want it download it.
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { builtLibrary } from './built.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What an app imports, of `sluice` or of another entry, and how many bytes that may take, gzipped. A figure is raised on purpose alone. */
export const apps = [
  { name: 'TextModel, Corpus, adam', imports: ['TextModel', 'Corpus', 'adam'], most: 78.5 * 1024 },
  { name: 'SeriesModel, Series, adam', imports: ['SeriesModel', 'Series', 'adam'], most: 78 * 1024 },
  { name: 'readSafetensors', imports: ['readSafetensors'], most: 3.3 * 1024 },
  { name: 'loadTfjs', entry: 'formats/tfjs', imports: ['loadTfjs'], most: 16.6 * 1024 },
  { name: 'fromArrays', entry: 'formats/raw', imports: ['fromArrays'], most: 7.6 * 1024 },
]

/** @typedef {{ bytes: number, gzipped: number }} Size */

/** @param {string} code @returns {Size} */
const sizeOf = (code) => ({ bytes: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length })

/** @param {readonly Size[]} sizes @returns {Size} */
const together = (sizes) => sizes.reduce((a, b) => ({ bytes: a.bytes + b.bytes, gzipped: a.gzipped + b.gzipped }), { bytes: 0, gzipped: 0 })

/** The chunks of an app: what it loads at once, and what later.
 * @param {string} library the file that `sluice` is @param {readonly string[]} imports */
async function bundle(library, imports) {
  const code = `import { ${imports.join(', ')} } from ${JSON.stringify(library)}\nglobalThis.app = [${imports.join(', ')}]`
  const app = {
    name: 'app',
    resolveId: (/** @type {string} */ id) => (id === 'virtual:app' ? '\0app' : null),
    load: (/** @type {string} */ id) => (id === '\0app' ? code : null),
  }
  const made = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [app],
    build: { write: false, target: 'es2023', modulePreload: false, rollupOptions: { input: 'virtual:app' } },
  })
  const { output } = /** @type {import('vite').Rollup.RollupOutput} */ (made)
  const chunks = output.filter((chunk) => chunk.type === 'chunk')
  const first = new Set(chunks.filter((chunk) => chunk.isEntry).map(({ fileName }) => fileName))
  for (const name of first) for (const imported of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) first.add(imported)
  const of = (/** @type {boolean} */ atOnce) => chunks.filter(({ fileName }) => first.has(fileName) === atOnce)
  return {
    atOnce: together(of(true).map(({ code }) => sizeOf(code))),
    later: of(false).map(({ name, code }) => ({ name, ...sizeOf(code) })),
    code: of(true)
      .map(({ code }) => code)
      .join(''),
  }
}

/** The sizes of all apps. */
export async function sizes() {
  const library = await builtLibrary()
  const made = []
  for (const app of apps) made.push({ ...app, ...(await bundle(join(library, `${app.entry ?? 'sluice'}.js`), app.imports)) })
  return made
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const kB = (/** @type {Size} */ { bytes, gzipped }) => `${(bytes / 1024).toFixed(1).padStart(7)} KB  ${(gzipped / 1024).toFixed(1).padStart(6)} KB gzipped`
  for (const { name, most, atOnce, later } of await sizes()) {
    console.log(`${name.padEnd(30)}${kB(atOnce)} (at most ${most / 1024})`)
    for (const chunk of later) console.log(`${`  later: ${chunk.name}`.padEnd(30)}${kB(chunk)}`)
  }
}
