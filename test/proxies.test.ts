// Objects of ours in a page's state: every library leaves them alone or says how to have it do so, in the real packages; and what is a
// Proxy of one all the same, or of another copy of this library, is told by that name.
import { isReactive, reactive, readonly, ref as vueRef, shallowRef } from '@vue/reactivity'
import { createDraft, finishDraft, produce } from 'immer'
import { isObservable, observable, runInAction } from 'mobx'
import { createStore as createSolidStore } from 'solid-js/store/dist/store.js'
import { compileModule } from 'svelte/compiler'
import { proxy as svelteState } from 'svelte/internal/client'
import { proxy as valtioState, ref as valtioRef } from 'valtio/vanilla'
import { describe, expect, test, vi } from 'vitest'
import * as sluice from 'sluice'
import {
  adam,
  BlankModel,
  Corpus,
  Evaluator,
  Network,
  Predictor,
  RecurrentLayer,
  Series,
  SeriesModel,
  SluiceError,
  TextModel,
  Trainer,
  type Vocabulary,
} from 'sluice'
import { Gpu } from '../src/gpu/device'
import { DryRun } from '../src/gpu/dry-run'
import { Parameters } from '../src/parameters'
import { Random } from '../src/random'
import { failure } from './support/failure'

const isClass = (value: unknown): value is new () => object => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))

/** An object of each class, on a device that is none: its constructor only keeps what it is given. */
function objects(): Record<string, object> {
  const device = { limits: {}, features: new Set(), lost: new Promise(() => {}), destroy() {} } as unknown as GPUDevice
  const gpu = new Gpu(device, 'no adapter', false)
  const corpus = Corpus.fromText('the cat sat on the mat')
  const { vocabulary } = corpus
  const spec = { input: { ids: vocabulary.size }, layers: [{ cell: 'gru' as const, hidden: 4 }], head: { classes: vocabulary.size } }
  const parameters = new Parameters(new DryRun(), spec)
  const make = (Class: unknown, ...given: unknown[]): object => Reflect.construct(Class as new () => object, given)
  const network = make(Network, gpu, false, parameters)
  return {
    Gpu: gpu,
    Parameters: parameters,
    Random: new Random(1),
    Vocabulary: vocabulary,
    Corpus: corpus,
    Network: network,
    Trainer: make(Trainer, network, { optimizer: adam() }, {}, new Map(), {}),
    Predictor: make(Predictor, network, {}, {}, {}),
    Evaluator: make(Evaluator, network, {}, {}),
    RecurrentLayer: make(RecurrentLayer, gpu, {}, {}),
    TextModel: make(TextModel, network, vocabulary),
    BlankModel: make(BlankModel, network, vocabulary),
    Series: Series.fromValues([1, 2, 3]),
    SeriesModel: make(SeriesModel, network, { mean: [0], deviation: [1] }, 2, 'values'),
  }
}
const all = objects()

test('every class that is exported is among them, and is tagged by its name', () => {
  const exported = Object.entries(sluice)
    .filter(([, value]) => isClass(value))
    .map(([name]) => name)
  expect(exported).toContain('Network')
  expect(exported.filter((name) => name !== 'SluiceError' && !(name in all))).toEqual([])
  for (const [name, object] of Object.entries(all)) expect(Object.prototype.toString.call(object)).toBe(`[object ${name}]`)
})

