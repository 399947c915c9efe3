// Every code that a comment promises is one that comes, with a device of one's own and with a given one.
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  decodeText,
  describePyTorch,
  guessEncodings,
  adam,
  adoptDevice,
  BlankModel,
  Corpus,
  Evaluator,
  formatMeasurement,
  formatReport,
  fromPyTorch,
  measureGpu,
  memoryOf,
  Network,
  openDevice,
  parameterShapes,
  Predictor,
  readSafetensors,
  RecurrentLayer,
  Series,
  SeriesModel,
  TextModel,
  toPyTorch,
  Trainer,
  verifyGpu,
  Vocabulary,
  writeSafetensors,
  type Gpu,
  type NetworkSpec,
} from 'sluice'
import { fromKeras, readKerasTensors, toKeras, toKerasWeights } from 'sluice/formats/keras'
import { fromOnnx, readOnnxTensors, toOnnx } from 'sluice/formats/onnx'
import { arraysOf, fromArrays, readNpz, toArrays } from 'sluice/formats/raw'
import { fromTfjs, loadCheckpoint, loadTfjs, tfjsFiles, toTfjs } from 'sluice/formats/tfjs'
import { failure } from '../support/failure'
import { idleDevice, idleGpu, type IdleOptions } from '../support/idle-device'
import { declared } from './declared'

// An idle device would pass no check before a training: here it passes all but those of an MGU.
vi.mock('../../src/agreement/quick', async (original) => ({
  ...(await original<typeof import('../../src/agreement/quick')>()),
  quickCheck: async (_: Gpu, { layers }: NetworkSpec) => ('cell' in layers[0]! && layers[0].cell === 'mgu' ? 'logits[0] is 0, expected 1' : ''),
}))

const spec: NetworkSpec = { input: { ids: 5 }, layers: [{ cell: 'gru-reset-after', hidden: 3 }], head: { classes: 5 } }
const huge: NetworkSpec = { ...spec, layers: [{ cell: 'gru', hidden: 1e6 }] }
const shape = { steps: 3, batch: 2, strategy: 'tile-16' } as const
const ids = Uint32Array.of(0, 1, 2, 3, 4, 0)
const corpus = Corpus.fromText('the cat sat on the mat. '.repeat(12))
const { vocabulary } = corpus
const long = { batch: 2, steps: 1e9 }
const notFile = new Uint8Array(20)

/** Opens a device by the library itself, or is the one that it is given. */
interface Way {
  readonly device?: Gpu
  /** Ends the device. */
  readonly lose: () => Promise<void>
}
type Case = (way: Way) => Promise<unknown>

const network = ({ device }: Way, given = spec) => Network.create({ ...given, ...(device && { device }) })
const textModel = ({ device }: Way, hidden = 3) => TextModel.create({ vocabulary, hidden, ...(device && { device }) })
const blankModel = ({ device }: Way, hidden = 3) => BlankModel.create({ vocabulary, hidden, ...(device && { device }) })
const series = Series.fromValues(Array.from({ length: 40 }, (_, n) => Math.sin(n)))
const seriesModel = ({ device }: Way, hidden = 3) => SeriesModel.create({ scale: series.scale, window: 3, hidden, ...(device && { device }) })
const on = ({ device }: Way) => (device ? { device } : {})

/** A device that is checked before a training. */
const checked = () => ({ device: adoptDevice(idleDevice().device) })

type Made = { destroy(): void }
const destroyed =
  <Of extends Made>(make: (way: Way) => Promise<Of>, use: (made: Of) => unknown): Case =>
  async (way) => {
    const made = await make(way)
    made.destroy()
    await use(made)
  }
const lost =
  <Of>(make: (way: Way) => Promise<Of>, use: (made: Of) => unknown): Case =>
  async (way) => {
    const made = await make(way)
    await way.lose()
    await use(made)
  }
const using =
  <Of>(make: (way: Way) => Promise<Of>, use: (made: Of) => unknown): Case =>
  async (way) =>
    use(await make(way))
