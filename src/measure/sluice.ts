// Sluice as a peer: a training step, a forward run, or characters written, under a strategy or the fastest.
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import { Network } from '../network'
import { adam } from '../optimizer'
import { Predictor } from '../predictor'
import { TextModel } from '../text/text-model'
import { Vocabulary } from '../text/vocabulary'
import { Trainer, type TrainerOptions } from '../trainer'
import { adamRate, clipNorm, type Job, type Peer, type Task } from './peer'
import { specOf, type Work } from './works'

/** The initial weights that every peer begins with. */
export async function weightsOf(gpu: Gpu, work: Work): Promise<ReadonlyMap<string, Float32Array>> {
  const network = await Network.create({ device: gpu, ...specOf(work), seed: 1 })
  try {
    return await network.readParameters()
  } finally {
    network.destroy()
  }
}

/** CJK ideographs, as many as the vocabulary has. */
const characters = (V: number) => Array.from({ length: V }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')

export interface Variant extends Pick<TrainerOptions, 'recompute'> {
  readonly strategy?: StrategyName
}

export async function startSluice(gpu: Gpu, { kind, work, weights, inputs, targets }: Task, { strategy, recompute }: Variant = {}): Promise<Job> {
  const { T: steps, B: batch, V, cell, H, layers } = work
  if (kind === 'generate') {
    const vocabulary = Vocabulary.fromText(characters(V))
    const model = await TextModel.create({ device: gpu, cell, hidden: H, layers, vocabulary })
    model.network.writeParameters(weights)
    const prefix = vocabulary.decode(Uint32Array.of(0))
    const options = { length: steps, temperature: 0, ...(strategy && { strategy }) }
    const step = async () => vocabulary.encode((await model.generate(prefix, options)).slice(1))
    return { step, destroy: () => model.destroy() }
  }
  const network = await Network.create({ device: gpu, ...specOf(work) })
  try {
    network.writeParameters(weights)
    if (kind === 'forward') {
      const predictor = await Predictor.create(network, { steps, batch, strategy: strategy ?? 'fastest' })
      return {
        strategy: predictor.plan.tuning.strategy.name,
        step: () => predictor.predict({ ids: inputs }),
        destroy: () => (predictor.destroy(), network.destroy()),
      }
    }
    const trainer = await Trainer.create(network, {
      steps,
      batch,
      optimizer: adam({ rate: adamRate }),
      clipNorm,
      strategy: strategy ?? 'fastest',
      ...(recompute && { recompute }),
    })
    return {
      strategy: trainer.plan.tuning.strategy.name,
      ahead: true,
      step: async () => (await trainer.step({ ids: inputs, targets })).loss,
      destroy: () => (trainer.destroy(), network.destroy()),
    }
  } catch (error) {
    network.destroy()
    throw error
  }
}

/** Sluice under a strategy, on a device that is open. */
export const sluicePeer = (gpu: Gpu, strategy: StrategyName): Peer => ({
  title: 'Sluice',
  open: async () => {},
  start: (task) => startSluice(gpu, task, { strategy }),
})
