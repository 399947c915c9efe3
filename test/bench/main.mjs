// `npm run bench`: installs the peers, opens a page of headless Chrome that measures, writes what it found down and draws it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { chromeArguments, ensureChrome, ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'
import { messageOf } from '../../demo/launch/errors.mjs'

const folder = join(projectRoot, 'test/bench')

await runCommand(async () => {
  await ensurePackages(projectRoot)
  const { createServer, runnerImport } = await import('vite')
  /** @param {string} name */
  const load = async (name) => (await runnerImport(join(folder, name), { configFile: false, logLevel: 'error' })).module
  const { parse } = await load('options.ts')
  /** @type {import('./options.ts').Options} */
  const options = asked(() => parse(process.argv.slice(2)))
  if (!existsSync(join(folder, 'node_modules'))) console.log('The first time, what Sluice is measured against is installed in test/bench (600 MB).')
  await ensurePackages(folder)
  const executablePath = await ensureChrome()
  const [{ merge }, { report }, { picture }] = await Promise.all(['results.ts', 'table.ts', 'picture.ts'].map(load))

  const server = await createServer({
    configFile: join(projectRoot, 'vite.config.ts'),
    root: folder,
    cacheDir: join(folder, 'node_modules/.vite'),
    logLevel: 'error',
    // Found only during a run, they would reload the page. ONNX Runtime finds its wasm from where it stands itself.
    optimizeDeps: {
      include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu', '@tensorflow/tfjs-backend-wasm', '@jax-js/jax', 'onnx-proto'],
      exclude: ['onnxruntime-web'],
    },
    server: {
      host: 'localhost', port: 0, hmr: false, watch: null,
      // Shared memory, so that the peers' wasm may use threads.
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
  })
  await server.listen()
  // A step may take half a minute without a word to the protocol.
  const browser = await (await import('puppeteer')).default.launch({ executablePath, args: chromeArguments(), protocolTimeout: 0 })
  /** @type {import('./results.ts').Results | undefined} */
  let results
  /** @type {string | undefined} */
  let file
  try {
    const page = await browser.newPage()
    page.on('error', (error) => console.error(`The page crashed: ${error.message}`))
    if (process.env.BENCH_CONSOLE) page.on('console', (message) => console.error(`page: ${message.text()}`))
    await page.exposeFunction('benchSay', (/** @type {string} */ line) => console.log(line))
    await page.exposeFunction('benchSave', (/** @type {import('./results.ts').Results} */ found) => {
      file = options.into ?? join(folder, 'results', `${slug(found.adapter)}-${found.date}.json`)
      const others = [...(options.into && existsSync(file) ? [file] : []), ...options.merge].map(read)
      const [first, ...rest] = [...others, found]
      results = rest.reduce((all, next) => merge(all, next), first)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`)
    })
    const address = server.httpServer?.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await page.goto(`http://localhost:${port}/page.html`)
    const host = { processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}` }
    await page.evaluate((module, given, host) => import(/* @vite-ignore */ module).then(({ default: run }) => run(given, host)), '/browser.ts', options, host)
  } catch (error) {
    throw new UserError(messageOf(error))
  } finally {
    await browser.close()
    await server.close()
  }
  if (!results || !file) throw new UserError('Nothing was measured. Do works= and kinds= fit together?')
  console.log(`\n${report(results)}\n`)
  if (results.works.length > 0) writeFileSync(file.replace(/\.json$/, '.svg'), picture(results))
  console.log(`Written to ${relative(process.cwd(), file)}`)
  return 0
})

/** @param {string} name */
function slug(name) {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 60)
}

/** @param {string} file */
function read(file) {
  if (!existsSync(file)) throw new UserError(`There is no ${file} to merge`)
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** @template T @param {() => T} work */
function asked(work) {
  try {
    return work()
  } catch (error) {
    throw new UserError(messageOf(error))
  }
}
