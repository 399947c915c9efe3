// `npm run verify` checks every kernel on the GPU that is there against the reference in float64, `npm run measure` times it: in headless
// Chrome or under Dawn in Node. Both print a report to paste into an issue.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'
import { ensurePeers, folder as bench } from '../../test/bench/prepare.mjs'
import { inDawn } from './dawn.mjs'

const help = `npm run verify [-- OPTIONS]    checks every kernel on this GPU
npm run measure [-- OPTIONS]   how fast it trains, runs and writes

  --dawn              under Dawn in Node; otherwise in headless Chrome. VK_DRIVER_FILES names the Vulkan driver; on Linux without a GPU
                      it is Mesa's llvmpipe. SLUICE_DAWN names another dawn.node, SLUICE_NODE another node.
  --as gpu            the kernels of GPUs, also on a software adapter
  --strategies LIST   such as fused-1,per-step-16, or all
  --save FILE         writes the report as JSON, for test/bench/gpus
  --seconds N         of measure: nothing new begins after that (60; 300 on a software adapter)
  --beside            of measure: TensorFlow.js and jax-js too, in Chrome
  --runs N            of node tools/gpu/main.mjs quick, the check before a training: how often
  --help

SLUICE_ADAPTER=swiftshader takes Chrome's software adapter, FIREFOX_PATH=/usr/bin/firefox that Firefox.`

/** @type {Record<string, { module: string, format: string }>} */
const tasks = {
  verify: { module: 'verify.ts', format: 'formatReport' },
  measure: { module: 'measure.ts', format: 'formatMeasurement' },
  quick: { module: 'quick.ts', format: 'formatQuick' },
}

/** @param {string[]} args */
function asked(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        dawn: { type: 'boolean' },
        as: { type: 'string' },
        strategies: { type: 'string' },
        runs: { type: 'string' },
        seconds: { type: 'string' },
        beside: { type: 'boolean' },
        save: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
  }
}

await runCommand(async () => {
  const {
    values: { dawn, save, help: wantsHelp, ...parameters },
    positionals: [name = '', ...more],
  } = asked(process.argv.slice(2))
  const task = tasks[name]
  if (!task || more.length > 0) throw new UserError(`${more[0] ?? (name || 'Nothing')} was not understood.\n\n${help}`)
  if (wantsHelp) {
    console.log(help)
    return 0
  }
  if (parameters.as !== undefined && parameters.as !== 'gpu') throw new UserError(`--as is ${parameters.as}, expected gpu`)
  if (parameters.beside && (dawn || name !== 'measure'))
    throw new UserError('--beside is for npm run measure in Chrome: npm run bench:node measures TensorFlow.js under Dawn')
  await ensurePackages(projectRoot)
  if (parameters.beside) await ensurePeers()
  const result = await (dawn ? inDawn : inPage)(`./${task.module}`, parameters)
  if (save) {
    mkdirSync(dirname(save), { recursive: true })
    writeFileSync(save, `${JSON.stringify(result, null, 1)}\n`)
  }
  const { runnerImport } = await import('vite')
  const { module } = await runnerImport(join(projectRoot, 'tools/gpu/format.ts'), { configFile: false, logLevel: 'error' })
  console.log(`\n${module[task.format](result)}`)
  return module.hasFailed(result) ? 1 : 0
})

/** @param {string} module @param {{ beside?: boolean }} parameters */
async function inPage(module, parameters) {
  const { inChrome, runModule } = await import('../../demo/launch/in-chrome.mjs')
  const file = join(projectRoot, 'tools/gpu', module)
  // Found only during a run, the packages of other engines would reload the page. They are the benchmark's.
  const server = parameters.beside
    ? {
        root: bench,
        cacheDir: join(bench, 'node_modules/.vite'),
        optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-webgpu', '@tensorflow/tfjs-backend-wasm', '@jax-js/jax'] },
      }
    : { root: projectRoot }
  const { FIREFOX_PATH } = process.env
  const { launchFirefox } = await import('../../demo/launch/launch-firefox.mjs')
  const launch = FIREFOX_PATH ? () => launchFirefox(FIREFOX_PATH) : undefined
  return inChrome({ server, chrome: { protocolTimeout: 0 }, launch }, async (page, origin) => {
    await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
    return runModule(page, `${origin}${parameters.beside ? '/page.html' : '/demo/script.html'}`, `/@fs${file.startsWith('/') ? '' : '/'}${file}`, parameters)
  })
}
