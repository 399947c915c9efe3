// What a network, its trainer and a run refuse: every message says what came and what was expected.
import { expect, test, vi } from 'vitest'
import { adam, Corpus, Network, Predictor, RecurrentLayer, sgd, TextModel, Trainer } from 'sluice'
import { failure } from './support/failure'
import { testDevice } from './support/kernel'

const layer = { cell: 'gru', hidden: 4 }
const base = { input: { ids: 5 }, layers: [layer], head: { classes: 5 } }
const lstm = { ...base, layers: [{ cell: 'lstm', hidden: 4 }] }

test.each<[string, unknown, RegExp]>([
  ['no options', undefined, /options is undefined, expected an object such as \{ input/],
  ['no input', { ...base, input: undefined }, /input is undefined, expected an object such as \{ ids: 28 \}/],
  ['an input that is a number', { ...base, input: 28 }, /input is 28, expected an object/],
  ['an input of nothing', { ...base, input: {} }, /input.ids is undefined, .*left out or misspelt/],
  ['an input of zero', { ...base, input: { features: 0 } }, /input.features is 0/],
  ['both inputs', { ...base, input: { ids: 5, features: 3 } }, /both ids and features/],
  ['no layers', { ...base, layers: [] }, /layers is an array of 0, expected a list of at least one layer/],
  ['layers in a word', { ...base, layers: 'gru' }, /layers is "gru" \(a string\)/],
  ['a layer in a word', { ...base, layers: ['gru'] }, /layers\[0\] is "gru" \(a string\), expected an object such as \{ cell/],
  ['too many layers', { ...base, layers: Array(1001).fill(layer) }, /the number of layers is 1001, expected a whole number from 1 to 1000/],
  ['no cell', { ...base, layers: [{ hidden: 4 }] }, /layers\[0\].cell is undefined, expected one of rnn/],
  ['a hidden size of zero', { ...base, layers: [layer, { ...layer, hidden: 0 }] }, /layers\[1\].hidden is 0/],
  ['a hidden size in words', { ...base, layers: [{ ...layer, hidden: '64' }] }, /layers\[0\].hidden is "64" \(a string\), .*Convert it/],
  ['a flag in words', { ...base, layers: [{ ...layer, bidirectional: 'no' }] }, /layers\[0\].bidirectional is "no" \(a string\), expected true or false/],
  ['a merge misspelt', { ...base, layers: [{ ...layer, bidirectional: true, merge: 'ave' }] }, /merge is "ave" .*, expected one of concat, sum, mean, product/],
  ['a merge of one direction', { ...base, layers: [{ ...layer, merge: 'sum' }] }, /merge is set, but the layer has one direction/],
  [
    'both directions and backwards',
    { ...base, layers: [{ ...layer, bidirectional: true, backwards: true }] },
    /both bidirectional and backwards, expected one of them/,
  ],
  [
    'an activation misspelt',
    { ...base, layers: [{ ...layer, recurrentActivation: 'hardSigmoid' }] },
    /recurrentActivation is "hardSigmoid" .*, expected one of sigmoid, hard-sigmoid, hard-sigmoid-0\.2/,
  ],
  ['an activation that is none', { ...base, layers: [{ ...layer, activation: 'gelu' }] }, /layers\[0\]\.activation is "gelu" .*, expected one of tanh, relu/],
  [
    'an activation of a cell that has one in its name',
    { ...base, layers: [{ cell: 'rnn', hidden: 4, activation: 'relu' }] },
    /has activation relu, but the cell is rnn: only gru, gru-reset-after, lstm have other activations\. An RNN with relu is the cell rnn-relu/,
  ],
  [
    'gates of an MGU',
    { ...base, layers: [{ cell: 'mgu', hidden: 4, recurrentActivation: 'hard-sigmoid' }] },
    /recurrentActivation hard-sigmoid, but the cell is mgu: .* Take a gru/,
  ],
  ['peepholes of a GRU', { ...base, layers: [{ ...layer, peepholes: true }] }, /peepholes is set, but the cell is gru/],
  [
    'a flag misspelt',
    { ...base, layers: [{ ...layer, bidirectionnal: true }] },
    /layers\[0\] has no bidirectionnal\. Did you mean bidirectional\? Expected cell, hidden, projection, bidirectional, merge, backwards, bias, peepholes, learnInitial, recurrentActivation, activation, inputDropout, recurrentDropout or inputs/,
  ],
  ['a dense size of zero', { ...base, layers: [layer, { dense: 0 }] }, /layers\[1\]\.dense is 0, expected a whole number of at least 1/],
  [
    'an activation of others',
    { ...base, layers: [layer, { dense: 3, activation: 'gelu' }] },
    /layers\[1\]\.activation is "gelu" .*expected one of linear, relu, /,
  ],
  ['a dense layer with two biases', { ...base, layers: [layer, { dense: 3, bias: 'two' }] }, /layers\[1\]\.bias is "two" .*expected true or false/],
  ['a dense layer with a cell', { ...base, layers: [layer, { dense: 3, cell: 'gru' }] }, /layers\[1\] has no cell, expected dense, activation, bias or inputs/],
  ['dense layers alone', { ...base, input: { features: 2 }, layers: [{ dense: 3 }] }, /layers has dense layers only, expected at least one recurrent layer/],
  ['a dense layer on ids', { ...base, layers: [{ dense: 3 }, layer] }, /layers\[0\] reads ids, .*input: \{ ids: 5, embedding: 32 \}/],
  [
    'ids joined',
    { ...base, layers: [layer, { ...layer, inputs: ['input', 0] }] },
    /layers\[1\] reads ids beside other inputs, which only a recurrent layer can/,
  ],
  ['inputs in a word', { ...base, layers: [layer, { ...layer, inputs: 'input' }] }, /layers\[1\]\.inputs is "input" .*expected a list of what it reads/],
  ['no inputs', { ...base, layers: [layer, { ...layer, inputs: [] }] }, /layers\[1\]\.inputs is an array of 0/],
  ['a layer after it', { ...base, layers: [layer, { ...layer, inputs: [1] }] }, /layers\[1\]\.inputs\[0\] is 1, expected 'input' or 0, the layer before it/],
  ['inputs of the first layer', { ...base, layers: [{ ...layer, inputs: [0] }] }, /layers\[0\]\.inputs\[0\] is 0, expected 'input'$/],
  ['an input twice', { ...base, head: { classes: 5, inputs: [0, 0] } }, /head\.inputs\[1\] is 0 for the second time/],
  [
    'a layer that nothing reads',
    { ...base, layers: [layer, layer], head: { classes: 5, inputs: [0] } },
    /nothing reads layers\[1\], expected a layer after it or the head/,
  ],
  [
    'a head at the last step on what is at every step',
    { ...base, input: { features: 2 }, layers: [layer], head: { classes: 5, at: 'last', inputs: ['input', 0] } },
    /head reads 'input' at every step, but head\.at is 'last'/,
  ],
  ['a head of nothing', { ...base, head: {} }, /head.classes is undefined/],
  ['a head that is a number', { ...base, head: 5 }, /head is 5, expected an object/],
  ['both heads', { ...base, head: { classes: 5, numbers: 1 } }, /both classes and numbers/],
  ['a head nowhere', { ...base, head: { classes: 5, at: 'end' } }, /head.at is "end" .*expected 'every' or 'last'/],
  ['dropout of all', { ...base, dropout: 1 }, /dropout is 1, expected less than 1/],
  ['dropout in words', { ...base, dropout: '0.5' }, /dropout is "0.5" \(a string\)/],
  ['dropout of one layer', { ...base, dropout: 0.5 }, /dropout is 0\.5, but the network has one layer: dropout acts between layers, .*Add a layer/],
  [
    'dropout of the whole state',
    { ...base, layers: [{ ...layer, recurrentDropout: 1 }] },
    /layers\[0\]\.recurrentDropout is 1, expected less than 1: the whole state/,
  ],
  ['dropout of the input in words', { ...base, layers: [{ ...layer, inputDropout: '0.5' }] }, /layers\[0\]\.inputDropout is "0\.5" \(a string\)/],
  [
    'dropout of ids that are looked up',
    { ...base, layers: [{ ...layer, inputDropout: 0.2 }] },
    /layers\[0\]\.inputDropout is 0\.2, but the layer looks ids up in W, .*input: \{ ids: 5, embedding: 32 \}/,
  ],
  ['an option misspelt', { ...base, droput: 0.5 }, /options has no droput\. Did you mean dropout\?/],
  ['a negative seed', { ...base, seed: -1 }, /seed is -1/],
  [
    'an initialiser misspelt',
    { ...base, initialise: { input: 'glorott' } },
    /initialise.input is "glorott" .*expected 'uniform', 'glorot', 'orthogonal' or \{ normal/,
  ],
  ['an initialiser outside its place', { ...base, initialise: 'glorot' }, /initialise is "glorot" .*expected an object/],
  ['a deviation of nothing', { ...base, initialise: { recurrent: { normal: NaN } } }, /initialise.recurrent.normal is NaN/],
  ['a bias misspelt', { ...base, initialise: { bias: 'zeros' } }, /initialise.bias is "zeros" .*expected 'uniform', 'zero'/],
  ['a forget bias in words', { ...lstm, initialise: { forgetBias: '1' } }, /initialise.forgetBias is "1"/],
  ['a device that is none', { ...base, device: {} }, /device is an object \(Object\), expected what openDevice/],
])('a network with %s', async (_, options, message) => {
  const device = await testDevice()
  const error = await failure(() => Network.create((options && { device, ...options }) as never))
  expect(error.code).toBe('bad-value')
  expect(error.message).toMatch(message)
})

test.each([1e5, 1e15])('a network of %d units: the memory it would take, and what to lower', async (hidden) => {
  const device = await testDevice()
  const error = await failure(() => Network.create({ device, input: { ids: 5 }, layers: [{ cell: 'gru', hidden }] }))
  expect(error.code).toBe('too-large')
  expect(error.message).toMatch(
    /the parameters: [\d.e+]+ [GTP]iB needed, [\d.e+]+ [GP]iB of it for parameters, but .* allows \d+(\.\d+)? [MG]iB a buffer\. Lower the hidden size/,
  )
})

test.each([
  [2 ** 31, 1],
  [1, 2 ** 31],
  [2 ** 53 - 1, 1],
  [2 ** 53 - 1, 2 ** 53 - 1],
])('%d steps of %d rows are refused before anything walks over them', async (steps, batch) => {
  const device = await testDevice()
  const network = await Network.create({ device, ...base } as never)
  const shape = { steps, batch }
  for (const recompute of [false, true, 1])
    for (const work of [
      () => Trainer.create(network, { ...shape, recompute, optimizer: adam() }),
      () => Trainer.create(network, { ...shape, recompute, optimizer: adam(), strategy: 'tile-16' }),
      () => Predictor.create(network, shape),
      () => RecurrentLayer.create(device, { cell: 'gru', input: 3, hidden: 4, recompute, ...shape }),
    ])
      expect(await failure(work)).toMatchObject({ code: 'too-large', message: expect.stringMatching(/iB needed, .* allows .* a buffer\. Lower/) })
  expect((await failure(() => network.run({ ...shape, ids: new Uint32Array(3) }))).code).toBe('bad-shape')
  network.destroy()
})

test('trainers, runs and parameters', async () => {
  const network = await Network.create({ device: await testDevice(), input: { ids: 5 }, layers: [{ cell: 'gru', hidden: 4 }], head: { classes: 5 } })
  const trainer = (options?: object) => () => Trainer.create(network, (options && { steps: 3, batch: 2, optimizer: adam(), ...options }) as never)
  const ids = Uint32Array.of(0, 1, 2, 3, 4, 0)
  const run = (options: object) => () => network.run({ steps: 3, batch: 2, ids, ...options })
  const cases: [() => unknown, RegExp][] = [
    [trainer(), /options is undefined, expected an object/],
    [trainer({ optimizer: undefined }), /optimizer is undefined, expected the result of adam/],
    [trainer({ optimizer: adam }), /optimizer is a function/],
    [trainer({ optimizer: { kind: 'adam', rate: 1e-3 } }), /optimizer is an object \(Object\), expected the result of adam/],
    [() => adam(0.01 as never), /adam is 0\.01, expected an object such as \{ rate: 2e-3 \}/],
    [() => adam({ lr: 0.01 } as never), /adam has no lr, expected rate, beta1, beta2 or epsilon/],
    [() => sgd(undefined as never), /sgd is undefined, expected an object such as \{ rate: 0\.1 \}/],
    [() => network.writeParameters(new Map([['head.b', 'abcde']]) as never), /head\.b is "abcde" \(a string\), expected 5 numbers/],
    [
      () => Trainer.create({ network } as never, { steps: 3, batch: 2, optimizer: adam() }),
      /network is an object \(Object\), expected a Network\. The network of a model, such as a TextModel, is its property network/,
    ],
    [() => Predictor.create(network, undefined as never), /options is undefined, expected an object/],
    [trainer({ steps: 0 }), /steps is 0/],
    [trainer({ batch: '2' }), /batch is "2" \(a string\)/],
    [trainer({ batch: 1e9 }), /training on 3 steps of 1000000000 rows: [\d.]+ GiB needed, [\d.]+ GiB of it for layers\.0 gates/],
    [trainer({ seed: 'x' }), /seed is "x"/],
    [trainer({ classWeights: Float32Array.of(1, 1, NaN, 1, 1) }), /classWeights\[2\] is NaN/],
    [trainer({ classWeights: Float32Array.of(-1, 1, 1, 1, 1) }), /classWeights\[0\] is -1/],
    [trainer({ classWeights: Float32Array.of(1) }), /classWeights has 1 numbers, expected 5/],
    [() => network.run(undefined as never), /options is undefined, expected an object such as \{ steps: 35/],
    [run({ steps: undefined }), /steps is undefined.*left out or misspelt/],
    [run({ steps: 0, ids: new Uint32Array(0) }), /steps is 0/],
    [run({ features: new Float32Array(6) }), /batch has features, but this network reads ids/],
    [run({ initial: [{}, {}] }), /initial has states of 2 layers, but the network has 1/],
    [run({ initial: [{ h: [1] }] }), /layers.0 initial h: 1 values came, expected 8/],
    [run({ initial: [{ c: Array(8).fill(0) }] }), /initial\[0\] has c, but the state of gru is h/],
    [run({ initial: { h: [1] } }), /initial is an object \(Object\), expected a list of states/],
    [run({ gradients: true, finalGradients: [{}, { h: [1] }] }), /finalGradients has states of 2 layers/],
    [run({ gradients: true }), /gradients is true, but there is nothing to differentiate/],
    [run({ dropoutSeed: 'x' }), /dropoutSeed is "x"/],
    [() => network.writeParameters({ 'head.b': [1] } as never), /parameters are an object \(Object\), expected a Map/],
    [() => network.writeParameters(new Map([['W', [1]]])), /this network has no parameter W, expected one of layers.0.W/],
    [() => network.writeParameters(new Map([['head.b', [1]]])), /head.b: 1 values came, expected 5/],
  ]
  for (const [work, message] of cases) expect((await failure(work)).message).toMatch(message)

  const made = await Trainer.create(network, { steps: 3, batch: 2, optimizer: adam() })
  for (const [batch, message] of [
    [undefined, /batch is undefined, expected an object/],
    [{ ids }, /targets is missing/],
    [{ ids, targets: null }, /targets is null, expected a Uint32Array/],
    [{ ids, targets: ids, lenghts: ids }, /batch has no lenghts\. Did you mean lengths\?/],
    [{ ids, targets: ids, fresh: 'x' }, /fresh is "x" .*true or false/],
  ] as const)
    expect((await failure(() => made.step(batch as never))).message).toMatch(message)
  network.destroy()
  for (const work of [() => made.step({ ids, targets: ids }), () => network.readParameters(), () => network.writeParameters(new Map()), run({})])
    expect((await failure(work)).code).toBe('disposed')
  made.destroy()
})

test('a network that was destroyed while its kernels compiled says so, whether the browser then refuses to bind it or not', async () => {
  const device = await testDevice()
  const shape = { steps: 3, batch: 2 }
  const ids = Uint32Array.of(0, 1, 2, 3, 4, 0)
  for (const refuses of [false, true])
    for (const work of [
      (network: Network) => network.run({ ...shape, ids, strategy: 'tile-16' }),
      (network: Network) => Predictor.create(network, { ...shape, strategy: 'tile-16' }),
      (network: Network) => Trainer.create(network, { ...shape, strategy: 'tile-16', optimizer: adam() }),
    ]) {
      const network = await Network.create({ device, ...lstm } as never)
      const { createBindGroup } = GPUDevice.prototype
      vi.spyOn(GPUDevice.prototype, 'createBindGroup').mockImplementation(function (this: GPUDevice, descriptor) {
        network.destroy()
        if (refuses) throw new TypeError('Buffer has been destroyed')
        return createBindGroup.call(this, descriptor)
      })
      expect(await failure(() => work(network))).toMatchObject({ code: 'disposed', message: expect.stringMatching(/^this network was destroyed/) })
      vi.restoreAllMocks()
    }
})

test('what was destroyed is not used again, and does not answer with what was there before', async () => {
  const device = await testDevice()
  const shape = { steps: 3, batch: 2 }
  const ids = Uint32Array.of(0, 1, 2, 3, 4, 0)
  const network = await Network.create({ device, ...lstm } as never)
  const [trainer, predictor, orphan] = await Promise.all([
    Trainer.create(network, { ...shape, optimizer: adam() }),
    Predictor.create(network, shape),
    Predictor.create(network, shape),
  ])
  const file = await trainer.save()
  await predictor.predict({ ids })
  trainer.destroy()
  predictor.destroy()
  const before = await network.readParameters()
  for (const work of [() => trainer.step({ ids, targets: ids }), () => trainer.save(), () => trainer.resume(file), () => predictor.predict({ ids })])
    expect((await failure(work)).code).toBe('disposed')
  expect(await network.readParameters()).toEqual(before)
  const run = network.run({ ...shape, ids })
  network.destroy()
  for (const work of [() => run, () => orphan.predict({ ids })]) expect((await failure(work)).code).toBe('disposed')
  orphan.destroy()

  const layer = await RecurrentLayer.create(device, { cell: 'gru', input: 3, hidden: 4, train: true, ...shape })
  layer.destroy()
  const encoder = device.device.createCommandEncoder()
  for (const work of [
    () => layer.read(layer.outputs),
    () => layer.write(layer.x, new Float32Array(18)),
    () => layer.setLengths(Uint32Array.of(1, 2)),
    () => layer.writeParameters(new Map()),
    () => layer.encodeForward(encoder),
    () => layer.encodeBackward(encoder),
  ])
    expect((await failure(work)).code).toBe('disposed')

  const { vocabulary } = Corpus.fromText('abcabcabc')
  const model = await TextModel.create({ device, vocabulary, hidden: 4 })
  const destroyed = vi.spyOn(GPUBuffer.prototype, 'destroy')
  let written = 0
  const error = await failure(async () => {
    for await (const text of model.stream('a', { length: 1000 })) {
      written += text.length
      if (written === text.length) model.destroy()
    }
  })
  expect(error.code).toBe('disposed')
  expect(written).toBeLessThan(1000)
  // Of the network, and of the writer in the middle of its text.
  expect(destroyed.mock.instances.map((buffer) => (buffer as unknown as GPUBuffer).label)).toEqual(expect.arrayContaining(['parameters', 'sampling']))
  vi.restoreAllMocks()
  const other = await TextModel.create({ device, vocabulary, hidden: 4 })
  const evaluation = other.evaluate('abcabc')
  other.destroy()
  expect((await failure(() => evaluation)).code).toBe('disposed')
})

test('a step that is refused is not counted', async () => {
  const network = await Network.create({ device: await testDevice(), ...base } as never)
  let rate = NaN
  const trainer = await Trainer.create(network, { steps: 1, batch: 1, optimizer: sgd({ rate: () => rate }) })
  const one = { ids: Uint32Array.of(1), targets: Uint32Array.of(2) }
  expect((await failure(() => trainer.step(one))).message).toMatch(/NaN/)
  rate = 0.1
  expect((await trainer.step(one)).step).toBe(0)
  trainer.destroy()
  network.destroy()
})
