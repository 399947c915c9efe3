// `npm run site`: builds the site as it is published, with the other engines that a measurement can be made beside. Their packages are the
// benchmark's, and large: `npm run build:site` takes them only if they are there.
import { join } from 'node:path'
import { ensurePackages, projectRoot, runCommand } from '../demo/launch/ensure.mjs'
import { ensurePeers } from '../test/bench/prepare.mjs'

await runCommand(async () => {
  await ensurePackages(projectRoot)
  await ensurePeers()
  const { build } = await import('vite')
  await build({ configFile: join(projectRoot, 'vite.config.ts'), root: join(projectRoot, 'demo') })
  return 0
})
