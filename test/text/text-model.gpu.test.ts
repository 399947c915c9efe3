import { describe, expect, test, vi } from 'vitest'
import { cellNames, Corpus, momentum, Network, sgd, TextModel, Trainer, Vocabulary, adam, type Progress } from 'sluice'
import english from '../../demo/corpora/english.txt?raw'
import chinese from '../../demo/corpora/chinese.txt?raw'
import { crossEntropy, forward } from '../../src/reference'
import { TextGenerator } from '../../src/text/generator'
import { failure } from '../support/failure'
import { asIf, testDevice } from '../support/kernel'

const rhyme = 'the rain fell on the mill and the mill stood still. '.repeat(40)
const small = { hidden: 16, seed: 3 }

async function model(text: string, options: Partial<Parameters<typeof TextModel.create>[0]> = {}) {
  const corpus = Corpus.fromText(text)
  return { corpus, model: await TextModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, ...small, ...options }) }
}

async function all(steps: AsyncGenerator<Progress>): Promise<Progress[]> {
  const made = []
  for await (const progress of steps) made.push(progress)
  return made
}

describe('training', () => {
  test.each(['sequential', 'random'] as const)('%s batches: the perplexity falls, and every step is reported in order', async (partition) => {
    const { corpus, model: m } = await model(rhyme)
    const steps = await all(m.train(corpus, { batch: 4, steps: 10, epochs: 6, partition, optimizer: adam({ rate: 1e-2 }) }))
    expect(steps.map(({ step }) => step)).toEqual(steps.map((_, i) => i))
    expect(steps[0]!.perplexity).toBeGreaterThan(corpus.vocabulary.size * 0.7)
    expect(steps.at(-1)!.perplexity).toBeLessThan(3)
    expect(steps.at(-1)!.epoch).toBe(5)
    for (const { perplexity, loss } of steps) expect(perplexity).toBeCloseTo(Math.exp(loss), 10)
    const last = steps.filter(({ epoch }) => epoch === 5)
    expect(last.at(-1)!.epochPerplexity).toBeCloseTo(Math.exp(last.reduce((n, { loss }) => n + loss, 0) / last.length), 6)
    expect(Math.abs(steps.at(-1)!.totalSteps - steps.length)).toBeLessThanOrEqual(6)
    m.destroy()
  })

  test('the same seed gives the same bits, another seed others', async () => {
    const run = async (seed: number) => {
      const { corpus, model: m } = await model(rhyme, { seed })
      const losses = (await all(m.train(corpus, { batch: 4, steps: 10, epochs: 1, seed }))).map(({ loss }) => loss)
      const parameters = await m.network.readParameters()
      m.destroy()
      return { losses, weights: [...parameters.get('layers.0.U')!] }
    }
    const [first, second, other] = [await run(5), await run(5), await run(6)]
    expect(second).toEqual(first)
    expect(other.losses).not.toEqual(first.losses)
  })

  test('steps are queued without waiting for the loss of those before', async () => {
    const network = await Network.create({ device: await testDevice(), input: { ids: 5 }, layers: [{ cell: 'rnn', hidden: 8 }], head: { classes: 5 } })
    const trainer = await Trainer.create(network, { steps: 4, batch: 2, optimizer: sgd({ rate: 0.1 }) })
    const submit = vi.spyOn(GPUQueue.prototype, 'submit')
    const ids = Uint32Array.from({ length: 8 }, (_, i) => i % 5)
    const results = Array.from({ length: 10 }, () => trainer.step({ ids, targets: ids }))
    expect(submit).toHaveBeenCalledTimes(10) // and no loss has come back: nothing was awaited yet
    submit.mockRestore()
    const losses = (await Promise.all(results)).map(({ loss }) => loss)
    for (let i = 1; i < losses.length; i++) expect(losses[i]).toBeLessThan(losses[i - 1]!)
    trainer.destroy()
    network.destroy()
  })

  test('a rate schedule is followed', async () => {
    const { corpus, model: m } = await model(rhyme)
    const steps = await all(m.train(corpus, { batch: 4, steps: 10, epochs: 1, optimizer: momentum({ rate: (step) => 0.1 / (1 + step) }) }))
    steps.forEach(({ rate, step }) => expect(rate).toBe(0.1 / (1 + step)))
    m.destroy()
  })

  test('an exploding network is told apart from a wrong one, and clipping tames it', async () => {
    const run = async (clipNorm: number) => {
      const { corpus, model: m } = await model(rhyme, { cell: 'rnn-relu', hidden: 32 })
      try {
        return await all(m.train(corpus, { batch: 4, steps: 30, epochs: 8, optimizer: sgd({ rate: 2 }), clipNorm }))
      } finally {
        m.destroy()
      }
    }
    const error = await failure(() => run(Infinity))
    expect(error.code).toBe('not-finite')
    expect(error.message).toMatch(/the loss is (NaN|Infinity) at step \d+: the gradient exploded. Lower the learning rate \(2\) or set clipNorm/)
    expect((await run(0.5)).every(({ loss }) => Number.isFinite(loss))).toBe(true)
  })

  test('a gradient that is no number is told, though the loss before it is one', async () => {
    const { corpus, model: m } = await model(rhyme)
    const W = (await m.network.readParameters()).get('head.W')!
    m.network.writeParameters(new Map([['head.W', W.map((v) => v * 1e25)]]))
    const error = await failure(() => all(m.train(corpus, { batch: 4, steps: 10, epochs: 1 })))
    expect(error.code).toBe('not-finite')
    expect(error.message).toMatch(/the norm of the gradient is Infinity at step 0/)
    m.destroy()
  })

  test('a GRU of 64 falls below perplexity 4 on the built-in text', async () => {
    const { corpus, model: m } = await model(english, { hidden: 64, seed: 1 })
    let lowest = Infinity
    for await (const { epochPerplexity, epoch } of m.train(corpus, { optimizer: adam({ rate: 1e-2 }), epochs: 20 })) {
      if (epoch > 0) lowest = Math.min(lowest, epochPerplexity)
      if (lowest < 4) break
    }
    expect(lowest).toBeLessThan(4)
    // It did not learn it by heart: text it has not seen is not much harder.
    expect(await m.evaluate(corpus.heldOut)).toBeLessThan(6)
    m.destroy()
  }, 180_000)
})

