// `npm run bench:compile`: what the compilers of GPUs that are not there say of the kernels.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { ensurePackages, projectRoot, runCommand, UserError } from '../../../demo/launch/ensure.mjs'
import { messageOf } from '../../../cli/errors.mjs'
import { ensurePeers, folder, loadWithKernels, scratch } from '../prepare.mjs'
import { compileAll } from './compile.mjs'
import { families } from './families.mjs'
import { cache, ensureTools } from './tools.mjs'

const help = `npm run bench:compile -- [name=value …]
  families=intel,apple  those whose name contains one of these: ${families.map(({ name }) => name).join(', ')}
  works=lstm,h256       works whose name contains one of these
  kernels=product       kernels whose name contains one of these
  plans=split,write     plans whose name contains one of these; write: a network that writes
  assembly=FOLDER       also the compilers' own text of each kernel, into this folder
  quick                 the hidden size 256 alone, unless works says otherwise, and only as devices with subgroups have it
  again                 compile also what has not changed since the results that are there
  table                 compile nothing: write the page from the results that are there
All of it is written to test/bench/results/compile.json and docs/compile.md; a part only to dist/bench-results/compile.json.
What has not changed since is not compiled again. SLUICE_COMPILE_CACHE names a folder for the drivers that checkouts share.`

const committed = join(folder, 'results/compile.json')
const page = join(projectRoot, 'docs/compile.md')
/** Of the kernels before there were any made for GPUs; kept as it is. */
const earlier = () => JSON.parse(readFileSync(join(folder, 'results/compile-before-2026-11-30.json'), 'utf8'))

/** @typedef {import('./report.ts').Compiled} Compiled */

