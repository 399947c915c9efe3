// `npm run bench`: installs the peers, opens a page of headless Chrome that measures, writes what it found down and draws it.
import { cpus } from 'node:os'
import { join } from 'node:path'
import { chromeArguments, ensureChrome, ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'
import { messageOf } from '../../demo/launch/errors.mjs'
import { asked, ensurePeers, folder, load, scratch } from './prepare.mjs'

await runCommand(async () => {
  await ensurePackages(projectRoot)
  const { createServer } = await import('vite')
  const [{ parse, help }, { Store }] = await Promise.all(['options.ts', 'store.ts'].map(load))
  if (process.argv.slice(2).some((arg) => /^(--)?help$/.test(arg))) {
    console.log(help)
    return 0
  }
  /** @type {import('./options.ts').Options} */
  const options = asked(() => parse(process.argv.slice(2)))
  /** @type {import('./store.ts').Store} */
  const store = asked(() => new Store(options, options.readme ? join(folder, 'results') : scratch))
  const readme = join(projectRoot, 'README.md')
  if (options.show) {
    asked(() => store.open(/** @type {string} */ (options.show)))
    asked(() => store.finish(console.log, readme))
    return 0
  }
  await ensurePeers()
  const executablePath = await ensureChrome()

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
  const { default: puppeteer } = await import('puppeteer')
  // Without a GPU, WebGL too is drawn by software, which Chrome wants to be told. A step may take half a minute without a
  // word to the protocol.
  const browser = await puppeteer.launch({ executablePath, args: [...chromeArguments(), '--enable-unsafe-swiftshader'], protocolTimeout: 0 })
  try {
    const page = await browser.newPage()
    page.on('error', (error) => console.error(`The page crashed: ${error.message}`))
    page.on('pageerror', (error) => console.error(`In the page: ${messageOf(error)}`))
    await page.exposeFunction('benchSay', (/** @type {string} */ line) => console.log(line))
    await page.exposeFunction('benchSave', (/** @type {import('./results.ts').Results} */ found) => store.save(found))
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
  asked(() => store.finish(console.log, readme))
  return 0
})
