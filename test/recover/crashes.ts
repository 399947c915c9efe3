// What `npm run crashes` does in its page.
import { BlankModel, Corpus, SluiceError, TextModel, type Progress } from 'sluice'
import { print } from '../../demo/lessons/print'
import { Random } from '../../src/random'

declare global {
  var sluiceCrash: () => Promise<void>
}

const corpus = Corpus.fromText('the rain fell on the mill and the mill stood still. '.repeat(160))
const train = { batch: 8, steps: 16, epochs: 3, seed: 5 }
const kinds = [
  () => TextModel.create({ vocabulary: corpus.vocabulary, cell: 'lstm', layers: 2, dropout: 0.2, hidden: 24, seed: 3 }),
  () => BlankModel.create({ vocabulary: corpus.vocabulary, cell: 'gru', hidden: 16, seed: 3 }),
]

interface Outcome {
  readonly weights: string
  readonly steps: readonly string[]
  readonly recovered: number
  readonly ms: number
}

/** Trains to the end. @param begun called when the first step has been given */
async function outcome(make: (typeof kinds)[number], recover: boolean, begun: () => void = () => {}): Promise<Outcome> {
  const model = await make()
  const from = performance.now()
  const steps: string[] = []
  let last: Progress | undefined
  for await (const progress of model.train(corpus, { ...train, recover })) {
    if (!last) begun()
    last = progress
    steps.push(`${progress.step} ${progress.epoch} ${progress.loss} ${progress.gradientNorm} ${progress.epochPerplexity}`)
  }
  const ms = performance.now() - from
  const weights = [...(await model.network.readParameters())].map(([name, values]) => `${name} ${new Uint32Array(values.buffer).join()}`).join()
  model.destroy()
  return { weights, steps, recovered: last!.recovered, ms }
}

export default async function crashes({ times, seed }: { times: number; seed: number }): Promise<void> {
  const random = new Random(seed)
  const wanted = []
  for (const make of kinds) {
    await outcome(make, false) // compiles and measures
    const [without, withSnapshots] = [await outcome(make, false), await outcome(make, true)]
    wanted.push(without)
    await print(`undisturbed: ${without.steps.length} steps in ${without.ms.toFixed(0)} ms, with recover ${withSnapshots.ms.toFixed(0)} ms`)
  }
  let right = 0
  for (let k = 0; k < times; k++) {
    const kind = k % kinds.length
    const { weights, steps, ms } = wanted[kind]!
    const moment = Math.floor(random.uniform() * 0.9 * ms)
    let crashed = false
    const got = await outcome(kinds[kind]!, true, () => setTimeout(() => ((crashed = true), void globalThis.sluiceCrash()), moment))
    const same = crashed && got.recovered > 0 && got.weights === weights && got.steps.join() === steps.join()
    right += Number(same)
    await print(`${k + 1}: crashed ${moment} ms after the first step, came back ${got.recovered} times, ${got.steps.length} steps given: ${same ? 'the same bits' : 'NOT THE SAME'}`)
  }
  await print(`${right} of ${times} the same bits as undisturbed`)
  if (right < times) throw new SluiceError('gpu-error', 'a training that came back was not the same')
}
