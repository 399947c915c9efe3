// The `npm test` command: installs what is missing, checks the types, runs the tests, and prints the counts as the
// last line. Arguments go to Vitest: `npm test -- cells` runs the files with "cells" in their path. Of large products it takes
// some cases, chosen by a seed (test/support/seed.mjs); with `--all`, as `npm run test:all`, it takes every one.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureChrome, ensurePackages, projectRoot, runCommand, UserError, whileEnding } from '../demo/launch/ensure.mjs'
import { seedOf } from './support/seed.mjs'

/** What the compiler remembers between runs, so that a change costs it seconds. */
const compilerMemory = 'node_modules/.cache/sluice-types.tsbuildinfo'

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/**
 * Runs a Node program in this terminal, or by itself if `heard` is to have what it says, and gives its exit code.
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, heard?: (text: string) => void }} [options]
 * @returns {Promise<number>}
 */
function node(args, { env = process.env, heard } = {}) {
  const said = heard ? 'pipe' : 'inherit'
  const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', said, said] })
  running.add(child)
  if (heard) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', heard)
  return new Promise((/** @type {(code: number) => void} */ resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  }).finally(() => running.delete(child))
}

/** They end in good order when they are told to, as Ctrl-C tells them by itself; the counts are still printed after them.
 * @param {NodeJS.Signals} signal */
const endRunning = (signal) => {
  if (signal !== 'SIGINT') for (const child of running) child.kill(signal)
}

/** The type check reads the contracts of the shaders, which may have changed since they were last written. */
async function refreshContracts() {
  // In CI the committed contracts must be right as they are; a test compares them.
  if (process.env.CI) return
  const { runnerImport } = await import('vite')
  const { module } = await runnerImport(join(projectRoot, 'shaders/plugin.ts'))
  module.writeContracts()
}

/**
 * What the compiler says of the types: nothing if they are right.
 * @returns {Promise<string>}
 */
async function checkTypes() {
  let said = ''
  const args = ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', '--incremental', '--tsBuildInfoFile', compilerMemory]
  const code = await node(args, { heard: (text) => void (said += text) })
  return code === 0 ? '' : said || `The compiler ended with code ${code}.`
}

/**
 * @param {string[]} args
 * @param {{ seed: number, all: boolean }} options
 * @returns {Promise<import('./support/count-reporter.ts').Counts>}
 */
async function runVitest(args, { seed, all }) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'))
  const file = join(folder, 'counts.json')
  try {
    const reporters = ['--reporter=default', '--reporter=./test/support/count-reporter.ts']
    const env = { ...process.env, SLUICE_COUNTS: file, SLUICE_SEED: String(seed), SLUICE_ALL: all ? '1' : '0' }
    const code = await node(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], { env })
    const counts = readCounts(file)
    // Vitest's own verdict stands, whatever it was that no count shows.
    if (code !== 0 && counts.failed === 0) counts.failed = 1
    return counts
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} file */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // Vitest ended before the run did.
    return { passed: 0, failed: 1, skipped: 0, left: 0, cases: 0, again: [], files: [] }
  }
}

async function main() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    await ensurePackages(projectRoot)
    console.log(`Chrome: ${await ensureChrome()}`)
    await refreshContracts()
    const all = process.argv.includes('--all')
    const seed = seedOf()
    console.log(all ? 'All cases are taken.' : `The seed is ${seed}: SLUICE_SEED=${seed} npm test takes the same cases again.`)
    const names = process.argv.slice(2).filter((arg) => arg !== '--all')
    // Side by side: a test answers as soon as it has run.
    const [{ passed, failed, skipped, left, cases, again, files }, wrong] = await whileEnding(
      (_, signal) => endRunning(signal),
      () => Promise.all([runVitest(names, { seed, all }), checkTypes()]),
    )
    if (wrong !== '') {
      console.error(`\nThe types are wrong (npm run typecheck):\n${wrong}`)
      counts.failed++
    }
    if (left > 0) console.log(`${left} of ${cases} cases of large products were left out. npm run test:all takes them all.`)
    if (names.length === 0 && files.length > 0) {
      console.log('\nThe files that took the longest, in seconds:')
      for (const { name, seconds } of files.slice(0, 20)) console.log(`${seconds.toFixed(0).padStart(5)} ${name}`)
    }
    for (const name of again) console.log(`Passed only at the second try: ${name}`)
    counts.passed += passed
    counts.failed += failed
    counts.skipped += skipped
    if (passed + failed === 0) {
      console.error('No test ran, which counts as a failure. Check the name given after `npm test --`.')
      counts.failed++
    }
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error)
    counts.failed++
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  return counts.failed === 0 ? 0 : 1
}

await runCommand(main)
