// What an app does with the package: it trains ten steps. The same code in every runtime and bundler.
export const train = `
import { adam, Corpus, openDevice, TextModel } from 'sluice'

export async function train(options) {
  const corpus = Corpus.fromText('still waters run deep; '.repeat(40))
  const device = await openDevice({ ...options, check: false })
  const model = await TextModel.create({ cell: 'rnn', vocabulary: corpus.vocabulary, hidden: 8, seed: 1, device })
  const losses = []
  for await (const { loss } of model.train(corpus, { batch: 4, steps: 8, optimizer: adam({ rate: 1e-2 }) })) {
    losses.push(loss)
    if (losses.length === 10) break
  }
  model.destroy()
  device.destroy()
  return losses
}
`

/** A page: tells its losses, or its error, by a global. */
export const page = `
import { train } from './train.js'
train().then((losses) => (globalThis.told = losses), (error) => (globalThis.told = String(error)))
`

/** A page that trains in a worker. */
export const pageWithWorker = `
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
worker.onmessage = ({ data }) => (globalThis.told = data)
worker.onerror = ({ message }) => (globalThis.told = message)
`
export const worker = `
import { train } from './train.js'
train().then((losses) => postMessage(losses), (error) => postMessage(String(error)))
`

/** Node and Bun, by Dawn of the npm package webgpu. */
export const dawn = `
import { create, globals } from 'webgpu'
import { train } from './train.js'
const gpu = create([])
Object.assign(globalThis, globals, { gpu })
console.log(JSON.stringify(await train({ gpu })))
process.exit()
`

export const deno = `
import { train } from './train.js'
console.log(JSON.stringify(await train()))
Deno.exit()
`

/** A user's TypeScript, strict. */
export const typescript = `
import { adam, Corpus, Network, SluiceError, TextModel, Trainer, type Progress } from 'sluice'

const corpus: Corpus = Corpus.fromText('still waters run deep; '.repeat(40))
const model = await TextModel.create({ vocabulary: corpus.vocabulary, cell: 'gru' })
for await (const progress of model.train(corpus, { optimizer: adam() })) {
  const { step, perplexity }: Progress = progress
  const sum: number = step + perplexity
  console.log(sum)
}
const network = await Network.create({ input: { features: 3 }, layers: [{ cell: 'lstm', hidden: 8 }], head: { numbers: 1, at: 'last' } })
const trainer = await Trainer.create(network, { steps: 5, batch: 2, optimizer: adam() })
console.log(String(trainer.plan), trainer.plan.dispatches)
// @ts-expect-error: if the API were any, as when the declarations are not found, this would compile
const wrong: string = network.parameterCount
// @ts-expect-error: what is internal is not declared
trainer.plan.commands
try {
  network.destroy()
} catch (error) {
  if (error instanceof SluiceError && error.code === 'disposed') console.log(wrong)
}
`
