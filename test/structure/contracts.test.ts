// The contracts are generated and committed; a shader changed without them is a defect.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { WgslScanner } from 'wgsl_reflect/wgsl_reflect.module.js'
import { allContracts, bare, joinImports, kernelFiles } from '../../shaders/plugin'
import { contracts } from '../../src/gpu/contracts'
import { contractOf, source, writeStruct, type BindingName, type KernelName, type Overrides, type UniformField } from '../../src/gpu/kernels'
import { loadKernels } from '../../src/strategies'

beforeAll(() => loadKernels('resident-16')) // and with it the kernels of tiles

test.each(allContracts())('the committed contracts $file are those of the shaders as they stand', ({ file, text }) => {
  expect(readFileSync(file, 'utf8'), 'stale: run npm run contracts').toBe(text)
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
  const overrides: Overrides<'cell/rnn_forward_grid'> = { rely: true }
  expect(contracts).not.toHaveProperty([kernel])
  expect(contracts['optimizer/sgd'].bindings).not.toHaveProperty(binding)
  expect(contracts['optimizer/sgd'].fields).not.toHaveProperty(field)
  expect(contracts['cell/rnn_forward_grid'].overrides).not.toEqual(expect.arrayContaining(Object.keys(overrides)))
  const right: [KernelName, BindingName<'optimizer/sgd'>, UniformField<'optimizer/sgd'>, Overrides<'cell/rnn_forward_grid'>] = [
    'optimizer/sgd',
    'gradients',
    'n4',
    { relu: true },
  ]
  expect(contractOf(right[0])).toHaveProperty(['bindings', right[1]])
})

test('a field of a struct that has no value is told, and not taken for 0', () => {
  const { fields, size } = contractOf('optimizer/sgd')
  const bytes = new DataView(new ArrayBuffer(size))
  writeStruct(bytes, 0, fields, { n4: 5, stride: 64 })
  expect([bytes.getUint32(fields.n4![1], true), bytes.getUint32(fields.stride![1], true)]).toEqual([5, 64])
  expect(() => writeStruct(bytes, 0, fields, { n4: 5 })).toThrow('the field stride has no value')
})

test.each([...kernelFiles()])('%s opens with what it computes and its grid', (_, file) => {
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(/^\/\/ .+/)
  expect(text).toMatch(/Grid: /)
})

test.each([...kernelFiles()])('%s gives the shape of every tensor it binds', (_, file) => {
  const bindings = joinImports(file)
    .split('\n')
    .filter((line) => /var<storage.*array</.test(line))
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