describe.each(Object.entries(all))('%s', (name, object) => {
  test('in Vue', () => {
    for (const held of [
      vueRef(object).value,
      reactive({ object }).object,
      reactive([object])[0],
      reactive(new Map([['it', object]])).get('it'),
      shallowRef(object).value,
      readonly({ object }).object,
    ]) {
      expect(held).toBe(object)
      expect(isReactive(held)).toBe(false)
    }
  })

  test('in MobX', () => {
    const state = observable({ object, list: [object], map: new Map([['it', object]]), none: null as object | null })
    runInAction(() => (state.none = object))
    for (const held of [state.object, state.list[0], state.map.get('it'), state.none, observable.box(object).get()]) {
      expect(held).toBe(object)
      expect(isObservable(held)).toBe(false)
    }
  })

  test('in a store of Solid', () => {
    const [state, set] = createSolidStore({ object, list: [object], none: null as object | null })
    set('none', object)
    for (const held of [state.object, state.list[0], state.none]) expect(held).toBe(object)
  })

  test('in $state of Svelte', () => {
    const state = svelteState({ object, list: [object], none: null as object | null })
    state.none = object
    for (const held of [state.object, state.list[0], state.none, svelteState(object)]) expect(held).toBe(object)
  })

  test('in Immer, and so in a store of Redux Toolkit: neither drafted nor frozen', () => {
    const next = produce({ object, n: 0 }, (draft) => {
      expect(draft.object).toBe(object)
      draft.n++
    })
    const draft = createDraft({ object })
    expect(draft.object).toBe(object)
    finishDraft(draft)
    expect(next.object).toBe(object)
    expect(Object.isFrozen(object)).toBe(false)
  })

  test('in Valtio, which wraps everything: as it is in ref(); a Proxy says what it is', () => {
    expect(valtioState({ held: valtioRef(object) }).held).toBe(object)
    const held = valtioState({ object }).object
    if (held !== object) refused(name, held)
  })

  test("in a deep Proxy of one's own", () => refused(name, new Proxy(object, {})))
})

test('what each library makes of a plain object is another', () => {
  const object = {}
  const [store] = createSolidStore({ object })
  for (const held of [reactive({ object }).object, observable({ object }).object, store.object, svelteState({ object }).object, valtioState({ object }).object])
    expect(held).not.toBe(object)
  produce({ object }, (draft) => void expect(draft.object).not.toBe(object))
})

/** Whether each method and getter says that this is a Proxy. */
function refused(name: string, held: object): void {
  const members = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(all[name]))
  expect(Object.prototype.toString.call(held)).toBe(`[object ${name}]`)
  for (const [member, { value, get }] of Object.entries(members)) {
    if (member === 'constructor' || !(value ?? get)) continue
    let error: unknown
    try {
      ;(value ?? get).call(held)
    } catch (thrown) {
      error = thrown
    }
    expect(error, `${name}.${member}`).toBeInstanceOf(SluiceError)
    expect(error, `${name}.${member}`).toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(new RegExp(`^this object is a Proxy of a ${name}, .*ref\\(\\) in Valtio, markRaw\\(\\) or shallowRef\\(\\) in Vue`)),
    })
  }
}

test('$state compiles to what was tried', () => {
  expect(compileModule('export const state = $state({ model: null })', { generate: 'client', filename: 'state.svelte.js' }).js.code).toMatch(
    /\$\.proxy\(\{ model: null \}\)/,
  )
})

const {
  TextModel: model,
  BlankModel: blank,
  Network: network,
  Gpu: gpu,
  Vocabulary: vocabulary,
  Corpus: corpus,
  Series: series,
} = all as unknown as {
  TextModel: TextModel
  BlankModel: BlankModel
  Network: Network
  Gpu: Gpu
  Vocabulary: Vocabulary
  Corpus: Corpus
  Series: Series
}
const scale = { mean: [0], deviation: [1] }
const layer = { cell: 'gru', input: 2, hidden: 4, steps: 2, batch: 1 } as const
const shape = { steps: 2, batch: 1, optimizer: adam() }

