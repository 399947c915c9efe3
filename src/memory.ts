// How much memory a network takes on the GPU, known before any of it is allocated: the code that allocates runs on a device that only
// writes down sizes.
import { checkSpec } from './check-spec'
import { checkCount, checkFlag, checkOptions, SluiceError, type Known } from './errors'
import { checkDevice } from './gpu/adopt'
import type { Gpu } from './gpu/device'
import { uniformBytes } from './gpu/engine'
import { DryRun } from './gpu/dry-run'
import { checkStrategy, type StrategyName } from './gpu/strategy'
import { stagingSize } from './gpu/readback'
import { checkOptimizer, type Optimizer } from './optimizer'
import { checkGroups, type ParameterGroup } from './parameter-groups'
import { Parameters } from './parameters'
import { allocateTraining, checkNotFinite, predictionPlans, trainingPlans, type NotFinitePolicy } from './schedule/training'
import { Unrolled } from './schedule/unroll'
import type { NetworkSpec } from './spec'

/** The training to compute the memory of. */
export interface MemoryOptions {
  /** T, steps, and B, rows of a batch. */
  readonly steps: number
  readonly batch: number
  /** Of a training with this optimizer; of a `Predictor` unless given. */
  readonly optimizer?: Optimizer
  /** Of a training that computes the gates again in backward: see `TrainerOptions`. Default false. */
  readonly recompute?: boolean | number | undefined
  /** Of a training that keeps copies to roll back to ('rollback'): see `TrainerOptions`. Default 'stop'. */
  readonly notFinite?: NotFinitePolicy | undefined
  /** Of a training whose passes are made one by one: see `TrainerOptions`. Default false. */
  readonly passes?: boolean | undefined
  /** Of a training with parameter groups: see `TrainerOptions`. Default none. */
  readonly groups?: readonly ParameterGroup[] | undefined
  /** How recurrences are dispatched; the device's choice unless given. Kernels of software adapters (`tile-16`, `resident-16` and so on)
   * must be loaded, as `openDevice` does on such an adapter. */
  readonly strategy?: StrategyName
  /** The GPU that it would be on: its limits and its plans. Any hardware with WebGPU's default limits unless given. */
  readonly device?: Gpu
}

const names = {
  steps: true,
  batch: true,
  optimizer: true,
  recompute: true,
  notFinite: true,
  passes: true,
  groups: true,
  strategy: true,
  device: true,
} satisfies Known<MemoryOptions>

/** Bytes on the GPU, by what they are for. Each is what WebGPU is asked for; what a driver adds is its own affair. */
export interface Memory {
  readonly parameters: number
  readonly gradients: number
  /** What the optimizer remembers; and, of a training that rolls back, the copies of that and of the parameters; and gradients that are
   * accumulated. */
  readonly optimizer: number
  /** Gates, states and what else forward saves for backward, outputs of the head, and gradients of all these. */
  readonly activations: number
  /** Ids, targets, lengths: what is sent for a step. */
  readonly batch: number
  /** Uniforms of the dispatches: sizes and offsets. */
  readonly uniforms: number
  /** Staging buffers of readback: for one step under way, and as much again for each further one. */
  readonly staging: number
  readonly total: number
  /** The largest buffer that kernels use as a whole, which a device may refuse however much memory it has. */
  readonly largest: { readonly label: string; readonly bytes: number }
}

/** The memory that `Network.create` and then `Trainer.create` and its steps, or `Predictor.create` and its batches, take on
 * the GPU. Nothing is allocated, no GPU is needed, and it takes as long for a million steps as for one.
 * @throws SluiceError `bad-value`, also for a strategy whose kernels are not loaded. */
export function memoryOf(description: NetworkSpec, options: MemoryOptions): Memory {
  const spec = checkSpec(description)
  const {
    steps,
    batch,
    recompute,
    optimizer: wanted,
    notFinite,
    passes,
    groups,
    device,
    strategy,
  } = checkOptions('options', options, '{ steps: 35, batch: 32, optimizer: adam() }', names)
  checkCount('steps', steps)
  checkCount('batch', batch)
  const optimizer = wanted === undefined ? undefined : checkOptimizer(wanted)
  checkNotFinite(notFinite)
  checkFlag('passes', passes)
  if (groups !== undefined && !optimizer)
    throw new SluiceError('bad-value', 'groups has no effect without an optimizer: a Predictor trains nothing. Leave it out')
  const traits = optimizer && checkGroups(spec, groups, optimizer)
  if (!spec.head) throw new SluiceError('bad-value', 'this network has no head, so there is neither a loss to train on nor anything to predict. Give it one.')
  checkDevice(device)
  checkStrategy(strategy)
  const dryRun = new DryRun(device)
  const parameters = new Parameters(dryRun, spec)
  const training = optimizer && allocateTraining(dryRun, parameters, { steps, batch, recompute, optimizer, notFinite, passes, traits })
  const unrolled = training?.unrolled ?? new Unrolled(dryRun, parameters, { steps, batch, train: false })
  const plans = Object.values(training ? trainingPlans(training, { optimizer, strategy }) : predictionPlans(unrolled, strategy))
  const bytes = {
    parameters: parameters.bytes - parameters.gradients.buffer.size,
    gradients: parameters.gradients.buffer.size,
    optimizer: [...(training?.memory.values() ?? []), ...(training?.copies.values() ?? []), ...(training?.earlier ? [training.earlier] : [])].reduce(
      (n, { buffer }) => n + buffer.size,
      0,
    ),
    activations: unrolled.bytes - unrolled.batch.buffer.size,
    batch: unrolled.batch.buffer.size,
    uniforms: plans.reduce((n, plan) => n + uniformBytes(plan), 0),
    staging:
      (training ? stagingSize(unrolled.statistics.size) : 0) +
      (training && !passes ? 0 : stagingSize(unrolled.head!.logits.size)) +
      (passes ? stagingSize(unrolled.head!.losses.size) : 0),
  }
  return { ...bytes, total: Object.values(bytes).reduce((a, b) => a + b, 0), largest: dryRun.largest }
}
