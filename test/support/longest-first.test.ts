import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { TestSpecification, Vitest } from 'vitest/node'
import { LongestFirst } from './longest-first'

const project = (name: string, groupOrder = 0) => ({ name, config: { sequence: { groupOrder }, isolate: true } })
const [gpu, node, demo] = [project('gpu'), project('node'), project('demo', 1)]
const spec = (of: object, name: string) => ({ project: of, moduleId: `/root/${name}` }) as unknown as TestSpecification
const files = [
  spec(node, 'test/rates.test.ts'),
  spec(gpu, 'test/run.gpu.test.ts'),
  spec(demo, 'test/demo/policy.test.ts'),
  spec(gpu, 'test/network.gpu.test.ts'),
  spec(node, 'test/launch/start.test.ts'),
  spec(demo, 'test/demo/train.test.ts'),
  spec(gpu, 'test/recompute.gpu.test.ts'),
]
const sorted = async (known: boolean) => {
  const cache = { getFileTestResults: () => (known ? { duration: 1, failed: false } : undefined), getFileStats: () => undefined }
  const order = await new LongestFirst({ cache, config: { root: '/root' } } as unknown as Vitest).sort(files)
  return order.map(({ moduleId }) => moduleId.replace('/root/test/', ''))
}

test('the longest files of each project come first, and projects stay together and in order', async () => {
  expect(await sorted(false)).toEqual([
    'network.gpu.test.ts',
    'recompute.gpu.test.ts',
    'run.gpu.test.ts',
    'launch/start.test.ts',
    'rates.test.ts',
    'demo/train.test.ts',
    'demo/policy.test.ts',
  ])
})

test('what Vitest has measured goes first', async () => {
  expect(await sorted(true)).toEqual([
    'run.gpu.test.ts',
    'network.gpu.test.ts',
    'recompute.gpu.test.ts',
    'rates.test.ts',
    'launch/start.test.ts',
    'demo/policy.test.ts',
    'demo/train.test.ts',
  ])
})

test('every one of them is there', async () => {
  const { longest } = await import('./longest-first')
  const there = readdirSync('test', { recursive: true, encoding: 'utf8' }).map((name) => `test/${name.replaceAll('\\', '/')}`)
  for (const part of longest)
    expect(
      there.some((name) => name.includes(part)),
      part,
    ).toBe(true)
})
