// A training that was saved, loaded elsewhere and resumed is the training that was never interrupted, bit for bit.
import { describe, expect, test, vi } from 'vitest'
import {
  adam,
  adamW,
  BlankModel,
  Corpus,
  cosine,
  momentum,
  Network,
  readSafetensors,
  rmsprop,
  sgd,
  TextModel,
  Trainer,
  writeSafetensors,
  type Progress,
  type Training,
} from 'sluice'
import { failure } from '../support/failure'
import { testDevice } from '../support/kernel'
import { sampled } from '../support/sampled'

const rhyme = 'the rain fell on the mill and the mill stood still. '.repeat(40)
const corpus = Corpus.fromText(rhyme)
const options = { batch: 4, steps: 10, epochs: 3, seed: 5 }

type Saved = Uint8Array<ArrayBuffer>
const timeless = ({ charsPerSecond: _, ...rest }: Progress) => rest
const bitsOf = async (model: TextModel | BlankModel) =>
  Object.fromEntries([...(await model.network.readParameters())].map(([name, v]) => [name, [...new Uint32Array(v.buffer)]]))

/** Every step of a training; what `at` does at a step is waited for. */
async function all(training: Training, at: (step: number) => unknown = () => {}) {
  const made = []
  for await (const progress of training) {
    made.push(timeless(progress))
    await at(progress.step)
  }
  return made
}

const create = async (more: Partial<Parameters<typeof TextModel.create>[0]> = {}) =>
  TextModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, hidden: 10, seed: 3, ...more })

const networks = {
  'a GRU': { cell: 'gru' },
  'a 2-layer LSTM with dropout': { cell: 'lstm', layers: 2, dropout: 0.3, embedding: 5 },
} as const
const optimizers = { adam: () => adam({ rate: cosine({ rate: 1e-2, steps: 100 }) }), momentum: () => momentum({ rate: 0.2 }) }
const matrix = Object.keys(networks).flatMap((network) =>
  Object.keys(optimizers).flatMap((optimizer) => (['sequential', 'random'] as const).map((partition) => [network, optimizer, partition] as const)),
)

test('iterations: so many steps and not one more, and a file of them goes on with more', async () => {
  const [whole, begun, again] = [await create(), await create(), await create()]
  const train = { batch: 4, steps: 10, seed: 5, optimizer: adam({ rate: 1e-2 }) }
  await all(whole.train(corpus, { ...train, iterations: 7 }))
  const training = begun.train(corpus, { ...train, iterations: 4 })
  const first = await all(training)
  expect(first.map(({ step, totalSteps }) => [step, totalSteps])).toEqual([0, 1, 2, 3].map((step) => [step, 4]))
  const file = await training.save()
  // The rate may change: no step beyond the fourth has used it.
  const rest = await all(again.train(corpus, { ...train, iterations: 7, resume: file }))
  expect(rest.map(({ step }) => step)).toEqual([4, 5, 6])
  expect(await bitsOf(again)).toEqual(await bitsOf(whole))
  // A file of a loop that was left early has steps beyond it. They wait until they are asked for.
  const left = whole.train(corpus, { ...train, iterations: 20 })
  await left.next()
  await left.return()
  const saved = await left.save()
  expect(await all(again.train(corpus, { ...train, iterations: 1, resume: saved }))).toEqual([])
  for (const model of [whole, begun, again]) model.destroy()
})

