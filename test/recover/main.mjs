// `npm run crashes`: trains with `recover` in headless Chrome, crashes the GPU process at seeded random moments, and compares the
// final weights with those of a training that nothing disturbed, bit for bit.
//   npm run crashes -- times=20 seed=22
import { ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'

await runCommand(async () => {
  const options = { times: 20, seed: 22 }
  for (const pair of process.argv.slice(2)) {
    const [name, value] = pair.split('=')
    if (!(name === 'times' || name === 'seed') || !(Number(value) >= 0)) throw new UserError(`The argument ${pair} was not understood, expected times=20 or seed=22`)
    options[name] = Number(value)
  }
  await ensurePackages(projectRoot)
  const { inChrome, runModule } = await import('../../demo/launch/in-chrome.mjs')
  // The GPU process comes back as often as it is crashed, and the page may use it.
  const args = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis']
  await inChrome({ server: { root: projectRoot }, chrome: { args, protocolTimeout: 0 } }, async (page, origin) => {
    const browser = await page.browser().target().createCDPSession()
    await page.exposeFunction('sluicePrint', (/** @type {string} */ line) => console.log(line))
    await page.exposeFunction('sluiceCrash', () => browser.send(/** @type {any} */ ('Browser.crashGpuProcess')).catch(() => {}))
    await runModule(page, `${origin}/demo/script.html`, '/test/recover/crashes.ts', options)
  })
  return 0
})