const first = async (loop: AsyncGenerator) => {
  await loop.next()
}
const trainer = async (way: Way) => Trainer.create(await network(way), { ...shape, optimizer: adam() })
const passes = async (way: Way) => Trainer.create(await network(way), { ...shape, optimizer: adam(), passes: true })
const predictor = async (way: Way) => Predictor.create(await network(way), shape)
const state = async (way: Way) => (await predictor(way)).state()
const evaluator = async (way: Way) => Evaluator.create(await network(way), shape)
const layer = async ({ device }: Way, more = {}) =>
  RecurrentLayer.create(device ?? idleDevice(), { cell: 'gru', input: 2, hidden: 3, steps: 3, batch: 2, ...more })
/** A layer with a buffer that WebGPU refuses once it is used. */
const refusedBuffer: Case = async (way) => {
  const device = way.device ?? idleDevice()
  const encoders = vi.spyOn(device.device, 'createCommandEncoder')
  const scopes: GPUErrorFilter[] = []
  vi.spyOn(device.device, 'pushErrorScope').mockImplementation((filter) => void scopes.push(filter))
  vi.spyOn(device.device, 'popErrorScope').mockImplementation(async () => {
    const sees = scopes.pop() === 'validation' && encoders.mock.calls.some(([of]) => of?.label === 'x')
    return sees ? ({ message: 'it is of another device' } as GPUError) : null
  })
  await layer({ ...way, device }, { buffers: { x: { size: 96, usage: 0x8c } } })
}
/** A tensor of whole numbers, which is none of ours. */
function integers() {
  const file = writeSafetensors(new Map([['a', { shape: [2], values: new Float32Array(2) }]]))
  const at = new TextDecoder().decode(file).indexOf('F32')
  file.set(new TextEncoder().encode('I32'), at)
  return readSafetensors(file).tensors.get('a')!
}
/** A file that is right but for its sizes: a model too large for the device. */
const tooLarge = (file: Uint8Array) => async (load: (bytes: Uint8Array) => Promise<unknown>) => {
  const allocate = vi.spyOn(Object.getPrototypeOf(idleDevice()) as Gpu, 'largestBuffer', 'get').mockReturnValue(16)
  try {
    await load(file)
  } finally {
    allocate.mockRestore()
  }
}
const writes = (method: 'stream' | 'sample'): Record<string, Case> => ({
  'unknown-character': using(textModel, (model) => first(model[method]('Q', { length: 2 }))),
  'bad-value': using(textModel, (model) => first(model[method]('t', {} as never))),
  'not-finite': using(textModel, (model) => first(model[method]('t', { length: 2 }))),
  disposed: destroyed(textModel, (model) => first(model[method]('t', { length: 2 }))),
})

/** With parameters of which one has another size. */
const wrongly = (work: (parameters: Map<string, Float32Array>) => unknown): Case =>
  using(network, async (made) => work(new Map([...(await made.readParameters()), ['head.b', new Float32Array(1)]])))