/** Every door that takes an object of ours. */
const doors = (
  from: typeof sluice,
): Record<string, (one: { network: unknown; gpu: unknown; vocabulary: unknown; corpus: unknown; series: unknown }) => unknown> => ({
  'a device of Network.create': ({ gpu }) => from.Network.create({ device: gpu, input: { features: 2 }, layers: [{ cell: 'gru', hidden: 4 }] } as never),
  'a device of TextModel.create': ({ gpu }) => from.TextModel.create({ vocabulary: from.Vocabulary.fromText('ab'), device: gpu } as never),
  'a device of BlankModel.create': ({ gpu }) => from.BlankModel.create({ vocabulary: from.Vocabulary.fromText('ab'), device: gpu } as never),
  'a device of SeriesModel.create': ({ gpu }) => from.SeriesModel.create({ scale, device: gpu } as never),
  'a device of memoryOf': ({ gpu }) => from.memoryOf(network.spec, { ...shape, device: gpu } as never),
  'a device of RecurrentLayer.create': ({ gpu }) => from.RecurrentLayer.create(gpu as never, layer),
  'a network of Trainer.create': ({ network }) => from.Trainer.create(network as never, shape),
  'a network of Predictor.create': ({ network }) => from.Predictor.create(network as never, shape),
  'a vocabulary of Corpus.fromText': ({ vocabulary }) => from.Corpus.fromText('the', { vocabulary } as never),
  'a vocabulary of TextModel.create': ({ vocabulary }) => from.TextModel.create({ vocabulary } as never),
  'a vocabulary of BlankModel.create': ({ vocabulary }) => from.BlankModel.create({ vocabulary } as never),
  'a corpus of TextModel.train': ({ corpus }) =>
    Reflect.construct(from.TextModel, [network, from.Vocabulary.fromText('ab')])
      .train(corpus as never)
      .next(),
  'a series of SeriesModel.train': ({ series }) =>
    Reflect.construct(from.SeriesModel, [network, scale, 2, 'values'])
      .train(series as never)
      .next(),
  'a corpus of BlankModel.train': ({ corpus }) =>
    Reflect.construct(from.BlankModel, [network, from.Vocabulary.fromText('ab')])
      .train(corpus as never)
      .next(),
})

describe.each(Object.entries(doors(sluice)))('%s', (door, open) => {
  const what = /^a (\w+)/.exec(door)![1]!

  test('of another copy of the library', async () => {
    vi.resetModules()
    const other = (await import('../src/index')) as typeof sluice
    expect(other.Network).not.toBe(sluice.Network)
    for (const call of [() => doors(other)[door]!({ network, gpu, vocabulary, corpus, series })]) {
      const error = (await thrownBy(call)) as SluiceError
      expect(error).toBeInstanceOf(other.SluiceError)
      // An error is one of Sluice, whichever copy it is of.
      expect(error).toBeInstanceOf(SluiceError)
      expect(error).toMatchObject({
        code: 'bad-value',
        message: expect.stringMatching(new RegExp(`^${what} is a \\w+ of another copy of Sluice: two are loaded here.*resolve\\.dedupe.*reload the page`)),
      })
    }
  })

  test('that is a Proxy of one', async () => {
    const proxies = Object.fromEntries(
      Object.entries({ network, gpu, vocabulary, corpus, series }).map(([name, object]) => [name, new Proxy(object, {})]),
    ) as never
    expect(await failure(() => open(proxies))).toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(new RegExp(`^${what} is a Proxy of a \\w+, as deep reactive state makes them`)),
    })
  })

  test('that is something else, such as what structuredClone leaves of one', async () => {
    const none = {
      network: { spec: network.spec },
      gpu: {},
      vocabulary: structuredClone({ ...vocabulary }),
      corpus: structuredClone({ ...corpus, vocabulary: null }),
      series: structuredClone({ ...series }),
    }
    expect(await failure(() => open(none))).toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(new RegExp(`^${what} is an object \\(Object\\), expected`)),
    })
  })
})

/** What it throws, of whatever copy. */
async function thrownBy(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

test('a model that is not given a Proxy works: the vocabulary encodes in every state that leaves it alone', () => {
  expect(reactive({ model }).model.vocabulary.encode('the').length).toBe(3)
  expect(vueRef(blank).value.vocabulary.size).toBe(vocabulary.size)
  expect(valtioState({ held: valtioRef(vocabulary) }).held.has('t')).toBe(true)
})

test('a training, which is a generator, is left alone as well', () => {
  const training = model.train(corpus)
  const [store] = createSolidStore({ training })
  for (const held of [
    vueRef(training).value,
    reactive({ training }).training,
    observable({ training }).training,
    store.training,
    svelteState({ training }).training,
  ])
    expect(held).toBe(training)
})

test('a Map in reactive state is a Map', async () => {
  const { fromPyTorch } = sluice
  const spec = { input: { features: 1 }, layers: [{ cell: 'rnn', hidden: 1 }] } as const
  for (const map of [reactive(new Map()), observable.map()]) expect((await failure(() => fromPyTorch(map as never, spec))).code).toBe('bad-file')
})
