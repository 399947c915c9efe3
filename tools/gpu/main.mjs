// `npm run verify`: checks every kernel on the GPU that is there against the reference in float64, in headless Chrome or under Dawn in
// Node, and prints a report to paste into an issue.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'
import { inDawn } from './dawn.mjs'

const help = `npm run verify [-- OPTIONS]    checks every kernel on this GPU

  --dawn              under Dawn in Node; otherwise in headless Chrome. VK_DRIVER_FILES names the Vulkan driver; on Linux without a GPU
                      it is Mesa's llvmpipe. SLUICE_DAWN names another dawn.node, SLUICE_NODE another node.
  --as gpu            the kernels of GPUs, also on a software adapter
  --strategies LIST   such as fused-1,per-step-16, or all
  --save FILE         writes the report as JSON
  --runs N            of node tools/gpu/main.mjs quick, the check before a training: how often
  --help

SLUICE_ADAPTER=swiftshader takes Chrome's software adapter.`

/** @type {Record<string, { module: string, format: string }>} */
const tasks = {
  verify: { module: 'verify.ts', format: 'formatReport' },
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
  await ensurePackages(projectRoot)
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

/** @param {string} module @param {object} parameters */
async function inPage(module, parameters) {
  const { inChrome, runModule } = await import('../../demo/launch/in-chrome.mjs')
  return inChrome({ server: { root: projectRoot }, chrome: { protocolTimeout: 0 } }, async (page, origin) => {
    await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
    return runModule(page, `${origin}/demo/script.html`, `/tools/gpu/${module.slice(2)}`, parameters)
  })
}