const cases: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  fromPyTorch: {
    'bad-file': async () => fromPyTorch(new Map(), spec),
    'bad-value': async () => fromPyTorch(new Map(), { ...spec, layers: [{ cell: 'gru', hidden: 3 }] }),
  },
  describePyTorch: {
    'bad-file': async () => describePyTorch(new Map()),
    'bad-value': async () => describePyTorch(new Map(), { rnn: 'lstm' } as never),
  },
  toPyTorch: {
    'bad-value': async () => toPyTorch(new Map(), spec),
    'bad-shape': wrongly((parameters) => toPyTorch(parameters, spec)),
  },
  fromOnnx: { 'bad-file': async () => fromOnnx(notFile) },
  readOnnxTensors: { 'bad-file': async () => readOnnxTensors(notFile) },
  readKerasTensors: { 'bad-file': async () => readKerasTensors(notFile), 'bad-value': async () => readKerasTensors(5 as never) },
  readNpz: { 'bad-file': async () => readNpz(notFile), 'bad-value': async () => readNpz(5 as never) },
  loadCheckpoint: { 'bad-file': async () => loadCheckpoint(() => notFile), 'bad-value': async () => loadCheckpoint(5 as never) },
  arraysOf: { 'bad-file': async () => arraysOf(new Map())('x'), 'bad-value': async () => arraysOf(5 as never) },
  toOnnx: { 'bad-value': async () => toOnnx(new Map(), spec), 'bad-shape': wrongly((parameters) => toOnnx(parameters, spec)) },
  fromKeras: { 'bad-file': async () => fromKeras(notFile), 'bad-value': async () => fromKeras(notFile, { head: 'x' as never }) },
  toKeras: { 'bad-value': async () => toKeras(new Map(), spec), 'bad-shape': wrongly((parameters) => toKeras(parameters, spec)) },
  toKerasWeights: { 'bad-value': async () => toKerasWeights(new Map(), spec), 'bad-shape': wrongly((parameters) => toKerasWeights(parameters, spec)) },
  fromTfjs: {
    'bad-file': async () => fromTfjs({ modelTopology: {}, weightSpecs: [], weightData: notFile }),
    'bad-value': async () => fromTfjs(5 as never),
  },
  loadTfjs: { 'bad-file': async () => loadTfjs(() => notFile), 'bad-value': async () => loadTfjs(5 as never) },
  toTfjs: {
    'bad-value': async () => toTfjs(new Map(), spec),
    'bad-shape': wrongly((parameters) => toTfjs(parameters, { ...spec, layers: [{ cell: 'gru', hidden: 3 }] })),
  },
  tfjsFiles: { 'bad-value': async () => tfjsFiles(5 as never) },
  fromArrays: {
    'bad-value': async () => fromArrays({ ...spec, layers: [] }, { layers: [] }),
    'bad-shape': async () => fromArrays(spec, { layers: [] }),
  },
  toArrays: { 'bad-value': async () => toArrays(new Map(), spec), 'bad-shape': wrongly((parameters) => toArrays(parameters, spec)) },
  readSafetensors: { 'bad-file': async () => readSafetensors(notFile), 'bad-value': async () => readSafetensors('x' as never) },
  writeSafetensors: {
    'bad-shape': async () => writeSafetensors(new Map([['a', { shape: [3], values: new Float32Array(2) }]])),
    'bad-value': async () => writeSafetensors(new Map([['__metadata__', { shape: [1], values: new Float32Array(1) }]])),
  },
  'StoredTensor#values': { 'bad-file': async () => integers().values },
  parameterShapes: { 'bad-value': async () => parameterShapes({ ...spec, layers: [] }) },
  adoptDevice: { 'bad-value': async () => adoptDevice({} as never) },
  openDevice: {
    'bad-value': async () => openDevice({ gpu: 5 } as never),
    'no-adapter': async () => openDevice({ gpu: { requestAdapter: async () => null } as never }),
    'no-webgpu': async () => {
      vi.stubGlobal('navigator', {})
      await openDevice()
    },
  },
  verifyGpu: {
    'bad-value': async ({ device }) => verifyGpu(device ?? idleDevice(), { strategies: ['fast'] } as never),
    'device-lost': lost(
      async ({ device }) => device ?? openDevice(),
      (gpu) => verifyGpu(gpu, { strategies: ['per-step-16'] }),
    ),
  },
  measureGpu: {
    'bad-value': async ({ device }) => measureGpu(device ?? idleDevice(), { seconds: 0 }),
    'device-lost': lost(
      async ({ device }) => device ?? openDevice(),
      (gpu) => measureGpu(gpu, { strategies: ['per-step-16'] }),
    ),
  },
  formatMeasurement: { 'bad-value': async () => formatMeasurement({} as never) },
  formatReport: { 'bad-value': async () => formatReport({} as never) },
  memoryOf: { 'bad-value': async () => memoryOf(spec, {} as never) },
  'Network.create': { 'bad-value': (way) => network(way, { ...spec, layers: [] }), 'too-large': (way) => network(way, huge) },
  'Network.load': {
    'bad-file': (way) => Network.load(notFile, on(way)),
    'too-large': async (way) => tooLarge(await (await network({ ...way, device: idleDevice() })).save())((bytes) => Network.load(bytes, on(way))),
  },
  'Network#readParameters': { disposed: destroyed(network, (made) => made.readParameters()), 'device-lost': lost(network, (made) => made.readParameters()) },
  'Network#writeParameters': {
    'bad-value': using(network, (made) => made.writeParameters(new Map([['x', [1]]]))),
    'bad-shape': using(network, (made) => made.writeParameters(new Map([['head.b', [1]]]))),
    disposed: destroyed(network, (made) => made.writeParameters(new Map())),
    'device-lost': lost(network, (made) => made.writeParameters(new Map())),
  },
  'Network#save': {
    'not-finite': using(network, (made) => made.save()),
    disposed: destroyed(network, (made) => made.save()),
    'device-lost': lost(network, (made) => made.save()),
  },
  'Network#run': {
    'bad-shape': using(network, (made) => made.run({ ...shape, ids: Uint32Array.of(1) })),
    'bad-value': using(network, (made) => made.run({ ...shape })),
    'too-large': using(
      (way) => network(way, { ...spec, input: { features: 1 }, layers: [{ cell: 'lstm', hidden: 900 }] }),
      (made) => made.run({ steps: 40000, batch: 1, features: new Float32Array(40000) }),
    ),
  },
  'Predictor.create': {
    'bad-value': using(network, (made) => Predictor.create(made, {} as never)),
    'too-large': using(network, (made) => Predictor.create(made, long)),
  },
  'Predictor#predict': {
    'bad-shape': using(predictor, (made) => made.predict({ ids: Uint32Array.of(1) })),
    'bad-value': using(predictor, (made) => made.predict({})),
    'not-finite': using(predictor, (made) => made.predict({ ids })),
    disposed: destroyed(predictor, (made) => made.predict({ ids })),
    'device-lost': lost(predictor, (made) => made.predict({ ids })),
  },
  'Predictor#state': {
    'too-large': using(predictor, (made) => {
      Object.defineProperty(made.network.gpu.device, 'limits', { value: { maxBufferSize: 16, maxStorageBufferBindingSize: 16 } })
      return made.state()
    }),
    disposed: destroyed(predictor, (made) => made.state()),
    'device-lost': lost(predictor, (made) => made.state()),
  },
  'PredictorState#read': {
    'bad-value': using(state, (made) => made.read([2])),
    disposed: destroyed(state, (made) => made.read()),
    'device-lost': lost(state, (made) => made.read()),
  },
  'PredictorState#write': {
    'bad-shape': using(state, (made) => made.write([{ h: [1] }])),
    'bad-value': using(state, (made) => made.write([{ c: new Float32Array(6) }])),
    disposed: destroyed(state, (made) => made.write([])),
    'device-lost': lost(state, (made) => made.write([])),
  },
  'PredictorState#reset': {
    'bad-value': using(state, (made) => made.reset([-1])),
    disposed: destroyed(state, (made) => made.reset()),
    'device-lost': lost(state, (made) => made.reset()),
  },
  'Evaluator.create': {
    'bad-value': using(network, (made) => Evaluator.create(made, {} as never)),
    'too-large': using(network, (made) => Evaluator.create(made, long)),
  },
  'Evaluator#evaluate': {
    'bad-shape': using(evaluator, (made) => made.evaluate({ ids, targets: Uint32Array.of(1) })),
    'bad-value': using(evaluator, (made) => made.evaluate({} as never)),
    'not-finite': using(evaluator, (made) => made.evaluate({ ids, targets: ids })),
    disposed: destroyed(evaluator, (made) => made.evaluate({ ids, targets: ids })),
    'device-lost': lost(evaluator, (made) => made.evaluate({ ids, targets: ids })),
  },
  'Trainer.create': {
    'bad-value': using(network, (made) => Trainer.create(made, {} as never)),
    'too-large': using(network, (made) => Trainer.create(made, { ...long, optimizer: adam() })),
    'wrong-results': async (way) =>
      Trainer.create(await network({ ...way, ...checked() }, { ...spec, layers: [{ cell: 'mgu', hidden: 3 }] }), {
        ...shape,
        optimizer: adam(),
      }),
  },
  'Trainer#step': {
    'bad-shape': using(trainer, (made) => made.step({ ids, targets: Uint32Array.of(1) })),
    'bad-value': using(trainer, (made) => made.step({} as never)),
    'not-finite': using(trainer, (made) => made.step({ ids, targets: ids })),
    disposed: destroyed(trainer, (made) => made.step({ ids, targets: ids })),
    'device-lost': lost(trainer, (made) => made.step({ ids, targets: ids })),
  },
  'Trainer#profile': { 'no-adapter': using(trainer, (made) => made.profile({ ids, targets: ids })) },
  'Trainer#forward': {
    'bad-shape': using(passes, (made) => made.forward({ ids: Uint32Array.of(1) })),
    'bad-value': using(trainer, (made) => made.forward({ ids })),
    disposed: destroyed(passes, (made) => made.forward({ ids })),
    'device-lost': lost(passes, (made) => made.forward({ ids })),
  },
  'Trainer#backward': {
    'bad-shape': using(passes, async (made) => {
      await made.forward({ ids })
      await made.backward({ logitGradients: new Float32Array(1) })
    }),
    'bad-value': using(passes, (made) => made.backward()),
    disposed: destroyed(passes, (made) => made.backward()),
    'device-lost': lost(passes, (made) => made.backward()),
  },
  'Trainer#apply': {
    'bad-value': using(passes, (made) => made.apply()),
    'not-finite': using(passes, async (made) => {
      await made.forward({ ids, targets: ids })
      await made.backward()
      await made.apply()
    }),
    disposed: destroyed(passes, (made) => made.apply()),
    'device-lost': lost(passes, (made) => made.apply()),
  },
  'Trainer#save': {
    'not-finite': using(trainer, (made) => made.save()),
    disposed: destroyed(trainer, (made) => made.save()),
    'device-lost': lost(trainer, (made) => made.save()),
  },
  'Trainer#resume': {
    'bad-file': using(trainer, (made) => made.resume(notFile)),
    'bad-value': async (way) => {
      const other = await Trainer.create(await network(way), { ...shape, batch: 1, optimizer: adam() })
      ;(await trainer(way)).resume(await other.save())
    },
  },
  'RecurrentLayer.create': {
    'bad-value': (way) => layer(way, { hidden: 0 }),
    'bad-shape': (way) => layer(way, { buffers: { x: { size: 4, usage: 0x8c } } }),
    'too-large': (way) => layer(way, { hidden: 1e6 }),
    'gpu-error': refusedBuffer,
    'wrong-results': (way) => layer({ ...way, ...checked() }, { cell: 'mgu', train: true }),
  },
  'RecurrentLayer#writeParameters': {
    'bad-value': using(layer, (made) => made.writeParameters(new Map([['x', [1]]]))),
    'bad-shape': using(layer, (made) => made.writeParameters(new Map([['b', [1]]]))),
    disposed: destroyed(layer, (made) => made.writeParameters(new Map())),
  },
  'RecurrentLayer#write': {
    'bad-value': using(layer, (made) => made.write(made.x, new Float32Array(12).fill(NaN))),
    'bad-shape': using(layer, (made) => made.write(made.x, [1])),
    disposed: destroyed(layer, (made) => made.write(made.x, new Float32Array(12))),
  },
  'RecurrentLayer#read': {
    'bad-value': using(layer, (made) => made.read({} as never)),
    disposed: destroyed(layer, (made) => made.read(made.x)),
  },
  'RecurrentLayer#setLengths': {
    'bad-shape': using(layer, (made) => made.setLengths(Uint32Array.of(1))),
    'bad-value': using(layer, (made) => made.setLengths(Uint32Array.of(1, 9))),
  },
  'RecurrentLayer#encodeForward': {
    'bad-value': using(layer, (made) => made.encodeForward(made.gpu.device.createCommandEncoder(), { initial: 'x' as never })),
  },
  'RecurrentLayer#encodeBackward': {
    'bad-value': using(layer, (made) => made.encodeBackward(made.gpu.device.createCommandEncoder())),
    disposed: destroyed(layer, (made) => made.encodeBackward(made.gpu.device.createCommandEncoder())),
  },
  'Vocabulary.fromText': { 'bad-value': async () => Vocabulary.fromText(5 as never), 'bad-text': async () => Vocabulary.fromText('') },
  'Vocabulary.fromJSON': { 'bad-file': async () => Vocabulary.fromJSON({}) },
  'Vocabulary#encode': {
    'unknown-character': async () => vocabulary.encode('Q'),
    'bad-value': async () => vocabulary.encode(5 as never),
    'bad-text': async () => vocabulary.encode('\ud800'),
  },
  'Vocabulary#decode': { 'bad-value': async () => vocabulary.decode([1000]) },
  'Vocabulary#expect': { 'bad-value': async () => vocabulary.expect(Vocabulary.fromText('x')) },
  decodeText: { 'bad-value': async () => decodeText('x' as never), 'bad-text': async () => decodeText(Uint8Array.of(0xff)) },
  guessEncodings: { 'bad-value': async () => guessEncodings('x' as never) },
  'Corpus.fromText': {
    'bad-value': async () => Corpus.fromText(5 as never),
    'bad-text': async () => Corpus.fromText(''),
    'unknown-character': async () => Corpus.fromText('Q', { vocabulary }),
  },
  'TextModel.create': { 'bad-value': (way) => textModel(way, 0), 'too-large': (way) => textModel(way, 1e6) },
  'TextModel.load': {
    'bad-file': (way) => TextModel.load(notFile, on(way)),
    'too-large': async (way) => tooLarge(await (await textModel({ ...way, device: idleDevice() })).save())((bytes) => TextModel.load(bytes, on(way))),
  },
  'TextModel#save': {
    'not-finite': using(textModel, (model) => model.save()),
    disposed: destroyed(textModel, (model) => model.save()),
    'device-lost': lost(textModel, (model) => model.save()),
  },
  'TextModel#train': {
    'bad-text': using(textModel, (model) => first(model.train(corpus, { batch: 100 }))),
    'bad-value': using(textModel, (model) => first(model.train(corpus, { batch: 0 }))),
    'not-finite': using(textModel, (model) => first(model.train(corpus, { batch: 2, steps: 3 }))),
  },
  'TextModel#evaluate': {
    'bad-text': using(textModel, (model) => model.evaluate('t')),
    'unknown-character': using(textModel, (model) => model.evaluate('QQ')),
    'bad-value': using(textModel, (model) => model.evaluate(5 as never)),
    'not-finite': using(textModel, (model) => model.evaluate('the cat')),
    disposed: destroyed(textModel, (model) => model.evaluate('the cat')),
  },
  'TextModel#stream': writes('stream'),
  'BlankModel.create': { 'bad-value': (way) => blankModel(way, 0), 'too-large': (way) => blankModel(way, 1e6) },
  'BlankModel.load': {
    'bad-file': (way) => BlankModel.load(notFile, on(way)),
    'too-large': async (way) => tooLarge(await (await blankModel({ ...way, device: idleDevice() })).save())((bytes) => BlankModel.load(bytes, on(way))),
  },
  'BlankModel#save': {
    'not-finite': using(blankModel, (model) => model.save()),
    disposed: destroyed(blankModel, (model) => model.save()),
    'device-lost': lost(blankModel, (model) => model.save()),
  },
  'BlankModel#train': {
    'bad-text': using(blankModel, (model) => first(model.train(corpus, { batch: 100 }))),
    'bad-value': using(blankModel, (model) => first(model.train(corpus, { batch: 0 }))),
    'not-finite': using(blankModel, (model) => first(model.train(corpus, { batch: 2, steps: 3 }))),
  },
  'BlankModel#guess': {
    'bad-text': using(blankModel, (model) => model.guess('the cat')),
    'bad-value': using(blankModel, (model) => model.guess('the c_t', { blank: 'a' })),
    'unknown-character': using(blankModel, (model) => model.guess('Q_')),
    'not-finite': using(blankModel, (model) => model.guess('the c_t')),
  },
  'BlankModel#evaluate': {
    'bad-text': using(blankModel, (model) => model.evaluate('')),
    'bad-value': using(blankModel, (model) => model.evaluate('the cat', { blanks: 2 })),
    'unknown-character': using(blankModel, (model) => model.evaluate('Q')),
    'not-finite': using(blankModel, (model) => model.evaluate('the cat')),
  },
  'Series.fromValues': { 'bad-value': async () => Series.fromValues([NaN]), 'bad-shape': async () => Series.fromValues([1]) },
  'SeriesModel.create': {
    'bad-value': (way) => seriesModel(way, 0),
    'bad-shape': (way) => SeriesModel.create({ scale: { mean: [0, 1], deviation: [1] }, ...on(way) }),
    'too-large': (way) => seriesModel(way, 1e6),
  },
  'SeriesModel.load': {
    'bad-file': (way) => SeriesModel.load(notFile, on(way)),
    'too-large': async (way) => tooLarge(await (await seriesModel({ ...way, device: idleDevice() })).save())((bytes) => SeriesModel.load(bytes, on(way))),
  },
  'SeriesModel#save': {
    'not-finite': using(seriesModel, (model) => model.save()),
    disposed: destroyed(seriesModel, (model) => model.save()),
    'device-lost': lost(seriesModel, (model) => model.save()),
  },
  'SeriesModel#train': {
    'bad-shape': using(seriesModel, (model) => first(model.train(series, { batch: 100 }))),
    'bad-value': using(seriesModel, (model) => first(model.train(series, { batch: 0 }))),
    'not-finite': using(seriesModel, (model) => first(model.train(series, { batch: 2 }))),
  },
  'SeriesModel#evaluate': {
    'bad-value': using(seriesModel, (model) => model.evaluate(series.training, { horizon: 0 })),
    'bad-shape': using(seriesModel, (model) => model.evaluate([1, 2, 3])),
    'too-large': async (way) => {
      const model = await SeriesModel.create({ scale: series.scale, window: 2 ** 20, hidden: 64, ...on(way) })
      await model.evaluate(new Float64Array(2 ** 20 + 64))
    },
    'not-finite': using(seriesModel, (model) => model.evaluate(series.training)),
    disposed: destroyed(seriesModel, (model) => model.evaluate(series.training)),
  },
  'SeriesModel#forecast': {
    'bad-value': using(seriesModel, (model) => model.forecast(series.training, { samples: 5 })),
    'bad-shape': using(seriesModel, (model) => model.forecast([1, 2])),
    'too-large': async (way) => {
      const model = await SeriesModel.create({ scale: series.scale, window: 3, hidden: 3, loss: 'gaussian', ...on(way) })
      await model.forecast(series.training, { samples: 60_000, horizon: 1_000_000 })
    },
    'not-finite': using(seriesModel, (model) => model.forecast(series.training)),
    disposed: destroyed(seriesModel, (model) => model.forecast(series.training)),
    'device-lost': lost(seriesModel, (model) => model.forecast(series.training)),
  },
}

