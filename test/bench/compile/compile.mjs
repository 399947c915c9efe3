// Compiles builds for a family, in processes of their own, two at a time over all families: a driver that dies takes one kernel
// with it, and is started again for the rest.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const worker = join(dirname(fileURLToPath(import.meta.url)), 'worker.mjs')
/** Kernels that a process compiles; and how long one may take, in milliseconds. */
const chunk = 40
const longest = 300_000

/** @typedef {import('./families.mjs').Family} Family */
/** @typedef {{ id: string, kernel: string, constants: Readonly<Record<string, number>>, code: string }} Build */
/** @typedef {{ id: string, ms: number, told?: import('./figures.ts').Told, error?: string }} Result */
/** @typedef {{ tools: import('./tools.mjs').Tools, dawn: string, kernels: object, assembly: string | undefined, done: (family: Family, result: Result) => void }} Options */

/** @param {readonly { family: Family, builds: readonly Build[] }[]} wanted @param {Options} options */
export async function compileAll(wanted, options) {
  const tasks = wanted.flatMap(({ family, builds }) =>
    Array.from({ length: Math.ceil(builds.length / chunk) }, (_, i) => ({ family, builds: builds.slice(i * chunk, (i + 1) * chunk) })),
  )
  // Half of the processes begin with the slowest family, half with the quickest, so that an interrupted run has something of each.
  const lane = async (/** @type {boolean} */ quickest) => {
    for (let task = quickest ? tasks.pop() : tasks.shift(); task; task = quickest ? tasks.pop() : tasks.shift())
      await compile(task.family, task.builds, options)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, (_, i) => lane(i % 2 === 1)))
}

/** @param {Family} family @param {readonly Build[]} builds @param {Options} options */
async function compile(family, builds, { tools, dawn, kernels, assembly, done }) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-compile-'))
  try {
    for (let rest = builds, turn = 0; rest.length > 0; turn++) {
      const [job, results] = [join(folder, `${turn}.json`), join(folder, `${turn}.jsonl`)]
      writeFileSync(job, JSON.stringify({ kernels, builds: rest }))
      writeFileSync(results, '')
      const { file, args, env } = tools.command(family, folder)
      const texts = join(folder, `${turn}`)
      mkdirSync(texts)
      /** @type {Result[]} */
      const found = []
      const ended = await processOf(
        file,
        [...args, worker, job, results],
        { ...env, SLUICE_DAWN: dawn, SLUICE_STATISTICS: `${results}.told`, ...(assembly && { SLUICE_ASSEMBLY: texts }) },
        () => {
          // Lines that are whole, and new.
          const lines = readFileSync(results, 'utf8').split('\n').slice(found.length, -1)
          for (const result of lines.map((line) => JSON.parse(line))) {
            found.push(result)
            done(family, result)
          }
          return found.length
        },
      )
      if (assembly) keepTexts(texts, assembly, family, found)
      const left = rest.slice(found.length)
      if (left[0] && !existsSync(`${results}.at`)) {
        // Not even the first: the family cannot be compiled for here.
        for (const { id } of left) done(family, { id, ms: 0, error: ended })
        return
      }
      if (left[0]) done(family, { id: left[0].id, ms: 0, error: ended })
      rest = left.slice(1)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Moves the driver's texts to where they were asked for, by the name of what they are of. @param {string} from @param {string} to
 * @param {Family} family @param {readonly Result[]} found */
function keepTexts(from, to, family, found) {
  mkdirSync(to, { recursive: true })
  const told = found.filter(({ told }) => told)
  for (const name of readdirSync(from)) {
    const id = told[Number(name.slice(0, 4))]?.id
    if (id !== undefined) renameSync(join(from, name), join(to, `${family.name} ${id.replaceAll('/', '-')} ${name.slice(5)}`))
  }
}

/** How it ended, in words. @param {string} file @param {string[]} args @param {Record<string, string | undefined>} env
 * @param {() => number} look how far it is @returns {Promise<string>} */
function processOf(file, args, env, look) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (data) => void (said = `${said}${data}`.slice(-2000)))
    let size = -1
    let since = Date.now()
    const watch = setInterval(() => {
      const now = look()
      if (now !== size) [size, since] = [now, Date.now()]
      else if (Date.now() - since > longest) child.kill('SIGKILL')
    }, 1000)
    const end = (/** @type {string} */ how) => {
      clearInterval(watch)
      look()
      resolve(how)
    }
    child.on('error', (error) => end(error.message))
    child.on('close', (code, signal) =>
      end(
        signal === 'SIGKILL'
          ? `the compiler took more than ${longest / 1000} seconds, or all memory`
          : `the compiler ended by ${signal ?? `code ${code}`}: ${said.trim().split('\n').at(-1) ?? ''}`.slice(0, 300),
      ),
    )
  })
}
