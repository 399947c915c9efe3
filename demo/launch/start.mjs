// The `npm start` command: the demo page in the browser, or without a display the same training in the terminal.
import { basename } from 'node:path'
import { ensurePackages, projectRoot, runCommand } from './ensure.mjs'
import { helpText, parseOptions } from './options.mjs'
import { readText } from './text-file.mjs'

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
  const name = options.text === undefined ? `the built-in ${options.settings.corpus ?? 'english'} text` : basename(options.text)

  // These need the packages, which only now are there.
  if (options.headless ?? !hasDisplay()) {
    const { trainInTerminal } = await import('./headless.mjs')
    return trainInTerminal(options, text, name)
  }
  const { openPage } = await import('./window.mjs')
  return openPage(options, text)
})