describe('resumed in a fresh model', () => {
  const axes = {
    network: ([network]: (typeof matrix)[number]) => network,
    optimizer: ([, optimizer]: (typeof matrix)[number]) => optimizer,
    partition: ([, , partition]: (typeof matrix)[number]) => partition,
  }
  test.each(sampled(matrix, { axes, pairs: [['network', 'partition']] }))('%s, %s, %s', async (network, optimizer, partition) => {
    const spec = networks[network as keyof typeof networks]
    const train = { ...options, partition, optimizer: optimizers[optimizer as keyof typeof optimizers]() }
    const straight = await create(spec)
    const whole = await all(straight.train(corpus, train))
    const wanted = await bitsOf(straight)
    straight.destroy()
    expect(new Set(whole.map(({ epoch }) => epoch)).size).toBe(3)

    // In the middle of an epoch, at the turn of one, at the first step and at the last.
    const turn = whole.findIndex(({ epoch }) => epoch === 1)
    for (const stop of [0, turn - 1, turn, Math.floor(whole.length / 2), whole.length - 1]) {
      const first = await create(spec)
      const training = first.train(corpus, train)
      const before = []
      for await (const progress of training) if (before.push(timeless(progress)) > stop) break
      const file: Saved = await training.save()
      first.destroy()
      const second = await TextModel.load(file, { device: await testDevice() })
      const after = await all(second.train(corpus, { ...train, resume: file }))
      expect([...before, ...after]).toEqual(whole)
      expect(await bitsOf(second)).toEqual(wanted)
      second.destroy()
    }
  })

  test.each([
    ['sgd', sgd({ rate: 0.5 })],
    ['rmsprop', rmsprop()],
    ['adamW', adamW({ decay: 0.1 })],
  ] as const)('%s', async (_, optimizer) => {
    const straight = await create({ cell: 'rnn' })
    const files: Saved[] = []
    const training = straight.train(corpus, { ...options, optimizer })
    const whole = await all(training, async (step) => step === 30 && files.push(await training.save()))
    const resumed = await create({ cell: 'rnn', seed: 99 }) // its weights become those of the file
    expect(await all(resumed.train(corpus, { ...options, optimizer, resume: files[0]! }))).toEqual(whole.slice(31))
    expect(await bitsOf(resumed)).toEqual(await bitsOf(straight))
    for (const model of [straight, resumed]) model.destroy()
  })

  test('fill in the blank, whose hidden characters follow from the step', async () => {
    const make = async () => BlankModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, hidden: 8, layers: 2, dropout: 0.2 })
    const straight = await make()
    const training = straight.train(corpus, options)
    const files: Saved[] = []
    const whole = await all(training, async (step) => step === 50 && files.push(await training.save()))
    const resumed = await BlankModel.load(files[0]!, { device: await testDevice() })
    expect(await all(resumed.train(corpus, { ...options, resume: files[0]! }))).toEqual(whole.slice(51))
    expect(await bitsOf(resumed)).toEqual(await bitsOf(straight))
    expect(await resumed.evaluate(corpus.heldOut)).toEqual(await straight.evaluate(corpus.heldOut))
    for (const model of [straight, resumed]) model.destroy()
  })
})

describe('saving while it trains', () => {
  test('saves are not waited for, change nothing, and each is a whole moment', async () => {
    const quiet = await create()
    const whole = await all(quiet.train(corpus, options))
    const wanted = await bitsOf(quiet)
    quiet.destroy()

    const model = await create()
    const training = model.train(corpus, options)
    const files = new Map<number, Promise<Saved>>()
    expect(await all(training, (step) => void (step % 7 === 0 && files.set(step, training.save())))).toEqual(whole)
    expect(await bitsOf(model)).toEqual(wanted)
    for (const [step, saved] of [...files].slice(0, 8)) {
      const file = await saved
      const again = await TextModel.load(file, { device: await testDevice() })
      expect(await all(again.train(corpus, { ...options, resume: file }))).toEqual(whole.slice(step + 1))
      expect(await bitsOf(again)).toEqual(wanted)
      again.destroy()
    }
    model.destroy()
  })

  test('a save between two steps, by a clock, loses no step', async () => {
    const model = await create()
    const training = model.train(corpus, options)
    const whole = []
    const saves: { after: number; file: Promise<Saved> }[] = []
    for (let next = await training.next(); !next.done;) {
      whole.push(timeless(next.value))
      const pending = training.next()
      // The loop waits for the step after the last one it was given.
      if (whole.length % 25 === 0) saves.push({ after: whole.length, file: training.save() })
      next = await pending
    }
    expect(saves.length).toBeGreaterThan(3)
    for (const { after, file } of saves) {
      const again = await create()
      expect(await all(again.train(corpus, { ...options, resume: await file }))).toEqual(whole.slice(after))
      again.destroy()
    }
    model.destroy()
  })

  test('after its end it can go on for more epochs, as if they had been wanted from the start', async () => {
    const model = await create()
    const training = model.train(corpus, { ...options, epochs: 2 })
    const first = await all(training)
    const rest = await all(model.train(corpus, { ...options, resume: await training.save() }))
    const straight = await create()
    const whole = await all(straight.train(corpus, options))
    expect([...first, ...rest].map(({ loss }) => loss)).toEqual(whole.map(({ loss }) => loss))
    expect(rest).toEqual(whole.slice(first.length)) // totalSteps too: the second training knows of three epochs
    // With nothing left to do it ends at once.
    expect(await all(model.train(corpus, { ...options, epochs: 2, resume: await training.save() }))).toEqual([])
    for (const m of [model, straight]) m.destroy()
  })
})

test('goes on by the plan that it was saved with, if the adapter has one like it', async () => {
  const model = await create()
  const training = model.train(corpus, options)
  for await (const { step } of training) if (step === 1) break
  const {
    tensors,
    metadata: { checksum: _, ...metadata },
  } = readSafetensors(await training.save())
  const holds = model.network.gpu.kind === 'swiftshader'
  const [own, other] = holds ? ['resident-8', 'tile-8'] : ['tile-8', 'resident-8']
  const made = vi.spyOn(Trainer, 'create')
  // A plan of another kind of adapter, and one that there was once.
  for (const strategy of [own, other, 'whole-16']) {
    const resume = writeSafetensors(tensors, { ...metadata, version: '1', training: JSON.stringify({ ...JSON.parse(metadata.training!), strategy }) })
    for await (const _ of model.train(corpus, { ...options, resume })) break
  }
  expect(made.mock.calls.map(([, { strategy }]) => strategy)).toEqual([own, undefined, undefined])
  made.mockRestore()
  model.destroy()
})