describe('evaluation', () => {
  test('is the perplexity of the reference, whatever the windows', async () => {
    const { corpus, model: m } = await model(rhyme)
    const ids = corpus.training.slice(0, 90)
    const parameters = new Map([...(await m.network.readParameters())].map(([name, v]) => [name, Float64Array.from(v)]))
    const { logits } = forward(m.network.spec, parameters, { ids: ids.slice(0, -1) }, { batch: 1 })
    const { perplexity } = crossEntropy(logits, ids.slice(1), { classes: corpus.vocabulary.size })
    for (const steps of [7, 64, 89]) expect((await m.evaluate(ids, { batch: 1, steps })) / perplexity).toBeCloseTo(1, 5)
    m.destroy()
  })

  test('does not disturb a training under way', async () => {
    const run = async (evaluate: boolean) => {
      const { corpus, model: m } = await model(rhyme)
      const losses = []
      for await (const { loss, step } of m.train(corpus, { batch: 4, steps: 10, epochs: 1 })) {
        losses.push(loss)
        if (evaluate && step % 5 === 0) {
          await m.evaluate(corpus.heldOut)
          await m.generate('the ', { length: 5 })
        }
      }
      m.destroy()
      return losses
    }
    expect(await run(true)).toEqual(await run(false))
  })
})

