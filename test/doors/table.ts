// Every door of the library: what can be imported, and what can be called on it. A call that is right, and the names of the
// options of each argument; test/doors/complete.test.ts holds them against the types, so that nothing is left out.
import {
  adam,
  adamW,
  adoptDevice,
  BlankModel,
  constant,
  Corpus,
  cosine,
  decodeText,
  describePyTorch,
  Evaluator,
  exponential,
  formatMeasurement,
  formatReport,
  fromPyTorch,
  guessEncodings,
  measureGpu,
  memoryOf,
  momentum,
  Network,
  openDevice,
  parameterShapes,
  Predictor,
  readSafetensors,
  RecurrentLayer,
  rmsprop,
  Series,
  SeriesModel,
  sgd,
  SluiceError,
  stepwise,
  TextModel,
  toPyTorch,
  Trainer,
  verifyGpu,
  Vocabulary,
  warmup,
  writeSafetensors,
  type Gpu,
  type GpuMeasurement,
  type GpuReport,
  type NetworkSpec,
} from 'sluice'
import { files, formatDoors, imported, spec } from './formats'

const text = 'the cat sat on the mat. '.repeat(12)
const ids = () => Uint32Array.of(0, 1, 2, 3, 4, 0)
const description = (): NetworkSpec => ({
  input: { ids: 5 },
  layers: [
    { cell: 'gru', hidden: 3 },
    { cell: 'gru', hidden: 3 },
  ],
  dropout: 0.2,
  head: { classes: 5, at: 'every' },
})
const shape = { steps: 3, batch: 2, strategy: 'tile-16' } as const

/** What the doors are tried on: made once. */
export async function bench(device: Gpu) {
  const corpus = Corpus.fromText(text)
  const { vocabulary } = corpus
  const network = await Network.create({ ...description(), device })
  const other = await Network.create({ ...imported(), device })
  const textModel = await TextModel.create({ vocabulary, hidden: 3, device })
  const blankModel = await BlankModel.create({ vocabulary, hidden: 3, device })
  const series = Series.fromValues(Array.from({ length: 40 }, (_, n) => Math.sin(n)))
  const seriesModel = await SeriesModel.create({ scale: series.scale, window: 3, loss: 'gaussian', hidden: 3, device })
  const layer = await RecurrentLayer.create(device, { cell: 'gru', input: 2, hidden: 3, steps: 3, batch: 2, train: true })
  const trainer = await Trainer.create(network, { ...shape, optimizer: adam() })
  const [file, training, textFile, blankFile] = [await network.save(), await trainer.save(), await textModel.save(), await blankModel.save()]
  const predictor = await Predictor.create(network, shape)
  const loop = textModel.train(corpus, { batch: 2, steps: 3, epochs: 1 })
  await loop.next()
  const resume = await loop.save()
  await loop.return()
  const importedParameters = await other.readParameters()
  return {
    device,
    corpus,
    vocabulary,
    network,
    textModel,
    blankModel,
    series,
    seriesModel,
    seriesFile: await seriesModel.save(),
    layer,
    trainer,
    file,
    training,
    textFile,
    blankFile,
    resume,
    passes: await Trainer.create(network, { ...shape, optimizer: adam(), passes: true }),
    predictor,
    state: await predictor.state(),
    evaluator: await Evaluator.create(network, shape),
    parameters: await network.readParameters(),
    importedParameters,
    stateDict: toPyTorch(importedParameters, imported()),
    files: await files(importedParameters),
  }
}
export type Bench = Awaited<ReturnType<typeof bench>>

export interface Door {
  /** Arguments of a right call, made anew for each. */
  readonly right: (on: Bench) => unknown[]
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly call: (on: Bench, ...args: any[]) => unknown
  /** By argument, the paths to every option: `layers.0.cell`. */
  readonly options?: Readonly<Record<number, readonly string[]>>
  /** Arguments that are taken as they come: names for messages, and the like. */
  readonly skip?: readonly string[]
}