/** Promised, but not to be had within a test: a text longer than a string can be. */
const beyond = ['decodeText too-large']

afterEach(() => vi.unstubAllGlobals())

test('every code that is promised has a case', () => {
  const promised = [...declared()].flatMap(([door, { codes }]) => codes.map((code) => `${door} ${code}`))
  expect(promised.length).toBeGreaterThan(60)
  const tried = Object.entries(cases).flatMap(([door, codes]) => Object.keys(codes).map((code) => `${door} ${code}`))
  expect(promised.filter((one) => !tried.includes(one) && !beyond.includes(one))).toEqual([])
})

describe.each(['its own', 'a given'])('with %s device', (whose) => {
  const all = Object.entries(cases).flatMap(([door, codes]) => Object.entries(codes).map(([code, work]) => [door, code, work] as const))
  test.each(all)('%s: %s', async (_, code, work) => {
    let lose = () => {}
    const gone = new Promise<GPUDeviceLostInfo>((resolve) => (lose = () => resolve({ reason: 'unknown', message: 'gone' } as GPUDeviceLostInfo)))
    const options: IdleOptions = { lost: gone, ...(code === 'not-finite' && { value: NaN }) }
    vi.stubGlobal('navigator', { gpu: idleGpu(options) })
    const way: Way = {
      ...(whose === 'a given' && { device: idleDevice(options) }),
      lose: async () => {
        lose()
        await new Promise((resolve) => setTimeout(resolve))
      },
    }
    expect((await failure(() => work(way))).code).toBe(code)
  })
})

test('Node is told what to install, and an old browser which one is new enough', async () => {
  vi.stubGlobal('navigator', {})
  expect((await failure(() => openDevice())).message).toContain('Node has no WebGPU of its own. Install the package webgpu (npm install webgpu)')
  vi.stubGlobal('process', undefined)
  expect((await failure(() => openDevice())).message).toContain('This browser has no WebGPU. Chrome or Edge 113')
})
