import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { explainFailure, isAtLeast, markInstalled, reasonToInstall } from '../../demo/launch/packages.mjs'
import { temporaryFolder } from './folder'

const folder = temporaryFolder()
const write = (file: string, content: unknown) => writeFileSync(join(folder(), file), JSON.stringify(content))
const lock = (version: string) => ({ packages: { '': {}, 'node_modules/a': { version } } })

it('installs when node_modules is missing', () => {
  write('package-lock.json', lock('1.0.0'))
  expect(reasonToInstall(folder())).toBe('node_modules is missing')
})

it('installs again only when the lockfile changes', () => {
  write('package-lock.json', lock('1.0.0'))
  mkdirSync(join(folder(), 'node_modules'))
  markInstalled(folder())
  expect(reasonToInstall(folder())).toBeUndefined()
  write('package-lock.json', lock('2.0.0'))
  expect(reasonToInstall(folder())).toBe('package-lock.json has changed since the last install')
})

it('believes an install by hand when it is of the same versions', () => {
  write('package-lock.json', lock('1.0.0'))
  mkdirSync(join(folder(), 'node_modules'))
  expect(reasonToInstall(folder())).toBe('node_modules is incomplete')
  write('node_modules/.package-lock.json', lock('1.0.0'))
  expect(reasonToInstall(folder())).toBeUndefined()
  write('node_modules/.package-lock.json', lock('0.9.0'))
  expect(reasonToInstall(folder())).toBe('node_modules is incomplete')
  markInstalled(folder())
  write('package-lock.json', lock('1.1.0'))
  write('node_modules/.package-lock.json', lock('1.1.0'))
  expect(reasonToInstall(folder())).toBeUndefined()
  rmSync(join(folder(), 'node_modules'), { recursive: true })
  expect(reasonToInstall(folder())).toBe('node_modules is missing')
})

it.each([
  ['npm error code EACCES', /cannot be written/],
  ['npm error code ENOTFOUND', /registry could not be reached/],
  ['npm error code ENOSPC', /disk is full/],
  ['spawn npm ENOENT', /npm was not found on PATH/],
  ['npm error something else', /npm’s output is above/],
])('explains %s', (output, message) => {
  expect(explainFailure(1, output, '/somewhere')).toMatch(message)
})

it('compares versions of Node by number', () => {
  expect(isAtLeast('20.19.0')).toBe(true)
  expect(isAtLeast('20.9.0')).toBe(false)
  expect(isAtLeast('22.0.0')).toBe(true)
  expect(isAtLeast('18.20.8')).toBe(false)
  expect(isAtLeast('20.19.0-nightly')).toBe(true)
})