await runCommand(async () => {
  const given = new Map(process.argv.slice(2).map((arg) => /** @type {[string, string]} */ (arg.replace(/^--/, '').split(/=(.*)/s).slice(0, 2))))
  if (given.has('help')) return (console.log(help), 0)
  const list = (/** @type {string} */ name) => (given.get(name) ?? '').split(',').filter((word) => word !== '')
  for (const name of given.keys())
    if (!['families', 'works', 'kernels', 'plans', 'assembly', 'quick', 'again', 'table'].includes(name))
      throw new UserError(`The argument ${name} was not understood.\n${help}`)
  const chosen = families.filter(({ name }) => list('families').length === 0 || list('families').some((word) => name.includes(word)))
  if (chosen.length === 0) throw new UserError(`families is ${given.get('families')}, expected a part of: ${families.map(({ name }) => name).join(', ')}`)

  await ensurePackages(projectRoot)
  /** @type {[typeof import('../paper.ts'), typeof import('./variants.ts'), typeof import('./report.ts'), typeof import('./figures.ts'), typeof import('../../../src/gpu/kernels.ts')]} */
  const [{ subjects }, { catalogue }, report, { columns, figuresOf }, { contractOf }] = /** @type {any} */ (
    await loadWithKernels([
      'test/bench/paper.ts',
      'test/bench/compile/variants.ts',
      'test/bench/compile/report.ts',
      'test/bench/compile/figures.ts',
      'src/gpu/kernels.ts',
    ])
  )
  /** @type {Compiled | null} */
  const before = existsSync(committed) ? JSON.parse(readFileSync(committed, 'utf8')) : null
  if (given.has('table')) {
    if (!before) throw new UserError(`There is no ${relative(projectRoot, committed)} to make tables of. Make it: npm run bench:compile`)
    write(page, report.page(before, earlier()))
    return 0
  }

  const quick = given.has('quick')
  const { variants, plans, digest } = catalogue(subjects, {
    works: quick && !given.has('works') ? ['b32-t35-v28-h256'] : list('works'),
    kernels: list('kernels'),
    plans: list('plans'),
  })
  if (variants.length === 0) throw new UserError(`No kernel fits what was asked for. Works: ${subjects.map(({ id }) => id).join(', ')}`)
  await ensurePeers()
  const dawn = JSON.parse(readFileSync(join(folder, 'node_modules/webgpu/package.json'), 'utf8')).version
  const tools = await ensureTools(chosen, console.log).catch((error) => {
    throw new UserError(`Nothing can be compiled here: ${messageOf(error)}.`)
  })

  // What is known of a build: from the committed results, and from a run that was interrupted.
  /** @type {Map<string, import('./report.ts').Cell>} */
  const known = new Map()
  const done = join(cache, 'builds.jsonl')
  const keyOf = (/** @type {string} */ family, /** @type {string} */ hash, /** @type {number} */ build) => [tools.mesa, dawn, family, hash, build].join(' ')
  if (!given.has('again') && !given.has('assembly')) {
    if (before?.mesa === tools.mesa && before.dawn === dawn)
      for (const { hash, figures } of before.variants)
        for (const [family, cells] of Object.entries(figures)) cells.forEach((cell, b) => known.set(keyOf(family, hash, b), cell))
    for (const line of existsSync(done) ? readFileSync(done, 'utf8').split('\n') : [])
      if (line.endsWith(']')) known.set(.../** @type {[string, import('./report.ts').Cell]} */ (JSON.parse(line)))
  }
  /** The first build that is compiled of a variant. */
  const first = (/** @type {number} */ v) => (quick ? Number(variants[v]?.builds.length) - 1 : 0)
  /** @type {Record<string, import('./report.ts').Cell[]>[]} */
  const figures = variants.map(() => ({}))
  const keep = (/** @type {string} */ family, /** @type {number} */ v, /** @type {number} */ b, /** @type {import('./report.ts').Cell} */ cell) => {
    const known = /** @type {Record<string, import('./report.ts').Cell[]>} */ (figures[v])
    known[family] ??= []
    known[family][b - first(v)] = cell
  }
  const wanted = chosen.flatMap((family) => {
    const missing = tools.missing(family)
    if (missing) return (console.log(`${family.title} is left out. ${missing}`), [])
    const builds = variants.flatMap(({ kernel, constants, builds, hash }, v) =>
      builds.flatMap((code, b) => {
        if (b < first(v)) return []
        const cell = known.get(keyOf(family.name, hash, b))
        if (cell !== undefined && typeof cell !== 'string') return (keep(family.name, v, b, cell), [])
        return [{ id: `${v} ${b} ${kernel} ${report.constantsOf({ constants })}`, kernel, constants, code }]
      }),
    )
    return [{ family, builds }]
  })
  const total = wanted.reduce((n, { builds }) => n + builds.length, 0)
  const begin = performance.now()
  console.log(`${variants.length} kernels with constants for ${wanted.length} GPUs: ${total} builds to compile, the others are known.`)
  let count = 0
  await compileAll(wanted, {
    tools,
    dawn: join(folder, 'node_modules/webgpu/dist/linux-x64/dawn.node'),
    kernels: Object.fromEntries(
      variants.map(({ kernel }) => [kernel, { uniform: contractOf(kernel).size, bindings: Object.values(contractOf(kernel).bindings) }]),
    ),
    assembly: given.get('assembly') || undefined,
    done(family, { id, ms, told, error }) {
      const [v, b] = /** @type {[number, number]} */ (id.split(' ').slice(0, 2).map(Number))
      const one = told && figuresOf(told)
      const cell = one ? columns.map((name) => one[name]) : String(error)
      keep(family.name, v, b, cell)
      if (one) appendFileSync(done, `${JSON.stringify([keyOf(family.name, String(variants[v]?.hash), b), cell])}\n`)
      if (error) console.log(`${family.title}: ${id}: ${error}`)
      else if (ms > 20_000) console.log(`${family.title}: ${id} took ${Math.round(ms / 1000)} s`)
      if (++count % 100 === 0) console.log(`${count} of ${total} after ${Math.round((performance.now() - begin) / 1000)} s`)
    },
  })
  const titles = Object.fromEntries(wanted.map(({ family: { name, title } }) => [name, title]))
  /** @type {Compiled} */
  const compiled = {
    schema: 'sluice-compile 1',
    date: new Date().toISOString().slice(0, 10),
    digest,
    mesa: tools.mesa,
    dawn,
    families: titles,
    columns,
    variants: variants.map(({ kernel, constants, hash }, v) => ({ kernel, constants, hash, figures: figures[v] ?? {} })),
    plans,
  }
  console.log(
    variants.length <= 40
      ? `registers / spills / scratch / instructions / kB of code / occupancy\n${report.fullTable(compiled)}`
      : report.summaryTable(compiled),
  )
  console.log(`${total} builds in ${Math.round((performance.now() - begin) / 1000)} s.`)
  const whole = !['works', 'kernels', 'plans', 'quick'].some((name) => given.has(name)) && wanted.length === families.length
  write(whole ? committed : join(scratch, 'compile.json'), report.write(compiled))
  if (whole) write(page, report.page(compiled, earlier()))
  else console.log('As this is a part only, the committed results and docs/compile.md stay as they were.')
  return 0
})

/** @param {string} file @param {string} text */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`Written to ${relative(projectRoot, file)}`)
}
