// src/gpu/contracts.ts is generated and committed; a shader changed without it is a defect.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contractsFile, generateContracts, joinImports, kernelFiles } from '../../shaders/plugin'

test('the committed contracts are those of the shaders as they stand', () => {
  expect(readFileSync(contractsFile, 'utf8'), 'stale: run npm run contracts').toBe(generateContracts())
})

test.each([...kernelFiles()])('%s opens with what it computes and its grid, and is short enough to read', (name, file) => {
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(/^\/\/ .+/)
  expect(text).toMatch(/Grid: /)
  expect(text.split('\n').length, `${name} has more lines than one wants to read`).toBeLessThanOrEqual(120)
})

test.each([...kernelFiles()])('%s gives the shape of every tensor it binds', (_, file) => {
  const bindings = readFileSync(file, 'utf8').split('\n').filter((line) => /var<storage.*array</.test(line))
  expect(bindings.length).toBeGreaterThan(0)
  for (const line of bindings) expect(line).toMatch(/\/\/ .*(\[|flat|every|where|in the same)/)
})

const ways = [...kernelFiles()].flatMap(([name, file]) => [false, true].map((subgroups) => [name, subgroups ? 'with' : 'without', file, subgroups] as const))

test.each(ways)('%s %s subgroups has every import joined, and none twice', (_, __, file, subgroups) => {
  const code = joinImports(file, subgroups)
  expect(code.includes('quadBroadcast') || code.includes('quadSwap')).toBe(code.startsWith('enable subgroups;'))
  expect(code).not.toMatch(/^#/m)
  const functions = [...code.matchAll(/^fn (\w+)/gm)].map((match) => match[1])
  expect(new Set(functions).size).toBe(functions.length)
})
