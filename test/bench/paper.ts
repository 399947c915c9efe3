// Every plan that hardware can be offered for a work, made on paper: the engine's own code records the commands, on a device
// that allocates nothing. What is compiled without a GPU, and what the cost model counts, is read from them.
import { DryRun } from '../../src/gpu/dry-run'
import type { Plan } from '../../src/gpu/plan'
import type { StrategyName } from '../../src/gpu/strategy'
import { adam, momentum, rmsprop, sgd, type Optimizer } from '../../src/optimizer'
import { Parameters } from '../../src/parameters'
import { allocateTraining, predictionPlans, trainingPlans } from '../../src/schedule/training'
import { Unrolled } from '../../src/schedule/unroll'
import { workgroup } from '../../src/schedule/workgroup'
import { sampleSteps, samplingSteps } from '../../src/schedule/sampling'
import type { NetworkSpec } from '../../src/spec'
import { cellNames } from '../../src/cells'
import { idOf, larger, specOf, work, works, writing, type Work } from '../../src/measure/works'

/** What plans are made for. */
export interface Subject {
  readonly id: string
  readonly spec: NetworkSpec
  readonly T: number
  readonly B: number
  readonly optimizer: Optimizer
  readonly recompute?: boolean
  /** Whether it trains and predicts. */
  readonly trains: boolean
  /** Whether it writes, which it does by a single row. */
  readonly writes: boolean
}

const kinds = ['train', 'predict', 'write'] as const
export type PlanKind = (typeof kinds)[number]

export interface PaperPlan {
  readonly subject: Subject
  readonly kind: PlanKind
  readonly name: StrategyName
  readonly plan: Plan
}

export const hidden = [64, 128, 256, 512, 1024]

/** Each cell by each hidden size, as in Dive into Deep Learning. */
export const grid: readonly Work[] = cellNames.flatMap((cell) => hidden.map((H) => work({ cell, B: 32, T: 35, V: 28, H })))

export const ofWork = (one: Work, more: Partial<Subject> = {}): Subject => ({
  id: idOf(one),
  spec: specOf(one),
  T: one.T,
  B: one.B,
  optimizer: adam(),
  trains: true,
  writes: false,
  ...more,
})

/** What no work has and hardware can be asked for all the same: peepholes, dropout, features, a head at the end, numbers, recompute,
 * a learned state, the other optimizers. */
const others: readonly Subject[] = (
  [
    [
      'lstm-peepholes-learned',
      { input: { ids: 28, embedding: 64 }, layers: [{ cell: 'lstm', hidden: 256, peepholes: true, learnInitial: true }], head: { classes: 28 } },
      momentum({ rate: 1 }),
    ],
    [
      'lstm-2x-dropout',
      {
        input: { ids: 65 },
        layers: [
          { cell: 'lstm', hidden: 256 },
          { cell: 'lstm', hidden: 256 },
        ],
        dropout: 0.2,
        head: { classes: 65 },
      },
      rmsprop(),
    ],
    [
      'gru-features-last',
      {
        input: { features: 40 },
        layers: [
          { cell: 'gru', hidden: 256 },
          { cell: 'gru', hidden: 256 },
        ],
        head: { classes: 10, at: 'last' },
      },
      sgd({ rate: 1 }),
    ],
    [
      'bi-gru-reset-after-numbers',
      { input: { features: 40 }, layers: [{ cell: 'gru-reset-after', hidden: 256, bidirectional: true }], head: { numbers: 8 } },
      adam(),
    ],
  ] satisfies [string, NetworkSpec, Optimizer][]
).map(([id, spec, optimizer]) => ({ id, spec, T: 35, B: 32, optimizer, recompute: id.includes('bi-'), trains: true, writes: false }))

export const subjects: readonly Subject[] = [
  ...grid.map((one) => ofWork(one, { writes: true })),
  ...[...works, ...larger].filter((one) => !grid.some((other) => idOf(other) === idOf(one))).map((one) => ofWork(one)),
  ...writing.map((one) => ofWork(one, { trains: false, writes: true })),
  ...others,
]

/** The two ways in which a GPU writes: by one workgroup, null where it is too large for that, and by dispatches for every character;
 * and how many characters a submit has. */
export function writingPlans({ spec }: Subject): { plan: Plan; characters: number; alone: boolean }[] {
  return [1e15, 1]
    .flatMap((groupRate) => {
      const ledger = new DryRun(undefined, true)
      const tuning = { ...ledger.tuning, groupRate }
      Object.defineProperty(ledger, 'tuning', { value: tuning })
      const characters = samplingSteps(tuning, spec)
      const unrolled = new Unrolled(ledger, new Parameters(ledger, spec), { steps: characters, batch: 1, train: false })
      const sampling = { buffer: ledger.buffer('sampling', 256), offset: 0, size: 256 }
      const plan = unrolled.plan('writing', (plan) => {
        sampleSteps(plan, unrolled, sampling)
      })
      return [{ plan, characters, alone: plan.dispatches < characters }]
    })
    .filter(({ alone }, i, all) => i > 0 || alone !== all[1]!.alone)
}

/** The plans of a subject, as hardware would be offered them; of all kinds unless told which. */
export function plansOf(subject: Subject, wanted: readonly PlanKind[] = kinds): PaperPlan[] {
  const { spec, T: steps, B: batch, optimizer, recompute } = subject
  const ledger = new DryRun(undefined, true)
  const parameters = new Parameters(ledger, spec)
  const plans: PaperPlan[] = []
  const add = (kind: PlanKind, name: StrategyName, plan: Plan) => plans.push({ subject, kind, name, plan })
  const makes = (kind: PlanKind) => wanted.includes(kind) && (kind === 'write' ? subject.writes : subject.trains)
  const offered = workgroup.strategiesFor({
    batch,
    cores: ledger.tuning.cores,
    layers: new Unrolled(ledger, parameters, { steps, batch, train: false }).layers,
  })
  if (makes('train')) {
    const training = allocateTraining(ledger, parameters, { steps, batch, recompute, optimizer })
    for (const name of offered) add('train', name, trainingPlans(training, { optimizer, strategy: name }).step)
  }
  if (makes('predict')) {
    const predicting = new Unrolled(ledger, parameters, { steps, batch, train: false })
    for (const name of offered) add('predict', name, predictionPlans(predicting, name).forward)
  }
  if (makes('write')) {
    const unrolled = new Unrolled(ledger, parameters, { steps: samplingSteps(ledger.tuning, spec), batch: 1, train: false })
    const sampling = { buffer: ledger.buffer('sampling', 256), offset: 0, size: 256 }
    add(
      'write',
      ledger.tuning.strategy.name,
      unrolled.plan('writing', (plan) => {
        sampleSteps(plan, unrolled, sampling)
      }),
    )
  }
  return plans
}
