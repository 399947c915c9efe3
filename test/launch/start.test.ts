// `npm start` without a display, from the command line to the last sample.
import { spawn } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../demo/launch/ensure.mjs'
import { readSafetensors } from '../../src'
import { inTurn, sampled } from '../support/sampled'
import { temporaryFolder } from './folder'

/** Runs a command as a person without a display would, but on the software adapter. */
function command(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const all = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', SLUICE_ADAPTER: 'swiftshader', ...env }
    const child = spawn(process.execPath, args, { cwd: projectRoot, env: all, stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (data) => (out += String(data)))
    child.stderr.on('data', (data) => (err += String(data)))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
}
const folder = temporaryFolder()
const start = (...args: string[]) => command(['demo/launch/start.mjs', ...args, '--out', join(folder(), 'model.safetensors')])
function file(name: string, text: string): string {
  const path = join(folder(), name)
  writeFileSync(path, text)
  return path
}

test('a text file is learned: the adapter, the progress, a sample', async () => {
  const text = file('rhyme.txt', '雨落在磨坊上，the mill stood still 🦆. '.repeat(60))
  const { code, out, err } = await start(text, '--iterations', '40', '--hidden', '16', '--batch', '4', '--steps', '10', '--prefix', '雨落')
  expect(err).toBe('')
  expect(code).toBe(0)
  expect(out).toMatch(/WebGPU adapter: .*swiftshader/i)
  expect(out).toMatch(/This is a SOFTWARE adapter/)
  expect(out).toMatch(/Text: rhyme\.txt\. 1,674 characters to train on, 186 held out, 19 distinct\./)
  const progress = [...out.matchAll(/^step (\d+)\/40 {2}\| {2}perplexity ([\d.]+).* {2}\| {2}[\d,]+ characters\/s( {2}\| {2}\d+ s left)?$/gm)]
  expect(progress.length).toBeGreaterThanOrEqual(2)
  // The first step has compiled, and foretells nothing.
  expect(progress.map(([, , , left]) => left !== undefined)).toEqual(progress.map((_, i) => i > 0))
  expect(progress.at(-1)![1]).toBe('40')
  expect(Number(progress.at(-1)![2])).toBeLessThan(Number(progress[0]![2]))
  expect(out).toMatch(/Done\. Last sample:\n {2}雨落/)
  expect(out).toMatch(/Saved after step 40 as .*model\.safetensors\./)
  expect(readSafetensors(readFileSync(join(folder(), 'model.safetensors'))).metadata).toMatchObject({ format: 'sluice', model: 'TextModel' })
})

inTurn(3)('without a text, the one that the page would have, beginning with the same words', async () => {
  const { code, out } = await start('--epochs', '1', '--hidden', '4', '--batch', '128')
  expect(code).toBe(0)
  expect(out).toMatch(/^Text: the built-in english text\. /m)
  expect(out).toMatch(/^step 1\/1\d /m)
  expect(out).toMatch(/Done\. Last sample:\n {2}The river/)
})

const refused: [string, string, string[], RegExp][] = [
  [
    'a text shorter than a window',
    'ten letters',
    [],
    /^the text has 10 characters, but a minibatch of batch 32 × steps 35 needs 1121\. Lower batch to 1 and steps to 9, or use a longer text$/,
  ],
  [
    'a prefix that the text does not cover',
    'no capitals here. '.repeat(80),
    ['--prefix', 'Zoë'],
    /^'Z' \(U\+005A\) at character 0 .* is not one of the \d+ characters of the vocabulary/,
  ],
  ['a network that no GPU holds', 'far too many units '.repeat(80), ['--hidden', '1000000'], /^the parameters: [\d.]+ TiB needed, .* Lower the hidden size/],
]
test.each(sampled(refused, { axes: {}, share: 1 / 3 }))('%s: one sentence, and exit code 1', async (name, text, args, message) => {
  const { code, err } = await start(file(`${name}.txt`, text), ...args)
  expect(err.trim()).toMatch(message)
  expect(err.trim()).not.toContain('\n') // no stack
  expect(code).toBe(1)
})

inTurn(3)('a text of spaces alone has something to begin with', async () => {
  const { code, out } = await start(file('spaces.txt', ' \n '.repeat(500)), '--iterations', '2', '--hidden', '4')
  expect(code).toBe(0)
  expect(out).toMatch(/Done\. Last sample:/)
})

// The program here is a shell script.
test.skipIf(process.platform === 'win32').each([['demo/launch/start.mjs'], ['demo/launch/script.mjs', 'demo/lessons/gates.ts']])(
  'a Chrome that starts once and never again: %s says so and ends',
  async (...args) => {
    const chrome = file('chrome', '#!/bin/sh\ncase "$*" in *--dump-dom*) echo "<html></html>";; *) exit 127;; esac\n')
    chmodSync(chrome, 0o755)
    const { code, err } = await command(args, { CHROME_PATH: chrome })
    // On a busy machine Vite's bundler tells of its own times first.
    expect(err).toMatch(/^\S+chrome could not be started: it ended before it answered\./m)
    expect(err).not.toMatch(/^ +at /m) // no stack
    expect(code).toBe(1)
  },
)
