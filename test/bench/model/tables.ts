// The model's tables: each strategy's training step on each device, and what has been published of such steps.
import type { CellName } from 'sluice'
import { catalogue } from '../compile/variants'
import before from '../results/model-before-2026-11-30.json'
import { grid, ofWork, plansOf, subjects, writingPlans } from '../paper'
import { flops, idOf, larger, titleOf, work, works, type Work } from '../../../src/measure/works'
import { devices, encodedAhead, guesses, type Device } from './devices'
import { predict, roof, type Prediction } from './predict'

/** What is predicted: the bench's shapes, and each cell by each hidden size. */
export const modelled: readonly Work[] = [...new Map([...grid, ...works, ...larger].map((one) => [idOf(one), one])).values()]

export interface Candidate extends Prediction {
  readonly plan: string
}

/** The plans of a training step, the quickest first. */
export const candidates = (device: Device, one: Work): Candidate[] => candidatesOf([device], one)[0]!

/** The same of several devices; the plans are made but once. */
export function candidatesOf(all: readonly Device[], one: Work): Candidate[][] {
  const plans = plansOf(ofWork(one), ['train'])
  return all.map((device) => plans.map(({ name, plan }) => ({ plan: name, ...predict(device, plan) })).sort((a, b) => a.seconds - b.seconds))
}

const ms = (seconds: number): string => (seconds < 0.01 ? (seconds * 1e3).toFixed(2) : seconds < 0.1 ? (seconds * 1e3).toFixed(1) : (seconds * 1e3).toFixed(0))
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '--'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** A row a work: the three quickest plans and the roof, in ms. */
function overview(all: readonly Device[]): string {
  return table(
    ['', ...all.map(({ name }) => name)],
    modelled.map((one) => [
      titleOf(one),
      ...candidatesOf(all, one).map(
        (found, i) =>
          `${found
            .slice(0, 3)
            .map(({ plan, seconds }) => `${plan} ${ms(seconds)}`)
            .join(', ')}; roof ${ms(roof(all[i]!, flops('train', one)))}`,
      ),
    ]),
  )
}

/** Every plan of one work, and what holds it up. */
function inDetail(one: Work): string {
  const reasons = ['launch', 'arithmetic', 'l1', 'l2', 'dram', 'waiting'] as const
  const rows = candidatesOf(devices, one).flatMap((found, i) =>
    found.map(({ plan, seconds, dispatches, by }) => [devices[i]!.name, plan, String(dispatches), ms(seconds), ...reasons.map((reason) => ms(by[reason]))]),
  )
  return table(['', 'plan', 'dispatches', 'ms', ...reasons], rows)
}

/** Published: microseconds a step forward and backward, where and of what. */
interface Published {
  readonly what: string
  readonly work: Work
  /** Microseconds a step, forward and backward. */
  readonly step: number
  /** What the model is asked for beside it. */
  readonly device: string
}

const lstm = (cell: CellName, B: number, T: number, H: number): Work => work({ cell, B, T, V: 64, H })
/** cuDNN in float32: the persistent algorithm for small H and the standard one (H 128, B 16, T 3854; one layer, forward 2.65 and 9.5,
 * backward 4.13 and 15.3). The others: the figures of FlashRNN's paper for H 768, B 16, T 1024 on an H100. T is shorter here, as the
 * figures are a step. */
export const published: readonly Published[] = [
  { what: 'cuDNN float32, persistent, small H', work: lstm('lstm', 16, 128, 128), step: 6.8, device: 'NVIDIA RTX 4070' },
  { what: 'cuDNN float32, standard', work: lstm('lstm', 16, 128, 128), step: 24.8, device: 'NVIDIA RTX 4070' },
  { what: 'cuDNN bf16', work: lstm('lstm', 16, 128, 768), step: 5.07, device: 'NVIDIA H100 SXM' },
  { what: 'FlashRNN fused bf16', work: lstm('lstm', 16, 128, 768), step: 13.3, device: 'NVIDIA H100 SXM' },
  { what: 'Haste float32', work: lstm('lstm', 16, 128, 768), step: 42.8, device: 'NVIDIA H100 SXM' },
  { what: 'PyTorch, operation by operation', work: lstm('lstm', 16, 128, 768), step: 473, device: 'NVIDIA H100 SXM' },
]

function beside(dispatch: number | null): string {
  return table(
    ['published', 'setting', 'µs a step, forward and backward', 'model', 'predicted for our best plan', 'µs a step'],
    published.map(({ what, work, step, device }) => {
      const on = devices.find(({ name }) => name === device)!
      const [best] = candidates(dispatch === null ? on : { ...on, dispatch }, work)
      return [what, `LSTM H${work.H} B${work.B}`, String(step), device, best!.plan, ((best!.seconds / work.T) * 1e6).toFixed(1)]
    }),
  )
}

/** What the plan split-4 was predicted to take before there were kernels made for GPUs, and what the best plan now is. */
function beforeTable(all: readonly Device[], how: 'published' | 'ahead'): string {
  return table(
    ['', ...all.map(({ name }) => name)],
    grid
      .filter((one) => idOf(one) in before.ms)
      .map((one) => [
        titleOf(one),
        ...candidatesOf(all, one).map(([best], i) => `${ms(before.ms[idOf(one) as keyof typeof before.ms][how][i]! / 1e3)} → ${ms(best!.seconds)}`),
      ]),
  )
}

