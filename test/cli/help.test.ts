// The command line before anything runs: help, and what it does not understand.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../cli/commands/index.mjs'
import { settings } from '../../cli/train-options.mjs'
import { bar } from '../../cli/terminal-view.mjs'
import { projectRoot } from '../../demo/launch/ensure.mjs'
import { defaults } from '../../demo/shared/train/settings'

const sluice = (...args: string[]) => spawnSync(process.execPath, [join(projectRoot, 'cli/main.mjs'), ...args], { encoding: 'utf8' })

test('the top help fits a terminal of 24 lines and 80 columns, and has every command', () => {
  const { stdout, status } = sluice('--help')
  const lines = stdout.trimEnd().split('\n')
  expect(status).toBe(0)
  expect(lines.length).toBeLessThan(24)
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80)
  for (const name of Object.keys(commands)) expect(stdout).toContain(`sluice ${name}`)
})

test('the help of each command fits 80 columns, and has its options', () => {
  const { stdout } = sluice('train', '--help')
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  for (const name of [...Object.keys(settings), 'json', 'resume']) expect(stdout).toContain(`--${name}`)
  for (const { options, about, usage } of Object.values(commands)) {
    expect(`  sluice ${usage.padEnd(30)} ${about}`.length, usage).toBeLessThanOrEqual(80)
    for (const [name, { about, argument = '' }] of Object.entries(options))
      expect(`  ${`--${name} ${argument}`.padEnd(20)} ${about}`.length, about).toBeLessThanOrEqual(80)
  }
})

test('help COMMAND is COMMAND --help', () => {
  for (const [word, help] of [
    [
      ['help', 'verify'],
      ['verify', '--help'],
    ],
    [['help'], ['--help']],
  ] as const)
    expect(sluice(...word).stdout).toBe(sluice(...help).stdout)
  expect(sluice('help', 'verfiy').stderr).toMatch(/"verfiy" is not a command\. Did you mean verify\?/)
})

test('the help names the defaults that the page has too', () => {
  for (const name of ['hidden', 'layers', 'steps', 'batch', 'iterations', 'rate', 'seed', 'temperature'] as const)
    expect(settings[name].about, name).toContain(`${defaults[name]})`)
  expect(settings.schedule.about).toContain(`${defaults.schedule} (default)`)
})

const refused: [string[], RegExp][] = [
  [['trian'], /^"trian" is not a command\. Did you mean train\? sluice --help lists the commands\.$/],
  [['train', '--hiden', '5'], /^--hiden is not an option\. Did you mean --hidden\? sluice train --help lists the options\.$/],
  [['train', 'a.txt', 'b.txt'], /^"b\.txt" was not understood\./],
  [['generate'], /^generate needs a model: sluice generate my\.safetensors$/],
  [['info', '--runtime', 'firefox', 'x'], /^--runtime is "firefox", expected one of chrome, dawn\.$/],
]
test.each(refused)('%j is not understood: one sentence, and exit code 2', (args, message) => {
  const { stderr, stdout, status } = sluice(...args)
  expect(stderr.trim()).toMatch(message)
  expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
})

test('with --json an error is an object too', () => {
  const { stdout, status } = sluice('generate', 'nothing.safetensors', '--json')
  expect(JSON.parse(stdout)).toEqual({ kind: 'error', message: '"nothing.safetensors" could not be read: it does not exist; check the path.' })
  expect(status).toBe(1)
})

test('a training goes on with its own text, and not with the built-in one in its place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
  const file = join(folder, 'mine.safetensors')
  const training = JSON.stringify({ loop: { options: { batch: 16, steps: 24, characters: 18_000 } } })
  const header = Buffer.from(JSON.stringify({ __metadata__: { model: 'TextModel', training } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  writeFileSync(file, Buffer.concat([length, header]))
  const { stderr, status } = sluice('train', '--resume', file)
  rmSync(folder, { recursive: true })
  expect(stderr).toContain('was trained on 18,000 characters, and the built-in english text has')
  expect(stderr).toContain(`sluice train TEXT --resume ${file}`)
  expect(status).toBe(1)
})

test('it tells its version', () => {
  expect(execFileSync(process.execPath, [join(projectRoot, 'cli/main.mjs'), '--version'], { encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('a bar has as many columns whatever is done', () => {
  expect([0, 0.5, 1, 2].map((share) => bar(share, 4))).toEqual(['░░░░', '██░░', '████', '████'])
  for (let i = 0; i <= 100; i++) expect([...bar(i / 100)]).toHaveLength(12)
})
