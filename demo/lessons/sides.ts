// Lesson 3, both sides: a bidirectional network guesses a missing character better than one that reads forwards only, at
// the same number of parameters.   npm run lesson:sides [-- text=my.txt]
import { adam, BlankModel, Corpus, openDevice, type Gpu } from 'sluice'
import english from '../corpora/english.txt?raw'
import { print, type Parameters } from './print'

const both = { name: 'both sides', hidden: 48, bidirectional: true }

/** The hidden size at which a forward-only LSTM has about as many parameters as the bidirectional one:
 * 4 H (V + 1 + H + 1) + (H + 1) V for one direction, twice the first term and (2 H + 1) V for both. */
function equalHidden(V: number): number {
  const count = (H: number, D: number) => D * 4 * H * (V + 1 + H + 1) + (D * H + 1) * V
  const wanted = count(both.hidden, 2)
  let H = both.hidden
  while (count(H + 1, 1) <= wanted) H++
  return H
}

async function learn(
  device: Gpu,
  corpus: Corpus,
  { hidden, bidirectional }: { hidden: number; bidirectional: boolean },
  epochs: number,
  seed: number,
): Promise<BlankModel> {
  const model = await BlankModel.create({ device, vocabulary: corpus.vocabulary, hidden, bidirectional, seed })
  for await (const progress of model.train(corpus, { epochs, optimizer: adam({ rate: 1e-2 }), seed })) void progress
  return model
}

export default async function sides({ text = english, epochs = '14', seed = '1' }: Parameters): Promise<void> {
  const device = await openDevice()
  const corpus = Corpus.fromText(text.slice(0, 60_000))
  const networks = [both, { name: 'forward only', hidden: equalHidden(corpus.vocabulary.size), bidirectional: false }]
  await print(`${corpus.training.length} characters to learn from, ${corpus.heldOut.length} held out; of those 15 % are hidden. ${device.adapterName}`)
  await print('LSTM            H   parameters   guessed right   perplexity')
  const models = []
  for (const network of networks) {
    const model = await learn(device, corpus, network, Number(epochs), Number(seed))
    models.push(model)
    const { accuracy, perplexity } = await model.evaluate(corpus.heldOut)
    await print(
      `${network.name.padEnd(13)}${String(network.hidden).padStart(4)}${String(model.network.parameterCount).padStart(13)}${`${(100 * accuracy).toFixed(1)} %`.padStart(16)}${perplexity.toFixed(2).padStart(13)}`,
    )
  }
  // A look at some blanks: every 13th character of the beginning of the held-out part.
  const sample = [...corpus.vocabulary.decode(corpus.heldOut.subarray(0, 140))].map((c, i) => (i % 13 === 6 ? '□' : c)).join('')
  await print(`\nhidden        ${JSON.stringify(sample)}`)
  for (const [i, model] of models.entries()) await print(`${networks[i]!.name.padEnd(14)}${JSON.stringify((await model.guess(sample, { blank: '□' })).text)}`)
  for (const model of models) model.destroy()
  device.destroy()
}
