// NaN and the infinities: refused where they come in, named where they have come about, and no step of a training takes a weight with it.
import { describe, expect, test } from 'vitest'
import {
  adam,
  BlankModel,
  Corpus,
  fromPyTorch,
  ignored,
  memoryOf,
  momentum,
  Network,
  Predictor,
  readSafetensors,
  RecurrentLayer,
  sgd,
  TextModel,
  toPyTorch,
  Trainer,
  writeSafetensors,
  type FloatTensor,
  type NetworkOptions,
  type TrainerOptions,
  type TrainingBatch,
} from 'sluice'
import { failure } from './support/failure'
import { numbers, testDevice } from './support/kernel'
import { plantWeight } from './support/plant'

const [T, B] = [3, 2]
const shape = { steps: T, batch: B }
const strategy = 'tile-16'
const spec = { input: { features: 2 }, layers: [{ cell: 'rnn', hidden: 3 }], head: { numbers: 1 } } as const
const make = async (more: Partial<NetworkOptions> = {}) => Network.create({ device: await testDevice(), seed: 1, ...spec, ...more })
const trainerOf = (network: Network, more: Partial<TrainerOptions> = {}) =>
  Trainer.create(network, { ...shape, optimizer: adam({ rate: 0.01 }), strategy, ...more })
const batch: TrainingBatch = { features: numbers(T * B * 2, 3), targets: numbers(T * B, 5) }
const filled = (length: number, index: number, value: number) => Float32Array.from({ length }, (_, i) => (i === index ? value : 0.1))
const bits = (values: ReadonlyMap<string, Float32Array>) =>
  Object.fromEntries([...values].map(([name, v]) => [name, [...new Uint32Array(v.buffer, v.byteOffset, v.length)]]))
const weights = async (network: Network) => bits(await network.readParameters())

/** The tensors of a file, one number of one of them changed, as another program would write it: without a checksum. */
function tampered(file: Uint8Array<ArrayBuffer>, name: string, value: number): Uint8Array<ArrayBuffer> {
  const {
    tensors,
    metadata: { checksum: _, ...metadata },
  } = readSafetensors(file)
  const changed = new Map<string, FloatTensor>([...tensors].map(([key, { shape, values }]) => [key, { shape, values }]))
  changed.get(name)!.values[1] = value
  return writeSafetensors(changed, { ...metadata, version: '1' })
}

