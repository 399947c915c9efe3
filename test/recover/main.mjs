// `npm run crashes`: trains with `recover` in headless Chrome, crashes the GPU process at seeded random moments, and compares the
// final weights with those of a training that nothing disturbed, bit for bit. Every crash has a Chrome of its own: after several, one
// may offer no adapter for a while.
//   npm run crashes -- times=20 seed=22
import { ensurePackages, projectRoot, runCommand, UserError } from '../../demo/launch/ensure.mjs'

/** A round takes seconds; one that takes so many milliseconds hangs. */
const protocolTimeout = 240_000
/** The GPU process comes back as often as it is crashed, and the page may use it. */
const args = ['--disable-gpu-process-crash-limit', '--disable-domain-blocking-for-3d-apis']
/** As many as `kinds` of crashes.ts. */
const kinds = 2

await runCommand(async () => {
  const options = { times: 20, seed: 22 }
  for (const pair of process.argv.slice(2)) {
    const [name, value] = pair.split('=')
    if (!(name === 'times' || name === 'seed') || !(Number(value) >= 0))
      throw new UserError(`The argument ${pair} was not understood, expected times=20 or seed=22`)
    options[name] = Number(value)
  }
  await ensurePackages(projectRoot)
  const { inPage, runModule, served } = await import('../../demo/launch/in-chrome.mjs')

  await served({ root: projectRoot }, async (origin) => {
    /** @param {import('./crashes.ts').Round} round @returns {Promise<import('./crashes.ts').Outcome>} */
    const outcome = (round) =>
      inPage({ args, protocolTimeout }, async (page) => {
        const browser = await page.browser().target().createCDPSession()
        await page.exposeFunction('sluiceCrash', () => browser.send(/** @type {any} */ ('Browser.crashGpuProcess')).catch(() => {})) // it may end before it answers
        return runModule(page, `${origin}/demo/script.html`, '/test/recover/crashes.ts', round)
      })

    const wanted = []
    for (let kind = 0; kind < kinds; kind++) {
      const one = await outcome({ kind, crash: null })
      wanted.push(one)
      console.log(`undisturbed, ${one.model}: ${one.steps.length} steps in ${(one.ms / 1000).toFixed(1)} s`)
    }

    let [right, judged, late] = [0, 0, 0]
    while (judged < options.times) {
      const kind = judged % kinds
      const expected = /** @type {import('./crashes.ts').Outcome} */ (wanted[kind])
      const crash = { seed: options.seed + judged + late * 1000, steps: expected.steps.length }
      const got = await outcome({ kind, crash }).catch((error) => ({ error: String(error.message ?? error) }))
      if (!('error' in got) && got.recovered === 0) {
        console.log(`   the training ended before its crash, ${got.when}: drawn again`)
        if (++late > options.times) throw new UserError('Too many trainings ended before their crash: they are too short for this machine.')
        continue
      }
      judged++
      const faults =
        'error' in got
          ? [got.error]
          : [got.weights !== expected.weights && 'other weights', got.steps.join() !== expected.steps.join() && 'other steps given'].filter(Boolean)
      right += Number(faults.length === 0)
      const what =
        'error' in got ? '' : `${got.when}, came back ${got.recovered === 1 ? 'once' : `${got.recovered} times`} in ${(got.ms / 1000).toFixed(1)} s: `
      console.log(`${judged}: ${what}${faults.length === 0 ? 'the same bits' : `FAULT (${faults.join(', ')})`}`)
    }
    console.log(`${right} of ${options.times} crashed trainings ended with the same bits as undisturbed (and ${late} ended before their crash)`)
    if (right < options.times) throw new UserError('A training that came back was not the same, or did not come to its end.')
  })
  return 0
})