const written: readonly Work[] = (
  [
    ['lstm', 64],
    ['lstm', 128],
    ['lstm', 256],
    ['lstm', 512],
    ['gru', 128],
    ['gru', 256],
    ['gru-reset-after', 256],
    ['mgu', 256],
    ['rnn', 256],
    ['rnn', 512],
  ] as const
)
  .map(([cell, H]) => work({ cell, B: 1, T: 256, V: 64, H }))
  .concat([2, 3, 4].map((layers) => work({ cell: 'lstm', B: 1, T: 256, V: 64, H: 128, layers })))

/** Microseconds a character by either way, and which is taken. */
function writingTable(all: readonly Device[]): string {
  return table(
    ['', 'taken', ...all.map(({ name }) => name)],
    written.map((one) => {
      const ways = writingPlans(ofWork(one))
      const [taken] = plansOf(ofWork(one, { trains: false, writes: true }), ['write'])
      const times = all.map((device) => ways.map(({ plan, characters }) => ((predict(device, plan).seconds / characters) * 1e6).toFixed(1)))
      return [
        titleOf(one),
        taken!.plan.dispatches < 64 ? 'one workgroup' : 'dispatches',
        ...times.map((way) => (ways.length === 2 ? way.join(' · ') : `– · ${way[0]}`)),
      ]
    }),
  )
}

const withDispatch = (dispatch: number): Device[] => devices.map((device) => ({ ...device, dispatch }))

/** docs/model.md. */
export function page(): string {
  const us = (seconds: number) => Number((seconds * 1e6).toPrecision(3))
  const data = table(
    ['', 'cores', 'TFLOP/s', 'DRAM GB/s', 'L2 GB/s', 'L2 MB', 'L1 bytes/cycle/core', 'L2 bytes/cycle/core', 'L2 latency ns', 'dispatch µs'],
    devices.map((d) =>
      [
        d.name,
        d.cores,
        ((d.cores * d.lanes * 2 * d.clock) / 1e12).toFixed(1),
        d.dram / 1e9,
        d.l2 / 1e9,
        d.cached / 1e6,
        d.l1PerCycle,
        d.l2PerCycle,
        us(d.l2Latency) * 1e3,
        us(d.dispatch),
      ].map(String),
    ),
  )
  return `# What a training step should take on GPUs

\`npm run bench:model\` writes this page. Nothing here was measured: a model reads each plan that hardware can be offered, command by command, and reckons how long each dispatch takes. It counts arithmetic, and bytes by level of memory, from grids, uniforms and constants (test/bench/model/account.ts); a dispatch takes its launch and the longest of arithmetic, first-level cache, L2, DRAM, and loads and barriers that wait for each other (predict.ts). It does not know of spills and scratch memory: docs/compile.md tells of those. It is there to order the plans, and to be held against the first figure of a real GPU.

Data sheets and published measurements:

${data}

${devices.map(({ name, sources }) => `- **${name}.** ${sources}`).join('\n')}
- **A dependent dispatch.** 24 to 36 µs through Vulkan, 32 to 71 through Metal ([arXiv 2604.02344](https://arxiv.org/abs/2604.02344)), the least of each; 17 µs derived from Chrome on an M2 Pro. They are whole dispatches through a browser's validation, where the CPU is not ahead of the GPU; what one costs that was encoded in good time is a guess.

Guessed: ${Math.round(guesses.issue * 100)} % of multiply-adds issue, ${guesses.underWay} rounds of loads are under way at a time, and a first-level cache answers ${guesses.scattered} times as many requests where neighbours load from far apart.

Each work has the three best plans, in milliseconds, and the roof: all lanes at work and nothing else. Kernels and plans ${catalogue(subjects).digest}.

## With dispatches as dear as published (${us(devices[0]!.dispatch)} µs; Apple ${us(devices[1]!.dispatch)})

${overview(devices)}

## With dispatches that were encoded ahead (${us(encodedAhead)} µs, a guess)

${overview(withDispatch(encodedAhead))}

## Before and now: ms a training step

Before: the plan split-4 of the kernels that were made for software adapters (test/bench/results/model-before-2026-11-30.json), as if they did not spill, which on Intel and Apple they did. Now: the best plan.

With dispatches as dear as published:

${beforeTable(devices, 'published')}

With dispatches that were encoded ahead:

${beforeTable(withDispatch(encodedAhead), 'ahead')}

## Beside published figures

Dispatches as dear as published:

${beside(null)}

Dispatches that were encoded ahead:

${beside(encodedAhead)}

cuDNN's figures in float32 were published without the GPU's name, so the device beside them is only one of its kind.

## Writing: µs a character, by one workgroup · by dispatches for every character

With dispatches as dear as published:

${writingTable(devices)}

With dispatches that were encoded ahead:

${writingTable(withDispatch(encodedAhead))}

## What holds each plan up: ms by reason, ${titleOf(work({ cell: 'lstm', B: 32, T: 35, V: 28, H: 256 }))}

${inDetail(work({ cell: 'lstm', B: 32, T: 35, V: 28, H: 256 }))}
`
}