describe('what comes in is refused by place and value', () => {
  test('at every door that takes numbers', async () => {
    const device = await testDevice()
    const network = await make()
    const trainer = await trainerOf(network)
    await trainer.step({ ...batch, fresh: true })
    const predictor = await Predictor.create(network, { ...shape, strategy })
    const layer = await RecurrentLayer.create(device, { cell: 'gru', input: 2, hidden: 3, train: true, ...shape })
    const classes = await make({ head: { classes: 3 } })
    const file = await trainer.save()
    const torch = toPyTorch(await network.readParameters(), network.spec)
    torch.get('head.bias')!.values[0] = NaN
    const before = await weights(network)
    const run = (more: object) => () => network.run({ ...shape, ...batch, strategy, ...more } as never)
    const labels = Uint32Array.of(0, 1, 2, 0, 1, 2)
    const doors: [string, () => unknown, string, RegExp][] = [
      ['writeParameters', () => network.writeParameters(new Map([['head.b', [NaN]]])), 'bad-value', /^head\.b\[0\] is NaN, expected a finite number$/],
      [
        'writeParameters of a number float32 has not',
        () => network.writeParameters(new Map([['head.b', [1e39]]])),
        'bad-value',
        /^head\.b\[0\] is 1e\+39, .*float32/,
      ],
      ['RecurrentLayer.writeParameters', () => layer.writeParameters(new Map([['b', filled(9, 4, Infinity)]])), 'bad-value', /^layers\.0\.b\[4\] is Infinity/],
      ['RecurrentLayer.write', () => layer.write(layer.x, filled(T * B * 2, 2, NaN)), 'bad-value', /^x\[2\] is NaN/],
      ['features of a run', run({ features: filled(T * B * 2, 3, NaN) }), 'bad-value', /^features\[3\] is NaN/],
      ['features of a step', () => trainer.step({ ...batch, features: filled(T * B * 2, 3, -Infinity) }), 'bad-value', /^features\[3\] is -Infinity/],
      ['features of a prediction', () => predictor.predict({ features: filled(T * B * 2, 3, NaN) }), 'bad-value', /^features\[3\] is NaN/],
      ['targets of a run', run({ targets: filled(T * B, 1, Infinity) }), 'bad-value', /^targets\[1\] is Infinity/],
      ['targets of a step', () => trainer.step({ ...batch, targets: filled(T * B, 1, Infinity) }), 'bad-value', /^targets\[1\] is Infinity/],
      ['initial', run({ initial: [{ h: filled(B * 3, 2, NaN) }] }), 'bad-value', /^initial\[0\]\.h\[2\] is NaN/],
      ['outputGradients', run({ gradients: true, outputGradients: filled(T * B * 3, 7, NaN) }), 'bad-value', /^outputGradients\[7\] is NaN/],
      ['finalGradients', run({ gradients: true, finalGradients: [{ h: [Infinity, 0, 0, 0, 0, 0] }] }), 'bad-value', /^finalGradients\[0\]\.h\[0\] is Infinity/],
      [
        'classWeights of a run',
        () => classes.run({ ...shape, features: batch.features!, targets: labels, classWeights: Float32Array.of(1, NaN, 1) }),
        'bad-value',
        /^classWeights\[1\] is NaN/,
      ],
      ['classWeights of a trainer', () => trainerOf(classes, { classWeights: Float32Array.of(1, Infinity, 1) }), 'bad-value', /^classWeights\[1\] is Infinity/],
      [
        'labels of a run',
        () => classes.run({ ...shape, features: batch.features!, targets: Uint32Array.of(1, 2, 3, 1, 2, 3) }),
        'bad-value',
        /^targets\[2\] is 3, .*Do the labels start at 1/,
      ],
      [
        'a schedule',
        async () => (await trainerOf(network, { optimizer: sgd({ rate: () => 1e39 }) })).step(batch),
        'bad-value',
        /^the rate at step 0 is 1e\+39/,
      ],
      ['clipNorm', () => trainerOf(network, { clipNorm: 1e-46 }), 'bad-value', /^clipNorm is 1e-46/],
      ['clipValue', () => trainerOf(network, { clipValue: 1e39 }), 'bad-value', /^clipValue is 1e\+39/],
      ['notFinite', () => trainerOf(network, { notFinite: 'ignore' as never }), 'bad-value', /^notFinite is "ignore" .*expected 'stop', 'skip' or 'rollback'/],
      ['a file, parameters', () => Network.load(tampered(file, 'layers.0.U', NaN), { device }), 'bad-file', /^layers\.0\.U\[1\] is NaN/],
      [
        'a file, the optimizer',
        () => trainer.resume(tampered(file, 'training.mean.layers.0.W', Infinity)),
        'bad-file',
        /^training\.mean\.layers\.0\.W\[1\] is Infinity/,
      ],
      [
        'a file, carried states',
        () => trainer.resume(tampered(file, 'training.carried.layers.0.h', NaN)),
        'bad-file',
        /^training\.carried\.layers\.0\.h\[1\] is NaN/,
      ],
      ['fromPyTorch', () => fromPyTorch(torch, network.spec), 'bad-file', /^head\.bias\[0\] is NaN/],
      [
        'toPyTorch',
        () => toPyTorch(new Map([...numbersOf(network)].map(([name, v]) => [name, v.fill(NaN)])), network.spec),
        'bad-value',
        /^layers\.0\.W\[0\] is NaN/,
      ],
    ]
    for (const [what, work, code, message] of doors) {
      const error = await failure(work)
      expect(error.code, what).toBe(code)
      expect(error.message, what).toMatch(message)
    }
    expect(await weights(network)).toEqual(before)
    for (const one of [trainer, predictor, layer, network, classes]) one.destroy()
  })

  test('Infinity is no limit, at every door', async () => {
    const network = await make()
    const trainer = await trainerOf(network, { clipNorm: Infinity, clipValue: Infinity })
    expect((await trainer.step(batch)).skipped).toBeUndefined()
    trainer.destroy()
    network.destroy()
  })

  test('what lies past the end of a row is not read', async () => {
    for (const embedding of [undefined, 3]) {
      const network = await make({ input: { ids: 4, ...(embedding && { embedding }) }, head: { classes: 4 } })
      const lengths = Uint32Array.of(3, 1)
      const of = async (pad: number) => {
        const ids = Uint32Array.of(1, 2, 3, pad, 0, pad)
        const { loss, logits, gradients } = await network.run({ ...shape, ids, lengths, targets: ids, gradients: true, strategy })
        return { loss, logits, gradients: bits(gradients!.parameters) }
      }
      for (const pad of [4, ignored]) expect(await of(pad)).toEqual(await of(0))
      network.destroy()
    }
  })
})