describe('writing', () => {
  test('greedy writing is the argmax of the network run over the whole text', async () => {
    const { corpus, model: m } = await model(rhyme)
    await all(m.train(corpus, { batch: 4, steps: 10, epochs: 1, optimizer: adam({ rate: 1e-2 }) }))
    // Prefixes that end within a chunk of 64, at its end and beyond it.
    for (const length of [1, 2, 63, 64, 65, 66, 128, 129, 200]) {
      const prefix = rhyme.slice(3, 3 + length)
      const text = await m.generate(prefix, { length: 70, temperature: 0 })
      expect(text.startsWith(prefix)).toBe(true)
      expect([...text].length).toBe(length + 70)
      const ids = m.vocabulary.encode(text)
      const V = corpus.vocabulary.size
      const { logits } = await m.network.run({ steps: ids.length - 1, batch: 1, ids: ids.slice(0, -1) })
      for (let t = length - 1; t < ids.length - 1; t++) {
        const row = logits.subarray(t * V, (t + 1) * V)
        // The two runs round differently; an id is right if nothing is likelier by more than that.
        expect(Math.max(...row) - row[ids[t + 1]!]!).toBeLessThan(1e-4)
      }
    }
    m.destroy()
  })

  test.each([
    { V: 2048, embedding: 6, layers: 2, bias: true },
    { V: 2052, embedding: undefined, layers: 1, bias: true },
    { V: 40, embedding: 6, layers: 2, bias: true },
    { V: 40, embedding: undefined, layers: 1, bias: false },
  ])('with few classes and with many, with an embedding and without (%o)', async ({ V, embedding, layers, bias }) => {
    const network = await Network.create({
      device: await testDevice(),
      input: { ids: V, ...(embedding && { embedding }) },
      head: { classes: V },
      seed: 4,
      layers: Array.from({ length: layers }, () => ({ cell: 'lstm', hidden: 5, bias })),
    })
    const writer = await TextGenerator.create(network)
    const prefix = Uint32Array.of(3, 1, 2)
    const written = async () => {
      const ids: number[] = []
      for await (const part of writer.generate(prefix, { length: 150, temperature: 0 })) ids.push(...part.ids)
      return ids
    }
    const ids = await written()
    expect(ids.length).toBe(150)
    expect(await written()).toEqual(ids)
    const all = Uint32Array.of(...prefix, ...ids)
    const { logits } = await network.run({ steps: all.length - 1, batch: 1, ids: all.slice(0, -1) })
    ids.forEach((id, n) => {
      const row = logits.subarray((n + 2) * V, (n + 3) * V)
      expect(Math.max(...row) - row[id]!).toBeLessThan(1e-5)
    })
    writer.destroy()
    network.destroy()
  })

  test.each(cellNames)('%s: dealt to more invocations, as on hardware, it writes the same', async (cell) => {
    const gpu = await testDevice()
    const spec = {
      input: { ids: 9 },
      head: { classes: 9 },
      layers: [
        { cell, hidden: 24 },
        { cell, hidden: 7 },
      ],
      seed: 6,
    }
    const [hardware, software] = await Promise.all([false, true].map((isSoftware) => Network.create({ device: asIf(gpu, isSoftware), ...spec })))
    const writer = await TextGenerator.create(hardware!)
    const ids = [5]
    for await (const part of writer.generate(Uint32Array.from(ids), { length: 70, temperature: 0 })) ids.push(...part.ids)
    const { logits } = await software!.run({ steps: 70, batch: 1, ids: Uint32Array.from(ids.slice(0, -1)) })
    for (let t = 0; t < 70; t++) {
      const row = logits.subarray(t * 9, (t + 1) * 9)
      expect(Math.max(...row) - row[ids[t + 1]!]!).toBeLessThan(1e-5)
    }
    writer.destroy()
    for (const network of [hardware!, software!]) network.destroy()
  })

  test('a seed writes the same text, in pieces or whole, alone or beside another', async () => {
    const { model: m } = await model(rhyme)
    const options = { temperature: 1.2, topK: 5, seed: 9 }
    const [one, two] = await Promise.all([m.generate('the ', { ...options, length: 150 }), m.generate('mill', { ...options, length: 90 })])
    expect(await m.generate('the ', { ...options, length: 150 })).toBe(one)
    expect(await m.generate('mill', { ...options, length: 90 })).toBe(two)
    expect(one.startsWith(await m.generate('the ', { ...options, length: 70 }))).toBe(true)
    expect(await m.generate('the ', { ...options, length: 150, seed: 10 })).not.toBe(one)
    const pieces: string[] = []
    for await (const piece of m.stream('the ', { ...options, length: 150 })) pieces.push(piece)
    expect('the ' + pieces.join('')).toBe(one)
    expect(pieces.length).toBeGreaterThan(1)
    expect(await m.generate('the ', { ...options, length: 0 })).toBe('the ')
    m.destroy()
  })

  test.each([
    { temperature: 0.7, topK: 0 },
    { temperature: 1.3, topK: 4 },
    { temperature: 0, topK: 0 },
  ])('tells what each character was drawn from (%o)', async ({ temperature, topK }) => {
    const { corpus, model: m } = await model(rhyme)
    const options = { temperature, topK, seed: 3, length: 100 }
    const draws = []
    for await (const part of m.sample('the mill', { ...options, alternatives: 3 })) draws.push(...part)
    const text = await m.generate('the mill', options)
    expect('the mill' + draws.map(({ character }) => character).join('')).toBe(text)
    // The same network, run over the whole text at once.
    const ids = m.vocabulary.encode(text)
    const V = corpus.vocabulary.size
    const { logits } = await m.network.run({ steps: ids.length - 1, batch: 1, ids: ids.slice(0, -1) })
    draws.forEach((draw, n) => {
      const row = [...logits.subarray((n + 7) * V, (n + 8) * V)]
      const order = row.map((o, id) => ({ o, character: m.vocabulary.characters[id]! })).sort((a, b) => b.o - a.o)
      const kept = temperature === 0 ? order.slice(0, 1) : topK === 0 ? order : order.slice(0, topK)
      const sum = kept.reduce((total, { o }) => total + Math.exp(o / (temperature || 1)), 0)
      const chance = (o: number) => Math.exp(o / (temperature || 1)) / sum
      expect(draw.alternatives).toHaveLength(3)
      draw.alternatives.slice(0, kept.length).forEach(({ probability }, i) => expect(probability).toBeCloseTo(chance(kept[i]!.o), 4))
      expect(draw.probability).toBeCloseTo(chance(row[ids[n + 8]!]!), 4)
    })
    m.destroy()
  })

  test('leaving the loop early frees the writer for the next text', async () => {
    const { model: m } = await model(rhyme)
    for await (const piece of m.stream('the ', { length: 500 })) if (piece) break
    expect([...(await m.generate('the ', { length: 10 }))].length).toBe(14)
    m.destroy()
  })

  test('Chinese and emoji are characters like any other', async () => {
    const text = `${chinese.slice(0, 400)}🦆🌊${chinese.slice(400, 800)}`
    const { corpus, model: m } = await model(text)
    await all(m.train(corpus, { batch: 4, steps: 10, epochs: 2 }))
    const written = await m.generate('🦆🌊', { length: 40, temperature: 2 })
    expect([...written].length).toBe(42)
    expect(written.startsWith('🦆🌊')).toBe(true)
    for (const character of written) expect(corpus.vocabulary.has(character)).toBe(true)
    m.destroy()
  })
})

