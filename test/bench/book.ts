// The figures of Dive into Deep Learning (v0.17, chapters 8 and 9): the first 10,000 characters of The Time Machine in
// lower case without punctuation, vocabulary 28, batch 32, steps 35, SGD at rate 1, clipping at norm 1, sequential
// partition, perplexity of an epoch on the training text.
//   npm run book -- text=timemachine.txt cell=gru hidden=256 epochs=500
import { Corpus, openDevice, sgd, TextModel, type CellName } from 'sluice'
import { print, type Parameters } from '../../demo/lessons/print'

export default async function book({ text, cell = 'gru', hidden = '256', layers = '1', epochs = '500', seed = '1' }: Parameters): Promise<void> {
  if (!text) throw new Error('text= is missing: name the file of The Time Machine')
  // d2l.read_time_machine: letters only, in lower case; lines are joined without a break.
  const lines = text.split('\n').map((line) =>
    line
      .replace(/[^A-Za-z]+/g, ' ')
      .trim()
      .toLowerCase(),
  )
  const corpus = Corpus.fromText(lines.join('').slice(0, 10_000), { heldOut: 0 })
  const device = await openDevice()
  await print(
    `${cell} ${hidden}, ${layers} layer(s), vocabulary ${corpus.vocabulary.size} (the book counts an unknown character besides), ${device.adapterName}`,
  )
  const model = await TextModel.create({
    device,
    cell: cell as CellName,
    hidden: Number(hidden),
    layers: Number(layers),
    vocabulary: corpus.vocabulary,
    seed: Number(seed),
  })
  const begin = performance.now()
  let last = { epoch: 0, epochPerplexity: NaN, step: 0 }
  const report = () =>
    print(`epoch ${String(last.epoch + 1).padStart(3)}  perplexity ${last.epochPerplexity.toFixed(2)}  ${((performance.now() - begin) / 1000).toFixed(0)} s`)
  for await (const progress of model.train(corpus, {
    batch: 32,
    steps: 35,
    optimizer: sgd({ rate: 1 }),
    clipNorm: 1,
    epochs: Number(epochs),
    seed: Number(seed),
  })) {
    if (progress.epoch !== last.epoch && (last.epoch + 1) % 20 === 0) await report()
    last = progress
  }
  await report()
  await print(JSON.stringify(await model.generate('time traveller', { length: 80, temperature: 0 })))
  model.destroy()
  device.destroy()
}
