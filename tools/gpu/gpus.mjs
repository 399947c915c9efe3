// `npm run gpus`: writes docs/gpus.md from the reports and measurements in test/bench/gpus.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runnerImport } from 'vite'
import { projectRoot } from '../../demo/launch/ensure.mjs'

const folder = join(projectRoot, 'test/bench/gpus')
/** @type {{ module: typeof import('./page') }} */
const { module } = await runnerImport(join(projectRoot, 'tools/gpu/page.ts'), { configFile: false, logLevel: 'error' })
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
writeFileSync(join(projectRoot, 'docs/gpus.md'), module.gpusPage(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'))])))