const weights = ['input', 'input.normal', 'recurrent', 'recurrent.normal', 'bias', 'forgetBias'].map((name) => `initialise.${name}`)
const names = ['prefix', 'head', 'embedding']
const write = ['length', 'temperature', 'topK', 'seed', 'strategy']
const model = ['vocabulary', 'cell', 'hidden', 'layers', 'dropout', 'seed', 'device']
const train = ['batch', 'steps', 'optimizer', 'clipNorm', 'notFinite', 'epochs', 'iterations', 'seed', 'recompute', 'resume', 'recover']
const groups = ['groups', ...['parameters', 'frozen', 'rateFactor', 'decay'].map((name) => `groups.0.${name}`)]
const none = { right: () => [] }
const tensor = (on: Bench) => on.layer.x

/** A verification that ends before its first check: all of them would take minutes. */
const stop = new Error('stop')
const report: GpuReport = {
  version: 1,
  date: '2026-11-30T00:00:00.000Z',
  adapter: { name: 'a GPU', vendor: '', architecture: '', description: '', isSoftware: false, features: ['subgroups'], limits: { maxBufferSize: 1 } },
  runtime: 'a browser',
  kernels: '161e6wd',
  strategies: ['fused-1'],
  lines: [{ kernel: 'optimizer/sgd', strategy: null, what: 'three updates', status: 'failed', error: NaN, why: 'NaN', ms: 1 }],
  ms: 1,
}

const { lines: _, ...facts } = report
const measurement: GpuMeasurement = { ...facts, peers: {}, isShort: false, seconds: 60, probe: null, works: [] }

