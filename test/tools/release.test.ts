// The release script, in a temporary Git repository.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cutChangelog, isBefore, parseRelease, release } from '../../tools/release.mjs'

const changelog = '# Changelog\n\n## Unreleased\n\n### Added\n\n- A thing.\n\n## 0.1.0 - 2026-01-01\n\n- The first.\n'
const manifest = '{\n  "name": "thing",\n  "version": "0.1.0",\n  "dependencies": {\n    "other": "0.1.0"\n  }\n}\n'
const lock = `${JSON.stringify({ name: 'thing', version: '0.1.0', lockfileVersion: 3, packages: { '': { name: 'thing', version: '0.1.0' }, 'node_modules/other': { version: '0.1.0' } } }, null, 2)}\n`

let root: string
let said: string[]
const git = (...command: string[]) => execFileSync('git', command, { cwd: root, encoding: 'utf8' }).trim()
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const run = (args: string[], runTests: () => boolean = () => true) => release(args, { root, say: (line) => said.push(line), today: '2026-02-03', runTests })

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-release-'))
  said = []
  git('init', '--quiet')
  for (const [name, value] of [
    ['user.name', 'Tester'],
    ['user.email', 'tester@example.org'],
    ['commit.gpgsign', 'false'],
    ['tag.gpgsign', 'false'],
  ])
    git('config', name!, value!)
  for (const [name, text] of Object.entries({ 'CHANGELOG.md': changelog, 'package.json': manifest, 'package-lock.json': lock }))
    writeFileSync(join(root, name), text)
  git('add', '.')
  git('commit', '--quiet', '--message', 'Begin')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('a release cuts the changelog, sets the version, commits and tags', () => {
  run(['0.2.0'])
  expect(read('CHANGELOG.md')).toBe(
    '# Changelog\n\n## Unreleased\n\n## 0.2.0 - 2026-02-03\n\n### Added\n\n- A thing.\n\n## 0.1.0 - 2026-01-01\n\n- The first.\n',
  )
  expect(read('package.json')).toBe(manifest.replace('"version": "0.1.0"', '"version": "0.2.0"'))
  const after = JSON.parse(read('package-lock.json'))
  expect([after.version, after.packages[''].version, after.packages['node_modules/other'].version]).toEqual(['0.2.0', '0.2.0', '0.1.0'])
  expect(git('status', '--porcelain')).toBe('')
  expect(git('log', '-1', '--format=%s')).toBe('Release 0.2.0')
  expect(git('cat-file', '-t', 'v0.2.0')).toBe('tag')
  expect(git('rev-parse', 'v0.2.0^{commit}')).toBe(git('rev-parse', 'HEAD'))
  expect(said.join()).toContain('v0.2.0')
})

const untouched = () => {
  expect([read('CHANGELOG.md'), read('package.json'), read('package-lock.json')]).toEqual([changelog, manifest, lock])
  expect(git('tag')).toBe('')
  expect(git('rev-list', '--count', 'HEAD')).toBe('1')
}

describe('nothing is changed', () => {
  test('by a dry run, which says what would be done and runs no test', () => {
    run(['0.2.0', '--dry-run'], () => {
      throw new Error('no test should run')
    })
    expect(said.join()).toMatch(/Would run npm run test:all, set 0\.2\.0 in .*CHANGELOG\.md.*tag v0\.2\.0/)
    untouched()
  })

  test('where the tests fail', () => {
    expect(() => run(['0.2.0'], () => false)).toThrow(/tests failed/)
    untouched()
  })

  test('where the tree is not clean', () => {
    writeFileSync(join(root, 'new.txt'), '')
    expect(() => run(['0.2.0', '--no-test'])).toThrow(/not clean[^]*new\.txt/)
    untouched()
  })

  test('by a version that is not one, or is too early', () => {
    for (const version of ['0.0.9', 'v0.2.0', '0.2', '0.1.0-rc.1'])
      expect(() => run([version])).toThrow(version.startsWith('0.0') || version.includes('rc') ? /later/ : /expected one such as/)
    untouched()
  })

  test('where Git refuses the commit', () => {
    git('config', 'user.useConfigOnly', 'true')
    writeFileSync(join(root, '.git/hooks/pre-commit'), '#!/bin/sh\necho no >&2\nexit 1\n', { mode: 0o755 })
    expect(() => run(['0.2.0', '--no-test'])).toThrow(/Git refused/)
    untouched()
  })
})

test('a tag that is there already is refused; --no-test runs none', () => {
  run(['0.2.0', '--no-test'], () => {
    throw new Error('no test should run')
  })
  expect(() => run(['0.2.0', '--no-test'])).toThrow(/v0\.2\.0 exists/)
})

test('arguments, versions in order, changelogs that cannot be cut', () => {
  expect(parseRelease(['1.0.0', '--no-test'])).toEqual({ version: '1.0.0', dryRun: false, test: false })
  expect(() => parseRelease(['1.0.0', '--dry'])).toThrow(/--dry is not an option/)
  expect(() => parseRelease([])).toThrow(/one version/)
  const order = ['0.9.9', '0.10.0', '1.0.0-rc.2', '1.0.0-rc.10', '1.0.0']
  for (let i = 1; i < order.length; i++) {
    expect(isBefore(order[i - 1]!, order[i]!)).toBe(true)
    expect(isBefore(order[i]!, order[i - 1]!)).toBe(false)
  }
  expect(isBefore('1.0.0', '1.0.0')).toBe(false)
  expect(() => cutChangelog('# Changelog\n', '1.0.0', 'today')).toThrow(/no heading/)
  expect(() => cutChangelog('# Changelog\n\n## Unreleased\n\n### Added\n\n## 0.1.0\n\n- x\n', '1.0.0', 'today')).toThrow(/nothing under/)
  expect(cutChangelog('## Unreleased\n\n- x\n', '1.0.0', '2026-01-01')).toBe('## Unreleased\n\n## 1.0.0 - 2026-01-01\n\n- x\n')
})
