// `npm run bench:node`: the bench under Dawn in Node, in a process of its own, as Dawn may take it down. `npm run bench:node
// -- build` only makes dist/bench/dawn.mjs, which runs on a machine without the project: `SLUICE_DAWN=…/dawn.node node
// dawn.mjs quick`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hasGpu } from '../../cli/chrome/chrome-arguments.mjs'
import { ensurePackages, projectRoot, runCommand, UserError, whileEnding } from '../../demo/launch/ensure.mjs'
import { asked, ensurePeers, folder, load, scratch } from './prepare.mjs'

const bundle = join(projectRoot, 'dist/bench/dawn.mjs')

await runCommand(async () => {
  await ensurePackages(projectRoot)
  const args = process.argv.slice(2)
  const { parse } = await load('options.ts')
  asked(() =>
    parse(
      args.filter((arg) => arg !== 'build'),
      'node',
    ),
  )
  await ensurePeers()
  await build()
  if (args.includes('build')) {
    console.log(`Written to ${bundle}`)
    return 0
  }
  const { code, signal } = await run(args)
  if (signal) throw new UserError(`Dawn ended by ${signal}. What was measured before that is kept.`)
  return code ?? 1
})

async function build() {
  const { build } = await import('vite')
  await build({
    configFile: join(projectRoot, 'vite.config.ts'),
    root: folder,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(folder, 'dawn.ts'),
      target: 'node20',
      outDir: dirname(bundle),
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'dawn.mjs', codeSplitting: false } },
    },
  })
}

/** @param {string[]} args @returns {Promise<{ code: number | null, signal: string | null }>} */
function run(args) {
  const env = { ...process.env }
  env.SLUICE_DAWN ??= join(
    folder,
    'node_modules/webgpu/dist',
    `${process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`}`,
    'dawn.node',
  )
  env.SLUICE_RESULTS ??= scratch
  const driver = softwareDriver()
  if (driver && !hasGpu()) {
    env.VK_DRIVER_FILES ??= join(driver, 'vk_swiftshader_icd.json')
    env.LD_LIBRARY_PATH ??= driver
  }
  const child = spawn(process.execPath, [bundle, ...args], { env, stdio: 'inherit' })
  return whileEnding(
    (_, signal) => void child.kill(signal),
    () => new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal }))),
  )
}

/** Chromium's folder, where its software adapter and its Vulkan loader are. */
function softwareDriver() {
  return ['/usr/lib/chromium', '/opt/google/chrome'].find((path) => existsSync(join(path, 'vk_swiftshader_icd.json')))
}
