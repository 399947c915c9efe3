// A module under Dawn in Node, in a process of its own, as Dawn may take it down.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasGpu } from '../../cli/chrome/chrome-arguments.mjs'
import { projectRoot, UserError, whileEnding } from '../../demo/launch/ensure.mjs'
import { ensurePeers, folder as bench } from '../../test/bench/prepare.mjs'

const llvmpipe = '/usr/share/vulkan/icd.d/lvp_icd.json'

/**
 * Runs the default export of a module, and gives what it gives.
 * @param {string} module of this folder, as in ./verify.ts
 * @param {object} parameters
 */
export async function inDawn(module, parameters) {
  const env = { ...process.env }
  if (!env.SLUICE_DAWN) {
    await ensurePeers() // one of which is Dawn
    const platform = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`
    env.SLUICE_DAWN = join(bench, 'node_modules/webgpu/dist', platform, 'dawn.node')
  }
  if (process.platform === 'linux' && !env.VK_DRIVER_FILES && !hasGpu()) {
    if (!existsSync(llvmpipe))
      throw new UserError(
        `There is no GPU, and no ${llvmpipe}: install Mesa's (apt-get install mesa-vulkan-drivers, 25 or newer), or name another driver by VK_DRIVER_FILES.`,
      )
    env.VK_DRIVER_FILES = llvmpipe
  }
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-dawn-'))
  try {
    await bundle(scratch)
    const result = join(scratch, 'result.json')
    const child = spawn(env.SLUICE_NODE ?? process.execPath, [join(scratch, 'dawn.mjs'), module, JSON.stringify(parameters), result], { env, stdio: 'inherit' })
    const { code, signal } = await whileEnding(
      (_, signal) => void child.kill(signal),
      () => new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal }))),
    )
    if (signal) throw new UserError(`Dawn ended by ${signal}.`)
    if (code !== 0 || !existsSync(result)) throw new UserError('Nothing came of it under Dawn.')
    return JSON.parse(readFileSync(result, 'utf8'))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** @param {string} outDir */
async function bundle(outDir) {
  const { build } = await import('vite')
  await build({
    configFile: join(projectRoot, 'vite.config.ts'),
    root: join(projectRoot, 'tools/gpu'),
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(projectRoot, 'tools/gpu/dawn.ts'),
      target: 'node20',
      outDir,
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'dawn.mjs', codeSplitting: false } },
    },
  })
}
