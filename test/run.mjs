// The `npm test` command: installs what is missing, checks the types, runs the tests, and prints the counts as the
// last line. Arguments go to Vitest: `npm test -- cells` runs the files with "cells" in their path.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureChrome, ensurePackages, projectRoot, runCommand, UserError, whileEnding } from '../demo/launch/ensure.mjs'

/**
 * Runs a Node program in this terminal and gives its exit code.
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>}
 */
function node(args, env = process.env) {
  const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', 'inherit', 'inherit'] })
  // It ends in good order when it is told to, as Ctrl-C tells it by itself; the counts are still printed after it.
  return whileEnding((_, signal) => void (signal !== 'SIGINT' && child.kill(signal)), () => new Promise((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  }))
}

/** The type check reads the contracts of the shaders, which may have changed since they were last written. */
async function refreshContracts() {
  // In CI the committed contracts must be right as they are; a test compares them.
  if (process.env.CI) return
  const { runnerImport } = await import('vite')
  const { module } = await runnerImport(join(projectRoot, 'shaders/plugin.ts'))
  module.writeContracts()
}

/** @returns {Promise<number>} 1 when there are type errors */
async function checkTypes() {
  console.log('Checking the types (tsc --noEmit).')
  return (await node(['node_modules/typescript/bin/tsc', '--noEmit'])) === 0 ? 0 : 1
}

/**
 * @param {string[]} args
 * @returns {Promise<import('./support/count-reporter.ts').Counts>}
 */
async function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'))
  const file = join(folder, 'counts.json')
  try {
    const reporters = ['--reporter=default', '--reporter=./test/support/count-reporter.ts']
    const env = { ...process.env, SLUICE_COUNTS: file }
    const code = await node(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], env)
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
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

async function main() {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  try {
    await ensurePackages(projectRoot)
    console.log(`Chrome: ${await ensureChrome()}`)
    await refreshContracts()
    counts.failed += await checkTypes()
    const { passed, failed, skipped } = await runVitest(process.argv.slice(2))
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