describe('what is refused, and how', () => {
  test('another text, other options, another network, another file', async () => {
    const model = await create()
    const training = model.train(corpus, options)
    expect((await failure(() => training.save())).message).toMatch(/has not begun/)
    for await (const { step } of training) if (step === 3) break
    const resume = await training.save()
    const train =
      (more: object, on: Corpus = corpus) =>
      () =>
        all(model.train(on, { ...options, resume, ...more }))
    const other = Corpus.fromText(rhyme.replace('fell', 'fall'), { vocabulary: corpus.vocabulary })
    const wide = await create({ hidden: 12 })
    const cases: [() => unknown, RegExp][] = [
      [train({ batch: 8 }), /^batch is 8, but this training was saved with batch 4\. Resume with the same text and options/],
      [train({ steps: 5 }), /^steps is 5, but/],
      [train({ seed: 6 }), /^seed is 6, but/],
      [train({ partition: 'random' }), /^partition is random, but this training was saved with partition sequential/],
      [train({ optimizer: sgd({ rate: 1 }) }), /^optimizer is sgd, but this training was saved with optimizer adam/],
      [train({}, other), /^the text is not the one/],
      [train({}, Corpus.fromText(rhyme.slice(52), { vocabulary: corpus.vocabulary })), /^characters is \d+, but/],
      [train({ resume: await model.save() }), /^resume is a file without the training of a TextModel/],
      [train({ resume: new Uint8Array(5) }), /^the file has 5 bytes/],
      [
        () => all(wide.train(corpus, { ...options, resume })),
        /^the file has the network .*"hidden":10,.* but this network is .*"hidden":12,.*Load the model from the same file/,
      ],
    ]
    for (const [work, message] of cases) expect((await failure(work)).message).toMatch(message)
    // Nothing was changed by any of them.
    expect((await all(model.train(corpus, { ...options, resume }))).length).toBeGreaterThan(50)
    model.destroy()
    wide.destroy()
  })

  test('a training that exploded, and one whose model is gone', async () => {
    const model = await create({ cell: 'rnn-relu', hidden: 32 })
    const training = model.train(corpus, { ...options, steps: 30, epochs: 8, optimizer: sgd({ rate: 50 }), clipNorm: Infinity })
    const error = await failure(() => all(training))
    expect(error.code).toBe('not-finite')
    // It is saved as it was before that step, and goes on from there.
    const step = Number(/at step (\d+)/.exec(error.message)![1])
    const resume = await training.save()
    const before = await model.network.readParameters()
    expect([...before.values()].every((values) => values.every(Number.isFinite))).toBe(true)
    expect(await (await Network.load(resume, { device: await testDevice() })).readParameters()).toEqual(before)
    // It has the same weights and the same batch, so this step explodes again, whatever the rate.
    for await (const progress of model.train(corpus, {
      ...options,
      steps: 30,
      epochs: 8,
      optimizer: sgd({ rate: 0 }),
      clipNorm: 1,
      notFinite: 'skip',
      resume,
    })) {
      expect([progress.step, progress.skipped]).toEqual([step, true])
      break
    }
    const other = model.train(corpus, options)
    await other.next().catch(() => {})
    model.destroy()
    await other.return()
    expect((await failure(() => model.save())).code).toBe('disposed')
  })
})

test('the file is a safetensors file with the parameters by name, and the optimizer beside them', async () => {
  const model = await create({ cell: 'lstm' })
  const training = model.train(corpus, options)
  for await (const { step } of training) if (step === 2) break
  const { tensors, metadata } = readSafetensors(await training.save())
  const V = corpus.vocabulary.size
  const own: [string, number[]][] = [
    ['layers.0.W', [V, 1, 4, 10]],
    ['layers.0.U', [1, 10, 4, 10]],
    ['layers.0.b', [1, 4, 10]],
    ['head.W', [10, V]],
    ['head.b', [V]],
  ]
  expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
    ...own,
    ...['mean', 'square'].flatMap((what) => own.map(([name, shape]) => [`training.${what}.${name}`, shape])),
    ['training.carried.layers.0.h', [4, 1, 10]],
    ['training.carried.layers.0.c', [4, 1, 10]],
  ])
  for (const { values } of tensors.values()) expect(values.some((v) => v !== 0)).toBe(true)
  expect(metadata).toMatchObject({ format: 'sluice', version: '2', model: 'TextModel', checksum: expect.stringMatching(/^[0-9a-f]{8}$/) })
  model.destroy()
})
