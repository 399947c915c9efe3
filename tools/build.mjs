// `npm run build:library`: the library as it is published, into dist/.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, projectRoot, runCommand } from '../demo/launch/ensure.mjs'
import { builtLibrary, builtTypes } from './built.mjs'

await runCommand(async () => {
  await ensurePackages(projectRoot)
  const dist = join(projectRoot, 'dist')
  const [library, types] = [await builtLibrary(), await builtTypes()]
  mkdirSync(dist, { recursive: true })
  // Chunks of an earlier build have other names; the site and the results of the bench live here too.
  for (const name of readdirSync(dist)) if (/\.js(\.map)?$/.test(name) || name === 'types') rmSync(join(dist, name), { recursive: true })
  cpSync(library, dist, { recursive: true })
  cpSync(types, join(dist, 'types'), { recursive: true })
  return 0
})
