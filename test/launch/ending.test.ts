// How `npm start` ends: with a last sample when it is told to, without a Chrome or a profile left behind however it ends.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { projectRoot } from '../../demo/launch/ensure.mjs'
import { sweep } from '../../cli/chrome/profile.mjs'
import { sampled } from '../support/sampled'
import { temporaryFolder } from './folder'

const folder = temporaryFolder()
const profiles = () => readdirSync(folder()).filter((name) => /^sluice-chrome-|^puppeteer|chromium/i.test(name))
const saved = () => join(folder(), 'model.safetensors')
const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

interface Started {
  readonly child: ChildProcess
  out(): string
  /** Exit code and signal, once all that it said is read. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

/** Starts a training that goes on for ever, with a temporary folder of its own, and waits until it trains. */
async function training(command: string, ...args: string[]): Promise<Started> {
  const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', SLUICE_ADAPTER: 'swiftshader', TMPDIR: folder() }
  delete (env as NodeJS.ProcessEnv)['npm_lifecycle_event']
  const child = spawn(
    command,
    [...args, '--headless', '--cell', 'rnn', '--hidden', '8', '--batch', '4', '--steps', '8', '--iterations', '1000000', '--out', saved()],
    {
      cwd: projectRoot,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    },
  )
  children.add(child)
  let out = ''
  for (const stream of [child.stdout, child.stderr]) stream!.on('data', (data) => (out += String(data)))
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => child.on('close', (code, signal) => resolve({ code, signal })))
  await until(
    () => /^step /m.test(out),
    () => `no training: ${out}`,
  )
  return { child, out: () => out, ended }
}
const start = () => training(process.execPath, 'demo/launch/start.mjs')

async function until(is: () => boolean, otherwise: () => string): Promise<void> {
  const end = Date.now() + 160_000
  while (!is()) {
    if (Date.now() > end) throw new Error(otherwise())
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Processes whose command line names our temporary folder: Chrome's. */
const chromes = () =>
  spawnSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line.includes(folder()) && !line.startsWith('Z'))

describe.skipIf(process.platform === 'win32')('npm start', () => {
  const signals = [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const
  it.each(sampled(signals, { axes: {}, share: 1 / 3 }))('%s: the training is saved, exit code %d, and nothing is left', async (signal, code) => {
    const { child, out, ended } = await start()
    expect(profiles().some((name) => name.startsWith('sluice-chrome-'))).toBe(true)
    expect(chromes().length).toBeGreaterThan(0)
    child.kill(signal)
    // A terminal and npm may both pass it on: one and the same.
    child.kill(signal)
    expect(await ended).toEqual({ code, signal: null })
    expect(out()).toMatch(/Stopped\. Last sample:\n {2}The river/)
    expect(out()).toMatch(/Go on with:\n {2}npx sluice train --resume .*model\.safetensors --iterations 1000000\n/)
    expect(existsSync(saved())).toBe(true)
    expect(profiles()).toEqual([])
    expect(chromes()).toEqual([])
  })

  const receivers: [string, boolean][] = [
    ['npm alone', false],
    ['all that a shell started', true],
  ]
  it.each(sampled(receivers, { axes: {}, share: 1 / 2 }))('SIGTERM to %s: a last sample, and nothing is left', async (_, group) => {
    const { child, out } = await training('npm', 'start', '--')
    process.kill(group ? -child.pid! : child.pid!, 'SIGTERM')
    await until(
      () => /Stopped\. Last sample:\n {2}The river/.test(out()),
      () => `no last sample: ${out()}`,
    )
    await until(
      () => profiles().length === 0 && chromes().length === 0,
      () => `left: ${profiles().join()} ${chromes().join('\n')}`,
    )
  })

  it('SIGKILL: Chrome ends by itself, and the next command removes its profile', async () => {
    const { child, ended } = await start()
    child.kill('SIGKILL')
    await ended
    await until(
      () => chromes().length === 0,
      () => `Chrome runs on: ${chromes().join('\n')}`,
    )
    expect(profiles().length).toBeGreaterThan(0)
    sweep(folder())
    expect(profiles().filter((name) => name.startsWith('sluice-chrome-'))).toEqual([])
  })
})

it('sweeps the profiles whose process is gone, and no others', () => {
  const host = hostname()
    .replace(/[^a-z0-9]/gi, '')
    .slice(0, 24)
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const names = {
    gone: `sluice-chrome-${host}-${gone}-abc`,
    mine: `sluice-chrome-${host}-${process.pid}-abc`,
    parent: `sluice-chrome-${host}-${process.ppid}-abc`,
    elsewhere: `sluice-chrome-other-${gone}-abc`,
    foreign: 'puppeteer_dev_chrome_profile-abc',
    odd: `sluice-chrome-${host}-x`,
  }
  for (const name of Object.values(names)) {
    mkdirSync(join(folder(), name))
    writeFileSync(join(folder(), name, 'Preferences'), '{}')
  }
  sweep(folder())
  const left = Object.entries(names)
    .filter(([, name]) => existsSync(join(folder(), name)))
    .map(([which]) => which)
  // One with our own number is of an earlier process: we have made none here.
  expect(left).toEqual(['parent', 'elsewhere', 'foreign', 'odd'])
  sweep(join(folder(), 'not-there'))
})
