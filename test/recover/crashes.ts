// What `npm run crashes` does in its page.
import { BlankModel, Corpus, SluiceError, TextModel, type Progress } from 'sluice'
import { print } from '../../demo/lessons/print'
import { Random } from '../../src/random'

declare global {
  var sluiceCrash: () => Promise<void>
}

const corpus = Corpus.fromText('the rain fell on the mill and the mill stood still. '.repeat(160))
const train = { batch: 8, steps: 16, epochs: 4, seed: 5 }
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

/** Trains to the end. @param given called after each step, and not waited for */
async function outcome(make: (typeof kinds)[number], recover: boolean, given: (step: number) => void = () => {}): Promise<Outcome> {
  const model = await make()
  const from = performance.now()
  const steps: string[] = []
  let last: Progress | undefined
  for await (const progress of model.train(corpus, { ...train, recover })) {
    last = progress
    given(progress.step)
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
    const { weights, steps } = wanted[kind]!
    // Somewhere between two steps, or within one; early enough that the training is still under way when the process is gone.
    const [at, delay] = [Math.floor(random.uniform() * 0.4 * steps.length), Math.floor(random.uniform() * 20)]
    const got = await outcome(kinds[kind]!, true, (step) => step === at && setTimeout(() => void globalThis.sluiceCrash(), delay))
    const differs = [got.weights !== weights && 'weights', got.steps.join() !== steps.join() && 'steps given', got.recovered === 0 && 'no crash was noticed'].filter(Boolean)
    right += Number(differs.length === 0)
    await print(`${k + 1}: crashed ${delay} ms after step ${at}, came back ${got.recovered} times, ${got.steps.length} steps given: ${differs.length === 0 ? 'the same bits' : `DIFFERS (${differs.join(', ')})`}`)
  }
  await print(`${right} of ${times} the same bits as undisturbed`)
  if (right < times) throw new SluiceError('gpu-error', 'a training that came back was not the same')
}
