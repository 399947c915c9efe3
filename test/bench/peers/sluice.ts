// Sluice by its public doors: Network with a Trainer or a Predictor, and TextModel for writing.
import { adam, Network, openDevice, Predictor, TextModel, Trainer, Vocabulary, type Gpu } from 'sluice'
import { version } from '../../../package.json'
import { adamRate, clipNorm, type Job, type Peer, type Task } from '../peer'
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

async function start({ kind, work, weights, inputs, targets }: Task): Promise<Job> {
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
    const predictor = await Predictor.create(network, { steps, batch })
    return { step: () => predictor.predict({ inputs }), destroy: () => (predictor.destroy(), network.destroy()) }
  }
  const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate: adamRate }), clipNorm })
  return { plan: trainer.plan.tuning.plan, step: async () => (await trainer.step({ inputs, targets })).loss, destroy: () => (trainer.destroy(), network.destroy()) }
}

export const peers: Record<string, Peer> = {
  sluice: {
    title: `Sluice ${version}`,
    open: async () => void (device ??= await openDevice()),
    start,
  },
}