describe('what is refused, and how', () => {
  test('options', async () => {
    const { corpus, model: m } = await model(rhyme)
    const create = (options: object) => async () => TextModel.create({ device: await testDevice(), vocabulary: corpus.vocabulary, ...options })
    const train = (options: object) => () => all(m.train(corpus, options))
    const cases: [() => unknown, RegExp][] = [
      [create({ hidden: 0 }), /hidden is 0, expected a whole number of at least 1/],
      [create({ hidden: '64' }), /hidden is "64" \(a string\)/],
      [create({ hidden: 2.5 }), /hidden is 2.5/],
      [create({ layers: 0 }), /layers is 0/],
      [create({ layers: 1e9 }), /layers is 1000000000, expected a whole number from 1 to 1000/],
      [() => TextModel.create(undefined as never), /options is undefined, expected an object/],
      [create({ cell: 'transformer' }), /cell is "transformer" \(a string\), expected one of rnn, rnn-relu, gru, gru-reset-after, mgu, lstm/],
      [create({ seed: -1 }), /seed is -1/],
      [create({ vocabulary: 'abc' }), /vocabulary is "abc" \(a string\), expected a Vocabulary/],
      [train({ batch: 0 }), /batch is 0/],
      [train({ steps: NaN }), /steps is NaN/],
      [train({ epochs: 0 }), /epochs is 0/],
      [train({ partition: 'both' }), /partition is "both" \(a string\), expected 'sequential' or 'random'/],
      [train({ clipNorm: -1 }), /clipNorm is -1/],
      [train({ batch: 1000, steps: 1000 }), /characters/],
      [train({ optimizer: 'adam' }), /optimizer is "adam" \(a string\), expected the result of adam/],
      [() => all(m.train(rhyme as never)), /corpus is .*expected a Corpus/],
      [() => all(m.train(Corpus.fromText('other text '.repeat(200)))), /another vocabulary/],
      [() => m.generate('', { length: 5 }), /prefix is empty/],
      [() => m.generate('Zoë', { length: 5 }), /'Z' \(U\+005A\)/],
      [() => m.generate('the', { length: -1 }), /length is -1/],
      [() => m.generate('the', { length: 5, temperature: -1 }), /temperature is -1/],
      [() => m.generate('the', { length: 5, topK: 1.5 }), /topK is 1.5/],
      [() => m.generate('the', undefined as never), /options is undefined, expected an object such as { length: 200/],
      [() => m.evaluate('t'), /at least 2/],
      [() => m.evaluate(Uint32Array.of(0, 1, 99)), /ids\[2\] is 99, expected less than/],
    ]
    for (const [work, message] of cases) expect((await failure(work)).message).toMatch(message)
    // Nothing is lost: the model goes on.
    expect((await all(m.train(corpus, { batch: 4, steps: 10, epochs: 1 }))).length).toBeGreaterThan(10)
    m.destroy()
    expect((await failure(() => all(m.train(corpus, { batch: 4, steps: 10 })))).code).toBe('disposed')
    expect((await failure(() => m.generate('the', { length: 5 }))).code).toBe('disposed')
  })

  test('a model that does not fit', async () => {
    const vocabulary = Vocabulary.fromText('ab')
    const error = await failure(async () => TextModel.create({ device: await testDevice(), vocabulary, hidden: 200_000 }))
    expect(error.code).toBe('too-large')
    expect(error.message).toMatch(/[TG]iB.*Lower the hidden size/)
  })

  test('batches that do not fit the network', async () => {
    const network = await Network.create({
      device: await testDevice(),
      input: { ids: 5 },
      layers: [{ cell: 'gru', hidden: 4, bidirectional: true }],
      head: { classes: 5 },
    })
    const trainer = await Trainer.create(network, { steps: 3, batch: 2, optimizer: sgd({ rate: 1 }) })
    const ids = (...values: number[]) => Uint32Array.from(values)
    const six = ids(0, 1, 2, 3, 4, 0)
    const cases: [Partial<Parameters<Trainer['step']>[0]>, RegExp][] = [
      [{ ids: ids(1, 2), targets: six }, /ids has 2 numbers, expected 6: \[steps 3, batch 2\]/],
      [{ ids: ids(0, 1, 2, 3, 9, 0), targets: six }, /ids\[4\] is 9, expected less than 5/],
      [{ ids: six, targets: ids(1) }, /targets has 1 numbers, expected 6/],
      [{ targets: six }, /ids is missing, expected a Uint32Array/],
      [{ ids: [...six] as never, targets: six }, /ids is an array of 6, expected a Uint32Array/],
      [{ ids: six, targets: six, lengths: ids(4, 1) }, /lengths\[0\] is 4, expected at most 3/],
      [{ ids: six }, /targets is missing/],
      [{ ids: six, features: new Float32Array(6), targets: six }, /batch has features, but this network reads ids/],
      [{ ids: six, targets: six, fresh: false }, /a bidirectional network, or one that reads backwards, cannot carry its state/],
    ]
    for (const [batch, message] of cases) expect((await failure(() => trainer.step(batch as never))).message).toMatch(message)
    trainer.destroy()
    expect((await failure(() => trainer.step({ ids: six, targets: six }))).code).toBe('disposed')
    network.destroy()
  })
})