export const doors: Readonly<Record<string, Door>> = {
  ...formatDoors,
  SluiceError: { right: () => ['bad-value', 'what is wrong'], call: (_, code, message) => new SluiceError(code, message), skip: ['0', '1', '2'] },
  fromPyTorch: {
    right: (on) => [toPyTorch(on.importedParameters, imported()), imported(), { prefix: '', head: 'head.', embedding: 'embedding.', ignore: ['x'] }],
    call: (_, ...args) => fromPyTorch(...(args as Parameters<typeof fromPyTorch>)),
    options: { 1: spec, 2: [...names, 'ignore'] },
  },
  toPyTorch: {
    right: (on) => [on.importedParameters, imported(), { prefix: '', head: 'head.' }],
    call: (_, ...args) => toPyTorch(...(args as Parameters<typeof toPyTorch>)),
    options: { 1: spec, 2: names },
  },
  describePyTorch: {
    right: (on) => [on.stateDict, { rnn: 'rnn', output: 'classes', at: 'every' }],
    call: (_, ...args) => describePyTorch(...(args as Parameters<typeof describePyTorch>)),
    options: { 1: ['prefix', 'rnn', 'output', 'at', 'activation', 'oneHot'] },
  },
  readSafetensors: { right: (on) => [on.file], call: (_, bytes) => readSafetensors(bytes) },
  writeSafetensors: {
    right: () => [new Map([['a', { shape: [2], values: new Float32Array(2) }]]), { by: 'me' }],
    call: (_, ...args) => writeSafetensors(...(args as Parameters<typeof writeSafetensors>)),
  },
  'StoredTensor#values': { ...none, call: (on) => [...readSafetensors(on.file).tensors.values()].map(({ values }) => values) },
  adoptDevice: {
    right: (on) => [on.device.device, { check: true }],
    call: (_, ...args) => adoptDevice(...(args as Parameters<typeof adoptDevice>)),
    options: { 1: ['check'] },
  },
  // Its `gpu` is the one that is there, or none: a device is opened by other tests.
  openDevice: {
    right: () => [{ gpu: { requestAdapter: async () => null } }],
    call: (_, options) =>
      openDevice(options).catch((error: unknown) => {
        if (!(error instanceof SluiceError && error.code === 'no-adapter')) throw error
      }),
    options: { 0: ['gpu', 'powerPreference', 'subgroups', 'check'] },
  },
  verifyGpu: {
    right: (on) => [on.device, { strategies: ['tile-16'], onProgress: () => {}, signal: AbortSignal.abort(stop) }],
    call: (_, ...args) =>
      verifyGpu(...(args as Parameters<typeof verifyGpu>)).catch((error: unknown) => {
        if (error !== stop) throw error
      }),
    options: { 1: ['strategies', 'onProgress', 'signal'] },
    skip: ['1 undefined', '1 {}', '1 no prototype', '1.signal undefined'],
  },
  measureGpu: {
    right: (on) => [on.device, { strategies: ['tile-16'], seconds: 5, peers: {}, onProgress: () => {}, signal: AbortSignal.abort(stop) }],
    call: (_, ...args) =>
      measureGpu(...(args as Parameters<typeof measureGpu>)).catch((error: unknown) => {
        if (error !== stop) throw error
      }),
    options: { 1: ['strategies', 'seconds', 'peers', 'onProgress', 'signal'] },
    skip: ['1 undefined', '1 {}', '1 no prototype', '1.signal undefined'],
  },
  formatMeasurement: { right: () => [measurement], call: (_, given) => formatMeasurement(given) },
  formatReport: { right: () => [report], call: (_, given) => formatReport(given) },
  memoryOf: {
    right: (on) => [description(), { ...shape, optimizer: adam(), groups: [{ parameters: ['layers.0'], frozen: true }], device: on.device }],
    call: (_, ...args) => memoryOf(...(args as Parameters<typeof memoryOf>)),
    options: { 0: spec, 1: ['steps', 'batch', 'optimizer', 'recompute', 'notFinite', 'passes', 'strategy', 'device', ...groups] },
  },
  parameterShapes: { right: () => [description()], call: (_, given) => parameterShapes(given), options: { 0: spec } },

  adam: { right: () => [{ rate: 0.1 }], call: (_, options) => adam(options), options: { 0: ['rate', 'beta1', 'beta2', 'epsilon'] } },
  adamW: { right: () => [{ rate: 0.1 }], call: (_, options) => adamW(options), options: { 0: ['rate', 'beta1', 'beta2', 'epsilon', 'decay'] } },
  momentum: { right: () => [{ rate: 0.1 }], call: (_, options) => momentum(options), options: { 0: ['rate', 'momentum'] } },
  rmsprop: { right: () => [{ rate: 0.1 }], call: (_, options) => rmsprop(options), options: { 0: ['rate', 'smoothing', 'epsilon'] } },
  sgd: { right: () => [{ rate: 0.1 }], call: (_, options) => sgd(options), options: { 0: ['rate'] } },
  constant: { right: () => [0.1], call: (_, rate) => constant(rate)(0) },
  warmup: { right: () => [5, 0.1], call: (_, steps, rate) => warmup(steps, rate)(0) },
  cosine: { right: () => [{ rate: 0.1, steps: 10 }], call: (_, options) => cosine(options)(0), options: { 0: ['rate', 'steps', 'warmup', 'floor'] } },
  exponential: { right: () => [{ rate: 0.1, decay: 0.5 }], call: (_, options) => exponential(options)(0), options: { 0: ['rate', 'decay', 'every'] } },
  stepwise: { right: () => [{ rate: 0.1, decay: 0.5, at: [1, 2] }], call: (_, options) => stepwise(options)(0), options: { 0: ['rate', 'decay', 'at'] } },
  'a schedule': {
    right: () => [3],
    call: (_, step) =>
      [cosine({ rate: 1, steps: 9 }), warmup(2, 1), exponential({ rate: 1, decay: 0.5 }), stepwise({ rate: 1, decay: 0.5, at: [1] })].map((at) => at(step)),
  },

  'Network.create': {
    right: (on) => [{ ...description(), device: on.device, seed: 1, initialise: { input: 'glorot' } }],
    call: (_, options) => Network.create(options),
    options: { 0: [...spec, 'device', 'seed', 'initialise', ...weights] },
  },
  'Network.load': {
    right: (on) => [on.file, { device: on.device }],
    call: (_, ...args) => Network.load(...(args as Parameters<typeof Network.load>)),
    options: { 1: ['device'] },
  },
  'Network#readParameters': { ...none, call: ({ network }) => network.readParameters() },
  'Network#writeParameters': { right: (on) => [on.parameters], call: ({ network }, values) => network.writeParameters(values) },
  'Network#save': { ...none, call: ({ network }) => network.save() },
  'Network#run': {
    right: () => [{ ...shape, ids: ids(), targets: ids(), gradients: true }],
    call: ({ network }, options) => network.run(options),
    options: {
      0: [
        'steps',
        'batch',
        'ids',
        'features',
        'targets',
        'weights',
        'classWeights',
        'lengths',
        'mask',
        'initial',
        'initial.0.h',
        'initial.0.c',
        'dropoutSeed',
        'gradients',
        'outputGradients',
        'finalGradients',
        'finalGradients.0.h',
        'finalGradients.0.c',
        'recompute',
        'strategy',
        'inspect',
      ],
    },
  },
  'Network#gpu': { ...none, call: ({ network }) => network.gpu },
  'Network#parameterCount': { ...none, call: ({ network }) => network.parameterCount },
  'Network#bytes': { ...none, call: ({ network }) => network.bytes },
  'Predictor.create': {
    right: (on) => [on.network, { ...shape }],
    call: (_, ...args) => Predictor.create(...(args as Parameters<typeof Predictor.create>)),
    options: { 1: ['steps', 'batch', 'strategy'] },
  },
  'Predictor#predict': {
    right: () => [{ ids: ids() }],
    call: ({ predictor }, batch) => predictor.predict(batch),
    options: { 0: ['ids', 'features', 'lengths', 'mask', 'fresh', 'state'] },
  },
  'Predictor#state': { ...none, call: ({ predictor }) => predictor.state() },
  'PredictorState#read': { right: () => [[1, 0]], call: ({ state }, rows) => state.read(rows) },
  'PredictorState#write': {
    right: () => [[{ h: new Float32Array(3) }], [1]],
    call: ({ state }, ...args) => state.write(...(args as Parameters<typeof state.write>)),
  },
  'PredictorState#reset': { right: () => [[1]], call: ({ state }, rows) => state.reset(rows) },
  'PredictorState#bytes': { ...none, call: ({ state }) => state.bytes },
  'Predictor#plan': { ...none, call: ({ predictor }) => String(predictor.plan) },
  'Predictor#bytes': { ...none, call: ({ predictor }) => predictor.bytes },
  'Evaluator.create': {
    right: (on) => [on.network, { ...shape }],
    call: (_, ...args) => Evaluator.create(...(args as Parameters<typeof Evaluator.create>)),
    options: { 1: ['steps', 'batch', 'logits', 'strategy'] },
  },
  'Evaluator#evaluate': {
    right: () => [{ ids: ids(), targets: ids() }],
    call: ({ evaluator }, batch) => evaluator.evaluate(batch),
    options: { 0: ['ids', 'features', 'targets', 'weights', 'lengths', 'mask', 'fresh'] },
  },
  'Evaluator#plan': { ...none, call: ({ evaluator }) => String(evaluator.plan) },
  'Evaluator#bytes': { ...none, call: ({ evaluator }) => evaluator.bytes },
  'Trainer.create': {
    right: (on) => [on.network, { ...shape, optimizer: adam(), groups: [{ parameters: ['layers.0'], frozen: true }] }],
    call: (_, ...args) => Trainer.create(...(args as Parameters<typeof Trainer.create>)),
    options: { 1: ['steps', 'batch', 'optimizer', 'clipNorm', 'clipValue', 'notFinite', 'classWeights', 'strategy', 'recompute', 'seed', 'passes', ...groups] },
  },
  'Trainer#step': {
    right: () => [{ ids: ids(), targets: ids() }],
    call: ({ trainer }, batch) => trainer.step(batch),
    options: { 0: ['ids', 'features', 'targets', 'weights', 'lengths', 'mask', 'fresh'] },
  },
  'Trainer#forward': {
    right: () => [{ ids: ids() }],
    call: ({ passes }, batch) => passes.forward(batch),
    options: { 0: ['ids', 'features', 'targets', 'weights', 'lengths', 'mask', 'fresh'] },
  },
  'Trainer#backward': {
    right: () => [{ logitGradients: new Float32Array(30) }],
    call: async ({ passes }, pass) => {
      await passes.forward({ ids: ids(), targets: ids() })
      await passes.backward(pass)
    },
    options: { 0: ['logitGradients', 'encode', 'scale'] },
  },
  'Trainer#apply': {
    ...none,
    call: async ({ passes }) => {
      await passes.forward({ ids: ids(), targets: ids() })
      await passes.backward()
      await passes.apply()
    },
  },
  // A device need not tell times.
  'Trainer#profile': {
    right: () => [{ ids: ids(), targets: ids() }],
    call: ({ trainer }, batch) =>
      trainer.profile(batch).catch((error: unknown) => {
        if (!(error instanceof SluiceError && error.code === 'no-adapter')) throw error
      }),
    options: { 0: ['ids', 'features', 'targets', 'weights', 'lengths', 'mask', 'fresh'] },
  },
  'Trainer#save': { ...none, call: ({ trainer }) => trainer.save() },
  'Trainer#resume': { right: (on) => [on.training], call: ({ trainer }, bytes) => trainer.resume(bytes) },
  'Trainer#plan': { ...none, call: ({ trainer }) => String(trainer.plan) },
  'Trainer#steps': { ...none, call: ({ trainer }) => trainer.steps },
  'Trainer#bytes': { ...none, call: ({ trainer }) => trainer.bytes },

  'RecurrentLayer.create': {
    right: (on) => [on.device, { cell: 'gru', input: 2, hidden: 3, steps: 3, batch: 2, train: true }],
    call: (_, ...args) => RecurrentLayer.create(...(args as Parameters<typeof RecurrentLayer.create>)),
    options: {
      1: [
        'cell',
        'input',
        'hidden',
        'projection',
        'bidirectional',
        'backwards',
        'bias',
        'peepholes',
        'steps',
        'batch',
        'train',
        'recompute',
        'strategy',
        'buffers',
        'buffers.x',
        'buffers.parameters',
        'buffers.gradients',
        'buffers.dy',
        'buffers.dx',
      ],
    },
  },
  'RecurrentLayer#x': { ...none, call: ({ layer }) => layer.x },
  'RecurrentLayer#outputs': { ...none, call: ({ layer }) => layer.outputs },
  'RecurrentLayer#dy': { ...none, call: ({ layer }) => layer.dy },
  'RecurrentLayer#dx': { ...none, call: ({ layer }) => layer.dx },
  'RecurrentLayer#state': { right: () => ['h'], call: ({ layer }, name) => layer.state(name) },
  'RecurrentLayer#stateGradient': { right: () => ['h'], call: ({ layer }, name) => layer.stateGradient(name) },
  'RecurrentLayer#parameter': { right: () => ['W'], call: ({ layer }, name) => layer.parameter(name) },
  'RecurrentLayer#writeParameters': { right: () => [new Map([['b', new Float32Array(9)]])], call: ({ layer }, values) => layer.writeParameters(values) },
  'RecurrentLayer#write': { right: (on) => [tensor(on), new Float32Array(12)], call: ({ layer }, to, values) => layer.write(to, values) },
  'RecurrentLayer#read': { right: (on) => [tensor(on)], call: ({ layer }, from) => layer.read(from) },
  'RecurrentLayer#setLengths': { right: () => [Uint32Array.of(3, 2)], call: ({ layer }, lengths) => layer.setLengths(lengths) },
  'RecurrentLayer#encodeForward': {
    right: (on) => [on.device.device.createCommandEncoder(), { initial: 'zero' }],
    call: ({ layer }, ...args) => layer.encodeForward(...(args as Parameters<RecurrentLayer['encodeForward']>)),
    options: { 1: ['initial'] },
  },
  'RecurrentLayer#encodeBackward': {
    right: (on) => [on.device.device.createCommandEncoder(), { finalGradient: 'zero' }],
    call: ({ layer }, ...args) => layer.encodeBackward(...(args as Parameters<RecurrentLayer['encodeBackward']>)),
    options: { 1: ['finalGradient'] },
  },

  decodeText: {
    right: () => [new TextEncoder().encode('cat'), 'a file', 'utf-8'],
    call: (_, ...args) => decodeText(...(args as Parameters<typeof decodeText>)),
  },
  guessEncodings: { right: () => [new TextEncoder().encode('cat')], call: (_, bytes) => guessEncodings(bytes) },
  'Vocabulary.fromText': {
    right: () => ['abc', { unknown: true, symbols: 'characters' }],
    call: (_, ...args) => Vocabulary.fromText(...(args as Parameters<typeof Vocabulary.fromText>)),
    options: { 1: ['unknown', 'symbols'] },
  },
  'Vocabulary.fromJSON': {
    right: (on) => [{ ...on.vocabulary.toJSON() }],
    call: (_, json) => Vocabulary.fromJSON(json),
    options: { 0: ['characters', 'characters.0', 'symbols', 'unknown'] },
  },
  'Vocabulary#size': { ...none, call: ({ vocabulary }) => vocabulary.size },
  'Vocabulary#has': { right: () => ['a'], call: ({ vocabulary }, character) => vocabulary.has(character) },
  'Vocabulary#encode': { right: () => ['cat'], call: ({ vocabulary }, given) => vocabulary.encode(given) },
  'Vocabulary#split': { right: () => ['cat'], call: ({ vocabulary }, given) => vocabulary.split(given) },
  'Vocabulary#decode': { right: () => [[0, 1]], call: ({ vocabulary }, given) => vocabulary.decode(given) },
  'Vocabulary#expect': { right: (on) => [on.vocabulary], call: ({ vocabulary }, other) => vocabulary.expect(other) },
  'Vocabulary#toJSON': { ...none, call: ({ vocabulary }) => vocabulary.toJSON() },
  'Corpus.fromText': {
    right: (on) => ['cat', { heldOut: 0.1, vocabulary: on.vocabulary }],
    call: (_, ...args) => Corpus.fromText(...(args as Parameters<typeof Corpus.fromText>)),
    options: { 1: ['heldOut', 'symbols', 'vocabulary'] },
  },

  'TextModel.create': {
    right: (on) => [{ vocabulary: on.vocabulary, hidden: 3, layers: 2, device: on.device }],
    call: (_, options) => TextModel.create(options),
    options: { 0: [...model, 'embedding'] },
  },
  'TextModel.load': {
    right: (on) => [on.textFile, { device: on.device }],
    call: (_, ...args) => TextModel.load(...(args as Parameters<typeof TextModel.load>)),
    options: { 1: ['device'] },
  },
  'TextModel#save': { ...none, call: ({ textModel }) => textModel.save() },
  'TextModel#train': {
    right: (on) => [on.corpus, { batch: 2, steps: 3, epochs: 1 }],
    call: ({ textModel }, ...args) => textModel.train(...(args as Parameters<TextModel['train']>)),
    options: { 1: [...train, 'clipValue', 'partition'] },
  },
  'TextModel#evaluate': {
    right: () => ['the cat sat on the mat', { batch: 2, steps: 4 }],
    call: ({ textModel }, ...args) => textModel.evaluate(...(args as Parameters<TextModel['evaluate']>)),
    options: { 1: ['batch', 'steps', 'strategy'] },
  },
  'TextModel#stream': {
    right: () => ['the', { length: 4 }],
    call: ({ textModel }, ...args) => textModel.stream(...(args as Parameters<TextModel['stream']>)),
    options: { 1: write },
  },
  'TextModel#sample': {
    right: () => ['the', { length: 4 }],
    call: ({ textModel }, ...args) => textModel.sample(...(args as Parameters<TextModel['sample']>)),
    options: { 1: [...write, 'alternatives'] },
  },
  // It writes as much as it is told: so much has no end.
  'TextModel#generate': {
    right: () => ['the', { length: 4 }],
    call: ({ textModel }, ...args) => textModel.generate(...(args as Parameters<TextModel['generate']>)),
    options: { 1: write },
    skip: ['1.length 2^31'],
  },
  'BlankModel.create': {
    right: (on) => [{ vocabulary: on.vocabulary, hidden: 3, layers: 2, device: on.device }],
    call: (_, options) => BlankModel.create(options),
    options: { 0: [...model, 'bidirectional'] },
  },
  'BlankModel.load': {
    right: (on) => [on.blankFile, { device: on.device }],
    call: (_, ...args) => BlankModel.load(...(args as Parameters<typeof BlankModel.load>)),
    options: { 1: ['device'] },
  },
  'BlankModel#save': { ...none, call: ({ blankModel }) => blankModel.save() },
  'BlankModel#train': {
    right: (on) => [on.corpus, { batch: 2, steps: 3, epochs: 1 }],
    call: ({ blankModel }, ...args) => blankModel.train(...(args as Parameters<BlankModel['train']>)),
    options: { 1: [...train, 'blanks'] },
  },
  'BlankModel#guess': {
    right: () => ['the c_t', { top: 2 }],
    call: ({ blankModel }, ...args) => blankModel.guess(...(args as Parameters<BlankModel['guess']>)),
    options: { 1: ['blank', 'top'] },
  },
  'BlankModel#evaluate': {
    right: () => ['the cat sat on the mat', { steps: 4 }],
    call: ({ blankModel }, ...args) => blankModel.evaluate(...(args as Parameters<BlankModel['evaluate']>)),
    options: { 1: ['blanks', 'seed', 'steps', 'strategy'] },
  },
  'Series.fromValues': {
    right: () => [Float64Array.of(1, 2, 3, 4, 5, 6), { variables: 2, heldOut: 0.3 }],
    call: (_, ...args) => Series.fromValues(...(args as Parameters<typeof Series.fromValues>)),
    options: { 1: ['variables', 'heldOut'] },
  },
  'SeriesModel.create': {
    right: (on) => [{ scale: { mean: [0], deviation: [1] }, window: 3, loss: 'huber', hidden: 3, layers: 2, device: on.device }],
    call: (_, options) => SeriesModel.create(options),
    options: { 0: ['scale', 'scale.mean', 'scale.deviation', 'window', 'loss', 'delta', ...model.filter((name) => name !== 'vocabulary')] },
  },
  'SeriesModel.load': {
    right: (on) => [on.seriesFile, { device: on.device }],
    call: (_, ...args) => SeriesModel.load(...(args as Parameters<typeof SeriesModel.load>)),
    options: { 1: ['device'] },
  },
  'SeriesModel#save': { ...none, call: ({ seriesModel }) => seriesModel.save() },
  'SeriesModel#train': {
    right: (on) => [on.series, { batch: 2, epochs: 1 }],
    call: ({ seriesModel }, ...args) => seriesModel.train(...(args as Parameters<SeriesModel['train']>)),
    options: { 1: [...train.filter((name) => name !== 'steps'), 'clipValue'] },
  },
  'SeriesModel#evaluate': {
    right: () => [Float64Array.of(1, 2, 3, 4, 5, 6), { horizon: 2 }],
    call: ({ seriesModel }, ...args) => seriesModel.evaluate(...(args as Parameters<SeriesModel['evaluate']>)),
    options: { 1: ['horizon', 'every', 'strategy'] },
  },
  'SeriesModel#forecast': {
    right: () => [Float64Array.of(1, 2, 3, 4, 5, 6), { horizon: 2, samples: 3 }],
    call: ({ seriesModel }, ...args) => seriesModel.forecast(...(args as Parameters<SeriesModel['forecast']>)),
    options: { 1: ['horizon', 'samples', 'quantiles', 'seed', 'strategy'] },
  },
  'Training.save': {
    ...none,
    call: async ({ textModel, corpus }) => {
      const loop = textModel.train(corpus, { batch: 2, steps: 3, epochs: 1 })
      await loop.next()
      await loop.save()
      await loop.return()
    },
  },
}
