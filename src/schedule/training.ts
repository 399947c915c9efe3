// A training: its tensors on the GPU beside the parameters, and its plans. The trainer runs them; the memory they take
// is predicted from them too (src/memory.ts).
import { show, SluiceError } from '../errors'
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import type { Plan } from '../gpu/plan'
import type { StrategyName } from '../gpu/strategy'
import type { Optimizer } from '../optimizer'
import type { Parameters } from '../parameters'
import { needsGroups, type Traits } from './groups'
import { Unrolled, type UnrollOptions } from './unroll'
import { addGradients, allocateOptimizer, gradientNorm, rollBack, update } from './update'

export interface TrainingBuffers {
  readonly unrolled: Unrolled
  /** What the optimizer remembers, by name. */
  readonly memory: ReadonlyMap<string, View>
  /** Copies of the parameters and of that, by name; none unless training rolls back. */
  readonly copies: ReadonlyMap<string, View>
  /** Gradients of the backward passes since the last update; null unless passes are made one by one. */
  readonly earlier: View | null
}

/** What becomes of a training step whose loss or gradient is NaN or infinite: see `TrainerOptions`. */
export type NotFinitePolicy = 'stop' | 'skip' | 'rollback'

/** @throws SluiceError `bad-value` for another word. */
export function checkNotFinite(value: unknown): void {
  if (value === undefined || value === 'stop' || value === 'skip' || value === 'rollback') return
  throw new SluiceError('bad-value', `notFinite is ${show(value)}, expected 'stop', 'skip' or 'rollback'`)
}

export interface TrainingShape extends Pick<UnrollOptions, 'steps' | 'batch' | 'recompute'> {
  readonly optimizer: Optimizer
  readonly notFinite?: NotFinitePolicy | undefined
  /** Whether forward, backward and update are programs of their own, too. Default false. */
  readonly passes?: boolean | undefined
  /** How each parameter is trained; all alike unless given. */
  readonly traits?: ReadonlyMap<string, Traits> | undefined
}

export function allocateTraining(
  gpu: Gpu,
  parameters: Parameters,
  { steps, batch, recompute, optimizer, notFinite, passes, traits: given }: TrainingShape,
): TrainingBuffers {
  // Who reads groups at all reads the weight decay there.
  const alike = { frozen: false, rate: 1, decay: optimizer.decay }
  const traits = given ?? (needsGroups(parameters.spec, undefined) ? new Map(parameters.names.map((name) => [name, alike])) : undefined)
  const memory = allocateOptimizer(gpu, optimizer.kind, parameters)
  const { size } = parameters.values
  const copied = notFinite === 'rollback' ? ['parameters', ...memory.keys()] : []
  return {
    unrolled: new Unrolled(gpu, parameters, { steps, batch, recompute, train: true, dropout: true, traits }),
    memory,
    copies: new Map(copied.map((name) => [name, { buffer: gpu.buffer(`copy of ${name}`, size), offset: 0, size }])),
    earlier: passes ? { buffer: gpu.buffer('earlier gradients', size), offset: 0, size } : null,
  }
}

/** Programs of a step, and of its passes one by one. Those that are `carried` are for a network that learns its initial states: it learns nothing of
 * them from a batch that goes on from the one before. */
export type TrainingProgram = 'fresh' | 'carry' | 'step' | 'carried step' | PassProgram
type PassProgram = 'forward' | 'loss' | 'no loss' | 'backward' | 'carried backward' | 'accumulate' | 'apply'

/** `fresh` or `carry` comes right before `step`, and clears for it. The passes, of a training that has them: `forward` is behind one of the
 * two; `loss` or `no loss` before `backward`; `accumulate` behind that, if there are earlier gradients.
 * @param strategy how recurrences are dispatched, the device's choice unless given */
export function trainingPlans(
  { unrolled, memory, copies, earlier }: TrainingBuffers,
  { optimizer, strategy }: { readonly optimizer: Optimizer; readonly strategy?: StrategyName | undefined },
): Record<'fresh' | 'carry' | 'step', Plan> & Partial<Record<'carried step' | PassProgram, Plan>> {
  const apply = (plan: Plan): void => {
    unrolled.finish(plan, gradientNorm(plan, unrolled))
    rollBack(plan, unrolled, memory, copies)
    update(plan, optimizer.kind, unrolled, memory)
  }
  const pass = (name: string, build: (plan: Plan) => void): Plan => unrolled.plan(name, build, strategy)
  const backward = (plan: Plan, carried: boolean): void => unrolled.backward(plan, { initialCame: () => carried })
  const step = (name: string, carried: boolean): Plan =>
    pass(name, (plan) => {
      unrolled.forward(plan)
      unrolled.head!.loss(plan, true)
      backward(plan, carried)
      apply(plan)
    })
  const both = unrolled.states.carries && unrolled.states.learns
  return {
    ...(earlier && {
      forward: pass('forward pass', (plan) => unrolled.forward(plan)),
      loss: pass('loss', (plan) => unrolled.head!.loss(plan, true)),
      // The gradient of the logits comes from outside, so their losses are not known.
      'no loss': pass('no loss', (plan) => plan.clear('no losses', unrolled.head!.losses)),
      backward: pass('backward pass', (plan) => backward(plan, false)),
      ...(both && { 'carried backward': pass('backward pass of a carried batch', (plan) => backward(plan, true)) }),
      accumulate: pass('gradient accumulation', (plan) => addGradients(plan, unrolled, earlier)),
      apply: pass('update', apply),
    }),
    fresh: unrolled.plan('fresh state', (plan) => {
      unrolled.clearGradients(plan)
      unrolled.states.fresh(plan)
    }),
    carry: unrolled.plan('carried state', (plan) => {
      unrolled.clearGradients(plan)
      unrolled.states.carryTrained(plan, unrolled.statistics)
    }),
    step: step('training step', false),
    ...(both && { 'carried step': step('training step of a carried batch', true) }),
  }
}

/** Forward only, from a fresh state or from the one before. */
export function predictionPlans(unrolled: Unrolled, strategy?: StrategyName): Record<'fresh' | 'carry' | 'forward', Plan> {
  return {
    fresh: unrolled.plan('fresh state', (plan) => unrolled.states.fresh(plan)),
    carry: unrolled.plan('carried state', (plan) => unrolled.states.carry(plan)),
    forward: unrolled.plan('prediction', (plan) => unrolled.forward(plan), strategy),
  }
}

/** Forward and the loss, from a fresh state or from the one before. */
export function evaluationPlans(unrolled: Unrolled, strategy?: StrategyName): Record<'fresh' | 'carry' | 'forward', Plan> {
  return {
    ...predictionPlans(unrolled, strategy),
    forward: unrolled.plan(
      'evaluation',
      (plan) => {
        unrolled.forward(plan)
        unrolled.head!.loss(plan, false)
        unrolled.finish(plan, 0)
      },
      strategy,
    ),
  }
}
