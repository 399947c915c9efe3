// Trains the small models that write as the page opens, and writes them to demo/opening: node tools/opening.mjs [english|chinese].
// It takes about a quarter of an hour on a software adapter. The seeds are fixed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inChrome, runModule } from '../demo/launch/in-chrome.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

await inChrome({ server: { root }, chrome: { protocolTimeout: 0 } }, async (page, origin) => {
  await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
  const files = await runModule(page, `${origin}/demo/script.html`, '/demo/opening/train.ts', process.argv[2])
  for (const [name, file] of Object.entries(files)) writeFileSync(join(root, 'demo/opening', `${name}.safetensors`), Buffer.from(file, 'base64'))
})
