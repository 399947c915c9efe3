// What a plan dispatches, as a table: the engine's own code records the commands on a device that is not there.
import { cellNames } from '../src/cells'
import { checkSpec } from '../src/check-spec'
import { checkCount, SluiceError } from '../src/errors'
import { amount } from '../src/gpu/allocator'
import { Gpu } from '../src/gpu/device'
import { DryRun } from '../src/gpu/dry-run'
import type { Command, Plan } from '../src/gpu/plan'
import { checkStrategy, type StrategyName } from '../src/gpu/strategy'
import { closestName } from '../src/spelling'
import { adam, momentum, rmsprop, sgd } from '../src/optimizer'
import { Parameters } from '../src/parameters'
import { allocateTraining, predictionPlans, trainingPlans } from '../src/schedule/training'
import { Unrolled } from '../src/schedule/unroll'
import { sampleSteps, samplingSteps } from '../src/schedule/sampling'
import { loadKernels } from '../src/strategies'
import type { NetworkSpec } from '../src/spec'

await loadKernels('resident-16') // and with it all kernels that come in chunks of their own

/** What can be said of a plan, what it is unless said, and what it means. */
export const settings = {
  of: ['train', 'train, predict or write (at batch 1)'],
  cell: ['lstm', cellNames.join(', ')],
  hidden: ['256', 'units of a layer'],
  layers: ['1', 'recurrent layers, all alike'],
  bidirectional: ['false', 'true: each layer runs in both directions'],
  batch: ['32', 'B, rows of a batch'],
  steps: ['35', 'T, steps of a batch'],
  ids: ['28', 'V, characters that are read and told apart'],
  embedding: ['0', 'numbers that stand for a character; 0: one-hot'],
  dropout: ['0', 'share of the outputs that is dropped between layers'],
  optimizer: ['adam', 'adam, sgd, momentum or rmsprop'],
  recompute: ['false', 'true, or of how many steps the gates are kept at a time'],
  strategy: ['', 'a name such as per-step-16; the choice of the adapter unless given'],
  adapter: ['hardware', 'hardware or swiftshader'],
  every: ['false', 'true: a row for every command, not one for all that are alike'],
} as const
type Setting = keyof typeof settings

const optimizers = { adam: adam(), sgd: sgd({ rate: 1 }), momentum: momentum({ rate: 1 }), rmsprop: rmsprop() }

/** The table for arguments such as `cell=gru`.
 * @throws SluiceError `bad-value` for what cannot be understood, and what a network of such sizes throws. */
export function planTable(args: readonly string[]): string {
  const given = read(args)
  const one = <Name extends string>(setting: Setting, names: readonly Name[]): Name => {
    const name = names.find((name) => name === given[setting])
    if (name === undefined) throw new SluiceError('bad-value', `${setting} is ${given[setting]}, expected ${names.join(' or ')}`)
    return name
  }
  const flag = (setting: Setting) => one(setting, ['true', 'false']) === 'true'
  const of = one('of', ['train', 'predict', 'write'])
  const cell = one('cell', cellNames)
  const optimizer = optimizers[one('optimizer', ['adam', 'sgd', 'momentum', 'rmsprop'])]
  const [hidden, layers, batch, steps, ids, embedding, dropout] = (['hidden', 'layers', 'batch', 'steps', 'ids', 'embedding', 'dropout'] as const).map((name) =>
    number(name, given[name]),
  ) as [number, number, number, number, number, number, number]
  for (const [name, value] of Object.entries({ layers, batch, steps })) checkCount(name, value)
  const recompute = /^\d+$/.test(given.recompute) ? Number(given.recompute) : flag('recompute')
  if (given.strategy !== '') checkStrategy(given.strategy)
  const strategy = given.strategy === '' ? undefined : (given.strategy as StrategyName)
  const spec: NetworkSpec = checkSpec({
    input: { ids, ...(embedding > 0 && { embedding }) },
    dropout,
    layers: Array.from({ length: layers }, () => ({ cell, hidden, bidirectional: flag('bidirectional') })),
    head: { classes: ids },
  })
  const ledger = new DryRun(one('adapter', ['hardware', 'swiftshader']) === 'swiftshader' ? swiftShader() : undefined, true)
  const parameters = new Parameters(ledger, spec)
  const all = flag('every')
  if (of === 'train')
    return table(trainingPlans(allocateTraining(ledger, parameters, { steps, batch, recompute, optimizer }), { optimizer, strategy }).step, all)
  if (of === 'predict') return table(predictionPlans(new Unrolled(ledger, parameters, { steps, batch, train: false }), strategy).forward, all)
  const unrolled = new Unrolled(ledger, parameters, { steps: samplingSteps(ledger.tuning, spec), batch: 1, train: false })
  const sampling = { buffer: ledger.buffer('sampling', 256), offset: 0, size: 256 }
  return table(
    unrolled.plan('writing', (to) => void sampleSteps(to, unrolled, sampling), strategy),
    all,
  )
}

