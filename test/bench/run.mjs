// Runs one of the scripts of this folder in headless Chrome and prints what it prints:
//   node test/bench/run.mjs book cell=lstm text=../shared/corpora/timemachine.txt
// A script is a module whose default export is an async function of its parameters; `text` names a file to read.
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromeArguments, ensureChrome, ensurePackages, projectRoot } from '../../demo/launch/ensure.mjs'

const [name, ...pairs] = process.argv.slice(2)
if (!name) {
  console.error('Which script? For example: node test/bench/run.mjs book cell=gru')
  process.exit(2)
}
/** @type {Record<string, string>} */
const parameters = Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]))
if (parameters.text) parameters.text = readFileSync(parameters.text, 'utf8')

await ensurePackages(projectRoot)
const executablePath = await ensureChrome()
const { createServer } = await import('vite')
const { default: puppeteer } = await import('puppeteer')
const root = dirname(fileURLToPath(import.meta.url))
const server = await createServer({
  configFile: `${root}/../../vite.config.ts`,
  root,
  logLevel: 'error',
  server: { host: 'localhost', port: 0, hmr: false, watch: null },
})
await server.listen()
// A script may run for an hour without a word to the protocol.
const browser = await puppeteer.launch({ executablePath, args: chromeArguments(), protocolTimeout: 0 })
let code = 0
try {
  const page = await browser.newPage()
  page.on('error', (error) => console.error(`the page crashed: ${error.message}`))
  await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
  const address = server.httpServer?.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await page.goto(`http://localhost:${port}/page.html`)
  await page.evaluate((script, given) => import(/* @vite-ignore */ script).then((module) => module.default(given)), `/${name}.ts`, parameters)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  code = 1
} finally {
  await browser.close()
  await server.close()
}
process.exit(code)
