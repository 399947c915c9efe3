// Sluice by its public doors: Network with a Trainer or a Predictor, and TextModel for writing.
import { adam, Network, openDevice, strategyNames, Predictor, TextModel, Trainer, Vocabulary, type Gpu, type TrainerOptions } from 'sluice'
import { version } from '../../../package.json'
import { adamRate, clipNorm, NotOffered, type Job, type Peer, type Task } from '../peer'
import { specOf, type Work } from '../works'

let device: Gpu

/** The initial weights that every peer begins with. */
export async function weightsOf(work: Work): Promise<ReadonlyMap<string, Float32Array>> {
  const network = await Network.create({ device, ...specOf(work), seed: 1 })
  const weights = await network.readParameters()
  network.destroy()
  return weights
}

const characters = (V: number) => Array.from({ length: V }, (_, i) => String.fromCodePoint(0x4e00 + i)).join('')

type Variant = Pick<TrainerOptions, 'strategy' | 'recompute'>

async function start({ kind, work, weights, inputs, targets }: Task, variant: Variant | undefined): Promise<Job> {
  if (variant && kind !== 'train') throw new NotOffered('a strategy by name and recompute are options of training alone')
  const { T: steps, B: batch, V, cell, H, layers } = work
  if (kind === 'generate') {
    const vocabulary = Vocabulary.fromText(characters(V))
    const model = await TextModel.create({ device, cell, hidden: H, layers, vocabulary })
    model.network.writeParameters(weights)
    const prefix = vocabulary.decode(Uint32Array.of(0))
    const step = async () => vocabulary.encode((await model.generate(prefix, { length: steps, temperature: 0 })).slice(1))
    return { step, destroy: () => model.destroy() }
  }
  const network = await Network.create({ device, ...specOf(work) })
  network.writeParameters(weights)
  if (kind === 'forward') {
    const predictor = await Predictor.create(network, { steps, batch, strategy: 'fastest' })
    return {
      strategy: predictor.plan.tuning.strategy.name,
      step: () => predictor.predict({ ids: inputs }),
      destroy: () => (predictor.destroy(), network.destroy()),
    }
  }
  const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate: adamRate }), clipNorm, strategy: 'fastest', ...variant })
  return {
    strategy: trainer.plan.tuning.strategy.name,
    ahead: true,
    step: async () => (await trainer.step({ ids: inputs, targets })).loss,
    destroy: () => (trainer.destroy(), network.destroy()),
  }
}

const peer = (variant: Variant | undefined): Peer => ({
  title: `Sluice ${version}`,
  open: async () => void (device ??= await openDevice()),
  start: (task) => start(task, variant),
})

export const peers: Record<string, Peer> = {
  sluice: peer(undefined),
  'sluice-recompute': peer({ recompute: true }),
  ...Object.fromEntries(
    strategyNames.flatMap((strategy) => [
      [`sluice-${strategy}`, peer({ strategy })],
      [`sluice-${strategy}-recompute`, peer({ strategy, recompute: true })],
    ]),
  ),
}
