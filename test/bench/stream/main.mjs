// `npm run bench:stream`: the latency of a stream, beside ONNX Runtime's wasm, in a page of headless Chrome.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, relative } from 'node:path'
import { ensurePackages, projectRoot, runCommand, UserError } from '../../../demo/launch/ensure.mjs'
import { messageOf } from '../../../cli/errors.mjs'
import { ensurePeers, folder, load, scratch } from '../prepare.mjs'

const help = `npm run bench:stream -- [quick] [alone] [page] [hidden=24,64,128] [rounds=7] [turn=400]
  hidden=24,128  units of the LSTM; 24 are those of examples/stream.ts, which is trained
  rounds=7       turns of each engine, which alternate
  turn=400       milliseconds of a turn
  quick          the example alone, 3 rounds
  alone          without ONNX Runtime, which the first run installs with all that the benches need
  page           write the results into test/bench/results and docs/streams.md (else into dist/bench-results)`

await runCommand(async () => {
  const given = new Map(process.argv.slice(2).map((arg) => /** @type {[string, string]} */ (arg.replace(/^--/, '').split(/=(.*)/s).slice(0, 2))))
  if (given.has('help')) return (console.log(help), 0)
  for (const name of given.keys())
    if (!['hidden', 'rounds', 'turn', 'quick', 'alone', 'page'].includes(name)) throw new UserError(`The argument ${name} was not understood.\n${help}`)
  const numbers = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
    (given.get(name) ?? otherwise).split(',').map((word) => {
      const value = Number(word)
      if (!Number.isSafeInteger(value) || value < 1) throw new UserError(`${name} is ${JSON.stringify(word)}, expected a whole number of at least 1`)
      return value
    })
  const quick = given.has('quick')
  /** @type {import('./measure.ts').Options} */
  const options = {
    hidden: numbers('hidden', quick ? '24' : '24,64,128'),
    rounds: numbers('rounds', quick ? '3' : '7')[0] ?? 7,
    turn: numbers('turn', '400')[0] ?? 400,
    checked: 320,
  }
  await ensurePackages(projectRoot)
  /** @type {string | null} */
  let missing = given.has('alone') ? 'as was asked' : null
  if (!missing) await ensurePeers().catch((error) => (missing = `it could not be installed: ${messageOf(error)}`))
  if (!missing && !existsSync(join(folder, 'node_modules/onnxruntime-web'))) missing = 'it is not installed'

  const [{ inChrome, runModule }, { streamTable, streamNote, withStreams }] = await Promise.all([
    import('../../../demo/launch/in-chrome.mjs'),
    load('stream/table.ts'),
  ])
  const server = {
    root: folder,
    cacheDir: join(folder, 'node_modules/.vite'),
    // It finds its wasm from where it stands itself.
    optimizeDeps: { exclude: ['onnxruntime-web'] },
    // Shared memory, so that its wasm may use threads.
    server: { headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' } },
  }
  /** @type {import('./measure.ts').Results} */
  const results = await inChrome({ server, chrome: { protocolTimeout: 0 } }, async (page, origin) => {
    await page.exposeFunction('streamSay', (/** @type {string} */ line) => console.log(line))
    const host = { processor: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}` }
    return runModule(page, `${origin}/page.html`, '/stream/browser.ts', options, { missing, host })
  })
  console.log(`\n${streamTable(results)}\n\n${streamNote(results)}\n`)
  const target = given.has('page') ? join(folder, 'results') : scratch
  mkdirSync(target, { recursive: true })
  const file = join(target, 'stream.json')
  writeFileSync(file, `${JSON.stringify(results, null, 1)}\n`)
  console.log(`${relative(process.cwd(), file)} has the results.`)
  if (given.has('page')) {
    const page = join(projectRoot, 'docs/streams.md')
    writeFileSync(page, withStreams(readFileSync(page, 'utf8'), results))
  }
  return 0
})