/** Zeros in place of every parameter. */
const numbersOf = ({ parameters }: Network) =>
  new Map(parameters.names.map((name) => [name, new Float32Array(parameters.value(name).shape.reduce((n, d) => n * d.size, 1))]))

/** A step that is not finite: how it comes about, and what is said of it. */
interface Planted {
  readonly network?: Partial<NetworkOptions>
  readonly trainer?: Partial<TrainerOptions>
  /** After a step that was right. */
  readonly plant?: (network: Network, trainer: Trainer) => void
  readonly batch?: Partial<TrainingBatch>
  readonly says: RegExp
}

const labels = Uint32Array.of(0, 1, 2, 0, 1, 2)
const ids = { network: { input: { ids: 4, embedding: 3 } }, batch: { features: undefined, ids: Uint32Array.of(0, 1, 2, 3, 0, 1) } } as const
const broken = (name: string, value: number): Pick<Planted, 'plant' | 'says'> => ({
  plant: (network) => plantWeight(network, name, value),
  says: new RegExp(`at step 1: the parameter ${name.replaceAll('.', '\\.')} is ${value} at 0 before the step, so a lower learning rate does not help`),
})

test.each<[string, Planted]>([
  ['W is NaN', broken('layers.0.W', NaN)],
  // Of tanh, an infinite weight makes 1: only without it does it show in the loss.
  ['W is infinite', { network: { layers: [{ cell: 'rnn-relu', hidden: 3 }] }, ...broken('layers.0.W', Infinity) }],
  ['U is NaN', broken('layers.0.U', NaN)],
  ['a bias is infinite', { network: { layers: [{ cell: 'rnn-relu', hidden: 3 }] }, ...broken('layers.0.b', Infinity) }],
  ['W of the head is NaN', broken('head.W', NaN)],
  ['the bias of the head is NaN', broken('head.b', NaN)],
  ['an embedding is NaN', { ...ids, ...broken('embedding', NaN) } as Planted],
  ['a peephole is NaN', { network: { layers: [{ cell: 'lstm', hidden: 3, peepholes: true }] }, ...broken('layers.0.p', NaN) }],
  ['the inner bias of a GRU is NaN', { network: { layers: [{ cell: 'gru-reset-after', hidden: 3 }] }, ...broken('layers.0.bn', NaN) }],
  ['a learned state is infinite', { network: { layers: [{ cell: 'gru', hidden: 3, learnInitial: true }] }, ...broken('layers.0.h0', Infinity) }],
  ['a weight of a classifier is NaN', { network: { head: { classes: 3 } }, batch: { targets: labels }, ...broken('head.W', NaN) }],
  [
    'NaN in the optimizer state',
    {
      trainer: { optimizer: momentum({ rate: 0.1 }) },
      plant: (network, trainer) => {
        const { buffer } = (trainer as unknown as { optimizerState: Map<string, { buffer: GPUBuffer }> }).optimizerState.get('velocity')!
        network.gpu.device.queue.writeBuffer(buffer, network.parameters.value('head.b').offset, Float32Array.of(NaN))
        plantWeight(network, 'head.W', 1e30)
      },
      says: /at step 1: the optimizer state was not finite before the step: velocity of head\.b is NaN at 0/,
    },
  ],
  [
    'a carried state is infinite',
    {
      batch: { fresh: false },
      plant: (network, trainer) => {
        const { states } = (trainer as unknown as { session: { unrolled: { states: { finals: Map<string, { buffer: GPUBuffer; offset: number }> } } } }).session
          .unrolled
        const { buffer, offset } = states.finals.get('layers.0.h')!
        network.gpu.device.queue.writeBuffer(buffer, offset, Float32Array.of(NaN))
      },
      says: /at step 1: the state that was carried into the step was not finite: layers\.0\.h is NaN at 0\. Reset the state with fresh: true/,
    },
  ],
  [
    'targets too large to be squared',
    { batch: { targets: filled(T * B, 2, 1e25) }, says: /the loss is Infinity at step 1: the targets reach 1e\+25, and their squares overflow float32/ },
  ],
  [
    'features too large',
    { network: { layers: [{ cell: 'rnn-relu', hidden: 3 }] }, batch: { features: filled(T * B * 2, 2, 3e38) }, says: /at step 1: the features reach 3e\+38/ },
  ],
  [
    'recurrent weights too large',
    {
      network: { layers: [{ cell: 'rnn-relu', hidden: 3 }] },
      plant: (network) => {
        plantWeight(network, 'layers.0.U', 1e20)
        plantWeight(network, 'layers.0.b', 1e3)
      },
      says: /at step 1: the gradient exploded\. Lower the learning rate \(0\.01\) or set clipNorm\. The largest weight is 1(e\+20|00000000000000000000) \(layers\.0\.U\)/,
    },
  ],
  [
    'a head too large',
    {
      trainer: { clipNorm: 1 },
      plant: (network) => plantWeight(network, 'head.W', 1e30),
      says: /at step 1: the gradient exploded\. Lower the learning rate \(0\.01\) or lower clipNorm \(1\)\. The largest weight is 1e\+30 \(head\.W\)/,
    },
  ],
  [
    'a gradient too large, of a loss that is not',
    {
      network: { head: { classes: 3 } },
      batch: { targets: labels },
      plant: (network) => {
        for (let i = 0; i < 3; i++) plantWeight(network, 'head.W', (i - 1) * 3e25, i)
      },
      says: /the norm of the gradient is Infinity at step 1: the gradient exploded/,
    },
  ],
  [
    'a rate too high, at once',
    {
      trainer: { optimizer: sgd({ rate: 1e38 }) },
      batch: { targets: filled(T * B, 2, 1e6) },
      says: /the update is not finite \(learning rate 1e\+38, norm of the gradient [\d.e+]+\) at step 1: the gradient exploded\. Lower the learning rate \(1e\+38\) or set clipNorm/,
    },
  ],
  [
    'a rate too high, in time',
    {
      network: { layers: [{ cell: 'rnn-relu', hidden: 3 }] },
      trainer: { optimizer: sgd({ rate: 1e12 }) },
      says: /at step [1-9]: the gradient exploded\. Lower the learning rate \(1000000000000\) or set clipNorm/,
    },
  ],
])('%s: the cause is named, and weights and optimizer are those before the step', async (_, planted) => {
  const network = await make(planted.network)
  const first = {
    ...batch,
    ...('ids' in (planted.batch ?? {}) && { features: undefined, ids: planted.batch!.ids }),
    ...(planted.network?.head && 'classes' in planted.network.head && { targets: labels }),
  } as TrainingBatch
  const trainer = await trainerOf(network, { ...planted.trainer, ...(/at once/.test(_) && { optimizer: sgd({ rate: (step) => (step === 0 ? 0 : 1e38) }) }) })
  await trainer.step(first)
  planted.plant?.(network, trainer)
  const now = async () => {
    const { parameters, training } = await trainer.snapshot()
    return { parameters: bits(parameters), memory: [...training.optimizerState].map(([name, values]) => [name, bits(values)]), step: training.step }
  }
  let before
  const bad = { ...first, ...planted.batch } as TrainingBatch
  let error
  for (let i = 0; i < 9 && !error; i++) {
    before = await now()
    error = await trainer.step(bad).then(
      () => undefined,
      (error: unknown) => error,
    )
  }
  expect(error).toMatchObject({ code: 'not-finite', message: expect.stringMatching(planted.says) })
  expect(await now()).toEqual(before)
  trainer.destroy()
  network.destroy()
})

