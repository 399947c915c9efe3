// The `npm start` command: the demo page in the browser, or without a display the same training in the terminal, as `sluice train` runs it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { trainInTerminal } from '../../cli/commands/train.mjs'
import { readText } from '../../cli/text-file.mjs'
import { ensurePackages, projectRoot, runCommand } from './ensure.mjs'
import { helpText, parseOptions } from './options.mjs'

/** A display that a browser window could open on. */
function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

await runCommand(async () => {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    console.log(helpText())
    return 0
  }
  // Before anything is installed or started, so that a wrong path is told at once.
  const text = options.text === undefined ? undefined : readText(options.text, options.encoding)
  await ensurePackages(projectRoot)
  if (options.headless ?? !hasDisplay()) {
    const folder = join(projectRoot, 'dist')
    mkdirSync(folder, { recursive: true })
    return trainInTerminal({ ...options.settings, encoding: options.encoding, out: options.out }, { text: options.text, folder })
  }
  // This needs the packages, which only now are there.
  const { openPage } = await import('./window.mjs')
  return openPage(options, text)
})
