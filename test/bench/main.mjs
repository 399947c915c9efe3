// `npm run bench`: installs the peers, opens a page of headless Chrome that measures, writes what it found down and draws it.
import { cpus } from 'node:os'
import { join } from 'node:path'
import { ensurePackages, projectRoot, runCommand } from '../../demo/launch/ensure.mjs'
import { asked, ensurePeers, folder, load, scratch } from './prepare.mjs'

await runCommand(async () => {
  await ensurePackages(projectRoot)
  const [{ parse, help }, { Store }] = await Promise.all(['options.ts', 'store.ts'].map(load))
  if (process.argv.slice(2).some((arg) => /^(--)?help$/.test(arg))) {
    console.log(help)
    return 0
  }
  /** @type {import('./options.ts').Options} */
  const options = asked(() => parse(process.argv.slice(2)))
  /** @type {import('./store.ts').Store} */
  const store = asked(() => new Store(options, options.readme ? join(folder, 'results') : scratch))
  if (options.show) {
    asked(() => store.open(/** @type {string} */ (options.show)))
    asked(() => store.finish(console.log, projectRoot))
    return 0
  }
  await ensurePeers()

  const { inChrome, runModule } = await import('../../demo/launch/in-chrome.mjs')
  const server = {
    root: folder,
    cacheDir: join(folder, 'node_modules/.vite'),
    // Found only during a run, they would reload the page. ONNX Runtime finds its wasm from where it stands itself.
    optimizeDeps: {
      include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu', '@tensorflow/tfjs-backend-wasm', '@jax-js/jax', 'onnx-proto'],
      exclude: ['onnxruntime-web'],
    },
    // Shared memory, so that the peers' wasm may use threads.
    server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  }
  // Without a GPU, WebGL too is drawn by software, which Chrome wants to be told. A step may take half a minute without a
  // word to the protocol. Chrome rounds the GPU's times to 100 µs, too long for a dispatch, unless told otherwise.
  await inChrome(
    { server, chrome: { args: ['--enable-unsafe-swiftshader', '--disable-dawn-features=timestamp_quantization'], protocolTimeout: 0 } },
    async (page, origin) => {
      await page.exposeFunction('benchSay', (/** @type {string} */ line) => console.log(line))
      await page.exposeFunction('benchSave', (/** @type {import('./results.ts').Results} */ found) => asked(() => store.save(found)))
      const host = { processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}` }
      await runModule(page, `${origin}/page.html`, '/browser.ts', options, host)
    },
  )
  if (options.only !== 'profile') asked(() => store.finish(console.log, projectRoot)) // a profile is printed and not kept
  return 0
})