describe('policies', () => {
  const bad: TrainingBatch = { ...batch, targets: filled(T * B, 2, 1e25), fresh: false }
  const good = (seed: number): TrainingBatch => ({ features: numbers(T * B * 2, seed), targets: numbers(T * B, seed + 1), fresh: false })
  const run = async (policy: TrainerOptions['notFinite'], batches: readonly TrainingBatch[]) => {
    const network = await make({ layers: [{ cell: 'lstm', hidden: 3 }] })
    const trainer = await trainerOf(network, { notFinite: policy, optimizer: momentum({ rate: 0.1 }) })
    const results = await Promise.allSettled(batches.map((one) => trainer.step(one)))
    return { network, trainer, results, end: () => (trainer.destroy(), network.destroy()) }
  }
  const all = async ({ trainer }: { trainer: Trainer }) => {
    const { parameters, training } = await trainer.snapshot()
    return { parameters: bits(parameters), memory: [...training.optimizerState.values()].map(bits), carried: bits(training.carried), step: training.step }
  }

  test('stop: what is queued behind changes nothing, and the next step goes on from before', async () => {
    const straight = await run('stop', [good(1), good(2)])
    const stopped = await run('stop', [good(1), good(2), bad, good(3), good(4)])
    expect(stopped.results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected'])
    expect(stopped.results.slice(2).map((one) => (one as PromiseRejectedResult).reason.message.slice(0, 60))).toEqual([
      expect.stringMatching(/^the loss is Infinity at step 2: the targets/),
      expect.stringMatching(/^step 3 was dropped/),
      expect.stringMatching(/^step 4 was dropped/),
    ])
    expect(await all(stopped)).toEqual(await all(straight))
    expect(stopped.trainer.steps).toBe(2)
    expect(await stopped.trainer.step(good(5))).toEqual(await straight.trainer.step(good(5)))
    expect(await all(stopped)).toEqual(await all(straight))
    // What was saved of it is taken, and goes on as well.
    stopped.trainer.resume(await straight.trainer.save())
    expect(await stopped.trainer.step(good(6))).toEqual(await straight.trainer.step(good(6)))
    straight.end()
    stopped.end()
  })

  test('skip: the step is told of, and the next goes on from before it', async () => {
    const straight = await run('skip', [good(1), good(3), good(4)])
    const skipped = await run('skip', [good(1), bad, good(3), bad, bad, good(4)])
    const values = skipped.results.map((one) => (one as PromiseFulfilledResult<{ skipped?: boolean; loss: number }>).value)
    expect(values.map(({ skipped = false }) => skipped)).toEqual([false, true, false, true, true, false])
    expect(values.map(({ loss }) => loss).filter(Number.isFinite)).toEqual(
      straight.results.map((one) => (one as PromiseFulfilledResult<{ loss: number }>).value.loss),
    )
    expect({ ...(await all(skipped)), step: 3 }).toEqual(await all(straight))
    straight.end()
    skipped.end()
  })

  test('rollback: weights and optimizer are those of the copy, and training goes on', async () => {
    const begin = await run('rollback', [])
    const start = await all(begin)
    const rolled = await run('rollback', [good(1), good(2), bad])
    const { parameters, memory } = await all(rolled)
    expect(parameters).toEqual(start.parameters)
    expect(memory).toEqual([...start.memory, start.parameters, ...start.memory]) // with the copies
    const next = await rolled.trainer.step(good(3))
    expect(next.skipped).toBeUndefined()
    expect((await all(rolled)).parameters).not.toEqual(start.parameters)
    expect(rolled.trainer.bytes).toBeGreaterThan((await run('stop', [])).trainer.bytes)
    for (const notFinite of ['stop', 'rollback'] as const) {
      const trainer = await trainerOf(rolled.network, { notFinite })
      const {
        optimizer,
        activations,
        batch: sent,
        uniforms,
      } = memoryOf(rolled.network.spec, { ...shape, optimizer: adam(), device: rolled.network.gpu, strategy, notFinite })
      expect(trainer.bytes).toBe(optimizer + activations + sent + uniforms)
      trainer.destroy()
    }
    begin.end()
    rolled.end()
  })

  test('rollback: one that was saved goes back to the same copy', async () => {
    const later = [good(3), bad, good(4)]
    const straight = await run('rollback', [good(1), good(2), ...later])
    const saved = await run('rollback', [good(1), good(2)])
    const resumed = await run('rollback', [])
    resumed.trainer.resume(await saved.trainer.save())
    await Promise.all(later.map((one) => resumed.trainer.step(one)))
    expect(await all(resumed)).toEqual(await all(straight))
    for (const one of [straight, saved, resumed]) one.end()
  })

  test('a text model skips, counts without what it skipped, and its file goes on', async () => {
    const corpus = Corpus.fromText('the cat sat on the mat. '.repeat(40))
    const model = await TextModel.create({ vocabulary: corpus.vocabulary, hidden: 6, device: await testDevice() })
    const options = { batch: 2, steps: 8, epochs: 1, notFinite: 'skip' as const, optimizer: sgd({ rate: 0.1 }) }
    const head = (await model.network.readParameters()).get('head.W')!
    const training = model.train(corpus, options)
    const skipped: number[] = []
    let file: Uint8Array<ArrayBuffer> | undefined
    for await (const progress of training) {
      if (progress.skipped) skipped.push(progress.step)
      expect(progress.epochPerplexity).toSatisfy(Number.isFinite)
      // What is queued from here on has a gradient that overflows; until it has not.
      if (progress.step === 1) model.network.writeParameters(new Map([['head.W', head.map((v) => v * 1e30)]]))
      if (progress.step === 6) file = await training.save()
      if (progress.step === 7) model.network.writeParameters(new Map([['head.W', head]]))
      if (progress.step === 15) break
    }
    expect(skipped.length).toBeGreaterThan(3)
    expect(skipped).not.toContain(1)
    expect(skipped).not.toContain(15)
    for await (const { step, skipped } of model.train(corpus, { ...options, resume: file! })) {
      expect([step, skipped]).toEqual([7, true])
      break
    }
    model.destroy()
  })
})

test('what has become NaN is passed on by nobody', async () => {
  const device = await testDevice()
  const corpus = Corpus.fromText('the cat sat on the mat. '.repeat(40))
  for (const [name, embedding, topK] of [
    ['head.W', undefined, 0],
    ['layers.0.U', 3, 3],
  ] as const) {
    const model = await TextModel.create({ vocabulary: corpus.vocabulary, hidden: 6, device, ...(embedding && { embedding }) })
    const predictor = await Predictor.create(model.network, { steps: 2, batch: 1, strategy })
    const trainer = await Trainer.create(model.network, { ...shape, optimizer: adam(), strategy })
    expect(await model.generate('the', { length: 4 })).toHaveLength(7)
    plantWeight(model.network, name, NaN)
    const first = async (draws: AsyncIterable<unknown>) => {
      for await (const one of draws) return one
    }
    for (const [what, work] of Object.entries({
      'generate, the likeliest': () => model.generate('the', { length: 5, temperature: 0 }),
      generate: () => model.generate('the', { length: 300, topK }),
      draw: () => first(model.sample('the', { length: 2 })),
      evaluate: () => model.evaluate(corpus.heldOut),
      predict: () => predictor.predict({ ids: Uint32Array.of(1, 2) }),
      save: () => model.save(),
      'Network.save': () => model.network.save(),
      'Trainer.save': () => trainer.save(),
    })) {
      const error = await failure(work)
      expect(error.code, what).toBe('not-finite')
      expect(error.message, what).toContain(`${name} is NaN at 0`)
    }
    // To be looked at it is given.
    expect((await model.network.readParameters()).get(name)![0]).toBeNaN()
    for (const one of [predictor, trainer, model]) one.destroy()
  }
  const blank = await BlankModel.create({ vocabulary: corpus.vocabulary, hidden: 4, device })
  plantWeight(blank.network, 'head.b', Infinity)
  for (const work of [() => blank.guess('the c_t'), () => blank.evaluate(corpus.heldOut), () => blank.save()]) {
    const error = await failure(work)
    expect(error.code).toBe('not-finite')
    expect(error.message).toContain('head.b is Infinity at 0')
  }
  blank.destroy()
})