/** A SwiftShader that is not there, with WebGPU's default limits. */
function swiftShader(): Gpu {
  const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27 }
  return new Gpu({ limits, features: new Set(), lost: new Promise(() => {}) } as unknown as GPUDevice, 'SwiftShader', true)
}

function read(args: readonly string[]): Record<Setting, string> {
  const given = Object.fromEntries(Object.entries(settings).map(([name, [value]]) => [name, value])) as Record<Setting, string>
  for (const arg of args) {
    const [, name = arg, value] = /^(?:--)?([^=]*)=(.*)$/s.exec(arg) ?? []
    if (!(name in settings) || value === undefined) {
      const near = closestName(name.replace(/^--/, ''), Object.keys(settings))
      throw new SluiceError(
        'bad-value',
        `${arg} is no setting${near ? `, did you mean ${near}=…?` : '.'} There are ${Object.keys(settings)
          .map((name) => `${name}=…`)
          .join(', ')}.`,
      )
    }
    given[name as Setting] = value
  }
  return given
}

function number(name: string, text: string): number {
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new SluiceError('bad-value', `${name} is ${text}, expected a number`)
  return Number(text)
}

/** The numbers in a label that tell steps, segments and slices apart. */
const ordinals = /(?<=\bs=|…|\bdh)\d+|\d+(?= of \d)/g

/** Commands that differ in nothing but such a number are one row, where the first of them is. */
function table(plan: Plan, all: boolean): string {
  const rows = new Map<string, { cells: string[]; times: number }>()
  plan.commands.forEach((command, i) => {
    const cells = [all ? command.label : command.label.replace(ordinals, '·'), ...described(command)]
    const key = all ? String(i) : JSON.stringify(cells)
    const row = rows.get(key) ?? { cells, times: 0 }
    rows.set(key, row)
    row.times++
  })
  const lines = [['', 'kernel', 'workgroups', 'bytes', 'times'], ...[...rows.values()].map(({ cells, times }) => [...cells, String(times)])]
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)))
  const text = lines.map((line) =>
    line
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd(),
  )
  return [`${plan.name}, ${plan.tuning.strategy.name}: ${plan.dispatches} dispatches`, ...text].join('\n')
}

/** Kernel or kind, workgroups, and the bytes that it may touch: those of all its bindings. */
function described(command: Command): [string, string, string] {
  if (command.kind === 'copy') return ['copy', '', amount(command.from.size)]
  if (command.kind === 'clear') return ['clear', '', amount(command.view.size)]
  const bound = new Map(Object.values(command.bindings).map((view) => [`${view.buffer.label} ${view.offset} ${view.size}`, view.size]))
  return [command.kernel, command.workgroups.join('×'), amount([...bound.values()].reduce((a, b) => a + b, 0))]
}
