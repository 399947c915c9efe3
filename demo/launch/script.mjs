// Runs a module in headless Chrome and prints what it prints; for the lessons and the measurements:
//   node demo/launch/script.mjs demo/lessons/memory.ts
//   node demo/launch/script.mjs test/bench/book.ts cell=lstm text=timemachine.txt
// The module's default export is an async function of its parameters; `text` names a file to read.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromeArguments, ensureChrome, ensurePackages, projectRoot, runCommand, UserError } from './ensure.mjs'
import { messageOf } from './errors.mjs'
import { readText } from './text-file.mjs'

await runCommand(async () => {
  const [file, ...pairs] = process.argv.slice(2)
  if (!file || !existsSync(join(projectRoot, file)))
    throw new UserError(`${file ? `There is no ${file}` : 'No module was named'}. Name one, for example: node demo/launch/script.mjs demo/lessons/memory.ts`)
  /** @type {Record<string, string>} */
  const parameters = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new UserError(`The argument ${pair} was not understood, expected name=value, for example seed=1`)
    parameters[pair.slice(0, at)] = pair.slice(at + 1)
  }
  if (parameters.text) parameters.text = readText(parameters.text)

  await ensurePackages(projectRoot)
  const executablePath = await ensureChrome()
  const { createServer } = await import('vite')
  const { default: puppeteer } = await import('puppeteer')
  const server = await createServer({
    configFile: join(projectRoot, 'vite.config.ts'),
    root: projectRoot,
    logLevel: 'error',
    server: { host: 'localhost', port: 0, hmr: false, watch: null },
  })
  await server.listen()
  // A module may run for an hour without a word to the protocol.
  const browser = await puppeteer.launch({ executablePath, args: chromeArguments(), protocolTimeout: 0 })
  try {
    const page = await browser.newPage()
    page.on('error', (error) => console.error(`The page crashed: ${error.message}`))
    await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
    const address = server.httpServer?.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await page.goto(`http://localhost:${port}/demo/script.html`)
    await page.evaluate((module, given) => import(/* @vite-ignore */ module).then(({ default: main }) => main(given)), `/${file}`, parameters)
  } catch (error) {
    throw new UserError(messageOf(error))
  } finally {
    await browser.close()
    await server.close()
  }
  return 0
})
