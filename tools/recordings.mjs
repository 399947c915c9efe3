// Makes the recordings of demo/recordings: node tools/recordings.mjs [train|race|blank|gradients|gates].
// It takes about ten minutes on a software adapter.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inChrome, runModule } from '../demo/launch/in-chrome.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

await inChrome({ server: { root }, chrome: { protocolTimeout: 0 } }, async (page, origin) => {
  await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
  const files = await runModule(page, `${origin}/demo/script.html`, '/demo/recordings/make.ts', process.argv[2])
  for (const [name, file] of Object.entries(files)) writeFileSync(join(root, 'demo/recordings', `${name}.json`), file)
})
