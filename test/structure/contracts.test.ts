// src/gpu/contracts.ts is generated and committed; a shader changed without it is a defect.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { WgslScanner } from 'wgsl_reflect/wgsl_reflect.module.js'
import { bare, contractsFile, generateContracts, joinImports, kernelFiles } from '../../shaders/plugin'
import { contracts } from '../../src/gpu/contracts'
import { source, type BindingName, type KernelName, type Overrides, type UniformField } from '../../src/gpu/kernels'

test('the committed contracts are those of the shaders as they stand', () => {
  expect(readFileSync(contractsFile, 'utf8'), 'stale: run npm run contracts').toBe(generateContracts())
})

// The compiler is what is tested here: where it does not complain, it complains that it should have.
test('a wrong name does not compile', () => {
  // @ts-expect-error
  const kernel: KernelName = 'optimizer/sdg'
  // @ts-expect-error
  const binding: BindingName<'optimizer/sgd'> = 'gradient'
  // @ts-expect-error
  const field: UniformField<'optimizer/sgd'> = 'n'
  // @ts-expect-error
  const overrides: Overrides<'cell/rnn_forward'> = { rely: true }
  expect(contracts).not.toHaveProperty([kernel])
  expect(contracts['optimizer/sgd'].bindings).not.toHaveProperty(binding)
  expect(contracts['optimizer/sgd'].uniform.fields).not.toHaveProperty(field)
  expect(contracts['cell/rnn_forward'].overrides).not.toMatchObject(overrides)
  const right: [KernelName, BindingName<'optimizer/sgd'>, UniformField<'optimizer/sgd'>, Overrides<'cell/rnn_forward'>] = ['optimizer/sgd', 'gradients', 'n4', { relu: true }]
  expect(contracts[right[0]]).toHaveProperty(['bindings', right[1]])
})

test.each([...kernelFiles()])('%s opens with what it computes and its grid, and is short enough to read', (name, file) => {
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(/^\/\/ .+/)
  expect(text).toMatch(/Grid: /)
  expect(text.split('\n').length, `${name} has more lines than one wants to read`).toBeLessThanOrEqual(120)
})

test.each([...kernelFiles()])('%s gives the shape of every tensor it binds', (_, file) => {
  const bindings = joinImports(file).split('\n').filter((line) => /var<storage.*array</.test(line))
  expect(bindings.length).toBeGreaterThan(0)
  for (const line of bindings) expect(line).toMatch(/\/\/ .*(\[|flat|every|where|in the same)/)
})

const ways = [...kernelFiles()].flatMap(([name, file]) => [false, true].map((subgroups) => [name, subgroups ? 'with' : 'without', file, subgroups] as const))
const tokens = (code: string) => new WgslScanner(code).scanTokens().map(({ lexeme }) => lexeme)

test.each(ways)('%s %s subgroups has every import joined, and none twice', (name, _, file, subgroups) => {
  const code = joinImports(file, subgroups)
  expect(source(name as KernelName, subgroups), 'its modules make the same of it').toBe(code)
  expect(code.includes('quadBroadcast') || code.includes('quadSwap')).toBe(code.startsWith('enable subgroups;'))
  expect(code).not.toMatch(/^#/m)
  const functions = [...code.matchAll(/^fn (\w+)/gm)].map((match) => match[1])
  expect(new Set(functions).size).toBe(functions.length)
})

test.each(ways)('%s %s subgroups is built without its comments, and with all else', (_, __, file, subgroups) => {
  const code = joinImports(file, subgroups)
  expect(bare(code)).not.toMatch(/\/\/|^\s/m)
  expect(tokens(bare(code))).toEqual(tokens(code))
})
