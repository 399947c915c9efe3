// Runs a module in headless Chrome and prints what it prints; for the lessons and the measurements:
//   node demo/launch/script.mjs demo/lessons/memory.ts
//   node demo/launch/script.mjs test/bench/book.ts cell=lstm text=timemachine.txt
// The module's default export is an async function of its parameters; `text` names a file to read, `encoding` what it is in (UTF-8 unless given).
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensurePackages, projectRoot, runCommand, UserError } from './ensure.mjs'
import { encodingNamed } from '../../src/text/encodings.js'
import { quoted, readText } from '../../cli/text-file.mjs'

await runCommand(async () => {
  const [file, ...pairs] = process.argv.slice(2)
  if (!file || !existsSync(join(projectRoot, file)))
    throw new UserError(`${file ? `There is no ${file}` : 'No module was named'}. Name one, for example: node demo/launch/script.mjs demo/lessons/memory.ts`)
  /** @type {Record<string, string>} */
  const parameters = {}
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw new UserError(`The argument ${pair} was not understood, expected name=value, for example seed=1`)
    parameters[pair.slice(0, at)] = pair.slice(at + 1)
  }
  const { encoding } = parameters
  delete parameters.encoding
  if (encoding !== undefined && !encodingNamed(encoding))
    throw new UserError(`encoding is ${JSON.stringify(encoding)}, which TextDecoder does not know. Give one such as encoding=gb18030.`)
  if (parameters.text)
    parameters.text = readText(parameters.text, encoding && encodingNamed(encoding), (name) =>
      ['node demo/launch/script.mjs', ...[file, ...pairs, `encoding=${name}`].map(quoted)].join(' '),
    )

  await ensurePackages(projectRoot)
  // This needs the packages, which only now are there.
  const { inChrome, runModule } = await import('./in-chrome.mjs')
  // A module may run for an hour without a word to the protocol.
  await inChrome({ server: { root: projectRoot }, chrome: { protocolTimeout: 0 } }, async (page, origin) => {
    await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
    await runModule(page, `${origin}/demo/script.html`, `/${file}`, parameters)
  })
  return 0
})
