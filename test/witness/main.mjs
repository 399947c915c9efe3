// `npm run witness`: the plans of GPUs under Dawn in Node, on the Vulkan driver that VK_DRIVER_FILES names, against the reference in
// float64: `npm run witness -- fused-4 write` some of them. On Linux without a GPU it is Mesa's llvmpipe, unless told otherwise.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hasGpu } from '../../demo/launch/chrome-arguments.mjs'
import { ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'
import { ensurePeers, folder } from '../bench/prepare.mjs'

const bundle = join(projectRoot, 'dist/witness/plans.mjs')
const llvmpipe = '/usr/share/vulkan/icd.d/lvp_icd.json'

await runCommand(async () => {
  await ensurePackages(projectRoot)
  await ensurePeers()
  const { build } = await import('vite')
  await build({
    configFile: join(projectRoot, 'vite.config.ts'),
    root: join(projectRoot, 'test/witness'),
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: join(projectRoot, 'test/witness/plans.ts'),
      target: 'node20',
      outDir: dirname(bundle),
      emptyOutDir: true,
      rolldownOptions: { output: { entryFileNames: 'plans.mjs', codeSplitting: false } },
    },
  })
  const env = { ...process.env }
  env.SLUICE_DAWN ??= join(
    folder,
    'node_modules/webgpu/dist',
    process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`,
    'dawn.node',
  )
  if (process.platform === 'linux' && !env.VK_DRIVER_FILES && !hasGpu()) {
    if (!existsSync(llvmpipe))
      throw new UserError(
        `There is no GPU, and no ${llvmpipe}: install Mesa's (apt-get install mesa-vulkan-drivers, 25 or newer), or name another driver by VK_DRIVER_FILES.`,
      )
    env.VK_DRIVER_FILES = llvmpipe
  }
  return new Promise((resolve) =>
    spawn(process.execPath, [bundle, ...process.argv.slice(2)], { env, stdio: 'inherit' }).on('close', (code, signal) => {
      if (signal) console.error(`Dawn ended by ${signal}.`)
      resolve(code ?? 1)
    }),
  )
})
