// A training: what it keeps on the GPU beside the parameters, and its plans. The trainer runs them; the memory they take
// is predicted from them too (src/memory.ts).
import type { Gpu, View } from '../gpu/device'
import type { Plan, PlanName } from '../gpu/plan'
import type { Optimizer } from '../optimizer'
import type { Parameters } from '../parameters'
import { Unrolled, type UnrollOptions } from './unroll'
import { allocateOptimizer, gradientNorm, update } from './update'

export interface Training {
  readonly unrolled: Unrolled
  /** What the optimizer remembers, by name. */
  readonly memory: ReadonlyMap<string, View>
}

export interface TrainingShape extends Pick<UnrollOptions, 'steps' | 'batch' | 'recompute'> {
  readonly optimizer: Optimizer
}

export function allocateTraining(gpu: Gpu, parameters: Parameters, { steps, batch, recompute, optimizer }: TrainingShape): Training {
  return {
    unrolled: new Unrolled(gpu, parameters, { steps, batch, recompute, train: true, dropout: true }),
    memory: allocateOptimizer(gpu, optimizer.kind, parameters),
  }
}

/** `plan`: how recurrences are dispatched, the device's choice unless given. */
export function trainingPlans({ unrolled, memory }: Training, { optimizer, plan: named }: { readonly optimizer: Optimizer; readonly plan?: PlanName | undefined }): Record<'fresh' | 'carry' | 'step', Plan> {
  return {
    fresh: unrolled.plan('fresh state', (plan) => unrolled.states.fresh(plan)),
    carry: unrolled.plan('carried state', (plan) => unrolled.states.carry(plan)),
    step: unrolled.plan('training step', (plan) => {
      unrolled.clearGradients(plan)
      unrolled.forward(plan)
      unrolled.head!.loss(plan, true)
      unrolled.backward(plan)
      unrolled.finish(plan, gradientNorm(plan, unrolled))
      update(plan, optimizer.kind, unrolled, memory)
    }, named),
  }
}

/** Forward only, from a fresh state or from the one before. */
export function predictionPlans(unrolled: Unrolled, named?: PlanName): Record<'fresh' | 'carry' | 'forward', Plan> {
  return {
    fresh: unrolled.plan('fresh state', (plan) => unrolled.states.fresh(plan)),
    carry: unrolled.plan('carried state', (plan) => unrolled.states.carry(plan)),
    forward: unrolled.plan('prediction', (plan) => unrolled.forward(plan), named),
  }
}
