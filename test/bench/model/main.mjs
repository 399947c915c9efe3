// `npm run bench:model`: how long each plan of a training step should take on GPUs, reckoned, and docs/model.md.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { ensurePackages, projectRoot, runCommand, UserError } from '../../../demo/launch/ensure.mjs'
import { loadWithKernels } from '../prepare.mjs'

const page = join(projectRoot, 'docs/model.md')

await runCommand(async () => {
  if (process.argv.length > 2)
    throw new UserError(
      `npm run bench:model takes no arguments, ${process.argv.slice(2).join(' ')} came. It prints the tables and writes ${relative(projectRoot, page)}.`,
    )
  await ensurePackages(projectRoot)
  const [tables] = /** @type {[typeof import('./tables.ts')]} */ (await loadWithKernels(['test/bench/model/tables.ts']))
  const text = tables.page()
  console.log(text)
  mkdirSync(dirname(page), { recursive: true })
  writeFileSync(page, text)
  console.log(`Written to ${relative(projectRoot, page)}`)
  return 0
})
