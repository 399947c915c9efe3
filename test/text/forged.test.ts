// A file may say that its training stood anywhere: a place that no training comes to is refused at once, and not looked for.
import { expect, test } from 'vitest'
import { Corpus, readSafetensors, TextModel, writeSafetensors } from 'sluice'
import { failure } from '../support/failure'
import { idleDevice } from '../support/idle-device'

const corpus = Corpus.fromText('the cat sat on the mat. '.repeat(12))
const options = { batch: 2, steps: 3, epochs: 2 }

const places: [string, object][] = [
  ['past the last epoch', { epoch: 2, taken: 2 ** 50, drawn: 1 }],
  ['far past the last epoch', { epoch: 2 ** 50, taken: 2 ** 50, drawn: 1 }],
  ['past the end of its epoch', { epoch: 0, taken: 2 ** 50, drawn: 0 }],
  ['after more draws than there are', { epoch: 0, taken: 1, drawn: 2 ** 40 }],
  ['before the first', { epoch: 0, taken: -1, drawn: 0 }],
  ['between two', { epoch: 0, taken: 0.5, drawn: 0 }],
]

test.each(places)('a place %s', async (_, place) => {
  const model = await TextModel.create({ vocabulary: corpus.vocabulary, hidden: 3, device: idleDevice() })
  const loop = model.train(corpus, options)
  await loop.next()
  const { tensors, metadata } = readSafetensors(await loop.save())
  await loop.return()
  const training = JSON.parse(metadata.training!) as { loop: { place: object } }
  training.loop.place = place
  const error = await failure(() =>
    model.train(corpus, { ...options, resume: writeSafetensors(tensors, { ...metadata, training: JSON.stringify(training) }) }).next(),
  )
  expect(error.code).toBe('bad-file')
})
