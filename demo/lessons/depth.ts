// Lesson 4, depth: GRUs of one, two and three layers learn to write the same text, at equal numbers of weights. Each learns with the
// rate of the page, for every seed; it falls by a cosine to a twentieth.
//   npm run lesson:depth [-- text=my.txt iterations=800 seeds="1 2 3"]
import { adam, Corpus, cosine, openDevice, parameterShapes, TextModel, type Gpu } from 'sluice'
import english from '../corpora/english.txt?raw'
import { print, type Parameters } from './print'

/** H of one layer. */
const widest = 64
const depths = [1, 2, 3]
const [batch, steps, rate] = [16, 35, 8e-3]

/** The number of weights of a GRU with V characters. */
function weightsOf(V: number, layers: number, hidden: number): number {
  const shapes = parameterShapes({ input: { ids: V }, layers: Array.from({ length: layers }, () => ({ cell: 'gru' as const, hidden })), head: { classes: V } })
  return [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
}

/** H at which so many layers come nearest to the weights of one layer of `widest` units. */
function equalHidden(V: number, layers: number): number {
  const wanted = weightsOf(V, 1, widest)
  let H = 1
  while (weightsOf(V, layers, H + 1) <= wanted) H++
  return wanted - weightsOf(V, layers, H) <= weightsOf(V, layers, H + 1) - wanted ? H : H + 1
}

interface Learned {
  /** Perplexity on held-out text: the lowest of all evaluations, and the last. */
  readonly best: number
  readonly last: number
  readonly step: number
}

async function learn(device: Gpu, corpus: Corpus, layers: number, hidden: number, iterations: number, seed: number): Promise<Learned> {
  const model = await TextModel.create({ device, vocabulary: corpus.vocabulary, cell: 'gru', layers, hidden, seed })
  const optimizer = adam({ rate: cosine({ rate, steps: iterations, floor: rate / 20 }) })
  let [best, last, step] = [Infinity, Infinity, 0]
  for await (const progress of model.train(corpus, { batch, steps, optimizer, clipNorm: 1, epochs: 1e9, seed })) {
    const done = progress.step + 1
    if (done % 100 === 0) {
      last = await model.evaluate(corpus.heldOut)
      if (last < best) [best, step] = [last, done]
    }
    if (done >= iterations) break
  }
  model.destroy()
  return { best, last, step }
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const spread = (values: readonly number[]) => `${mean(values).toFixed(2)} (${values.map((value) => value.toFixed(2)).join(', ')})`

export default async function depth({ text = english, iterations = '800', seeds = '1 2 3' }: Parameters): Promise<void> {
  const device = await openDevice()
  const corpus = Corpus.fromText(text)
  const V = corpus.vocabulary.size
  await print(`${corpus.training.length} characters to learn from, ${corpus.heldOut.length} held out. ${device.adapterName}`)
  await print('Held-out perplexity, mean and each seed: the lowest of all evaluations, at its step, and after the last')
  for (const layers of depths) {
    const hidden = equalHidden(V, layers)
    const learned: Learned[] = []
    for (const seed of seeds.split(' ')) learned.push(await learn(device, corpus, layers, hidden, Number(iterations), Number(seed)))
    const [best, last] = [learned.map((one) => one.best), learned.map((one) => one.last)]
    const at = learned.map(({ step }) => step).join(', ')
    await print(`${layers} × ${hidden}, ${weightsOf(V, layers, hidden)} weights: ${spread(best)} at ${at}; ${spread(last)}`)
  }
  device.destroy()
}
