// `npm run plan`, and by it the plans themselves: what a training step dispatches, without a GPU.
import { describe, expect, test, vi } from 'vitest'
import { cellNames } from '../../src/cells'
import { planTable, settings } from '../../tools/plan-table'

// The plans of a software adapter go by the cores of the machine.
vi.stubGlobal('navigator', { hardwareConcurrency: 4 })

const table = (line: string) => planTable(line.split(' '))
const shape = 'hidden=64 batch=32 steps=35'

describe.each(cellNames)('a training step of %s', (cell) => {
  test.each(['per-step-16', 'fused-1', 'tile-16'])('%s', (strategy) => expect(table(`cell=${cell} strategy=${strategy} ${shape}`)).toMatchSnapshot())

  test('as SwiftShader has it', () => expect(table(`cell=${cell} adapter=swiftshader ${shape}`)).toMatchSnapshot())
})

test('other plans: a stack, both directions, gates made again, prediction and writing', () => {
  expect(table(`layers=3 strategy=fused-4 dropout=0.2 ${shape}`)).toMatchSnapshot()
  expect(table(`bidirectional=true embedding=16 recompute=7 optimizer=momentum ${shape}`)).toMatchSnapshot()
  expect(table(`of=predict ${shape}`)).toMatchSnapshot()
  expect(table('of=write hidden=64')).toMatchSnapshot()
  expect(table('of=write hidden=64 adapter=swiftshader')).toMatchSnapshot()
})

test('a row for all that are alike, or for every command', () => {
  const [title, head, ...rows] = table('cell=gru steps=5 strategy=tile-16').split('\n')
  const dispatches = Number(/: (\d+) dispatches$/.exec(title!)![1])
  expect(head).toMatch(/^ +kernel +workgroups +bytes +times$/)
  expect(rows.reduce((n, row) => n + Number(/\d+$/.exec(row)![0]), 0)).toBe(dispatches)
  expect(rows[0]).toMatch(/^layers\.0 forward s=· .*tile\/gru_forward .* 5$/)
  const every = table('cell=gru steps=5 strategy=tile-16 every=true').split('\n')
  expect(every.length).toBe(2 + dispatches)
  expect(every[3]).toMatch(/^layers\.0 forward s=\d/)
})

test.each([
  ['hiden=3', /^hiden=3 is no setting, did you mean hidden=…\? There are of=…, cell=…/],
  ['lstm', /^lstm is no setting\. There are/],
  ['cell=lst', /^cell is lst, expected rnn or/],
  ['strategy=per-step-3', /^strategy is "per-step-3"/],
  ['steps=abc', /^steps is abc, expected a number/],
  ['batch=0', /^batch is 0, expected a whole number/],
  ['hidden=2.5', /^layers\[0\]\.hidden is 2\.5/],
  ['every=yes', /^every is yes, expected true or false/],
  ['recompute=-1', /^recompute is -1, expected true or false/],
])('%s is refused', (argument, message) => expect(() => table(argument)).toThrow(message))

test('a setting is given with its value, after dashes or without', () => {
  expect(table('--cell=rnn')).toBe(table('cell=rnn'))
  expect(Object.keys(settings)).toContain('cell')
})
