// `npm run plan -- cell=lstm hidden=256`: the commands of a plan as a table, without a GPU.
import { join } from 'node:path'
import { ensurePackages, projectRoot, runCommand, UserError } from '../demo/launch/ensure.mjs'

await runCommand(async () => {
  await ensurePackages(projectRoot)
  const { runnerImport } = await import('vite')
  const quiet = { configFile: /** @type {const} */ (false), logLevel: /** @type {const} */ ('error') }
  const {
    module: { kernels },
  } = await runnerImport(join(projectRoot, 'shaders/plugin.ts'), quiet)
  const { module } = await runnerImport(join(projectRoot, 'tools/plan-table.ts'), { ...quiet, plugins: [kernels()] })
  const { planTable, settings } = /** @type {typeof import('./plan-table.ts')} */ (module)
  const args = process.argv.slice(2)
  if (args.some((arg) => arg === '--help' || arg === 'help')) {
    console.log('npm run plan -- [name=value …]')
    for (const [name, [value, about]] of Object.entries(settings)) console.log(`  ${`${name}=${value}`.padEnd(22)}  ${about}`)
    return 0
  }
  try {
    console.log(planTable(args))
    return 0
  } catch (error) {
    throw error instanceof Error && error.name === 'SluiceError' ? new UserError(error.message) : error
  }
})
