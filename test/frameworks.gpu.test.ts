// The examples of docs/frameworks, in the real packages: a component has its model, works with it, and leaves no device behind, also
// where it is mounted twice (React's StrictMode), or leaves before the model is there.
import { effectScope, reactive, ref } from '@vue/reactivity'
import { createElement, StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { createRoot as createSolidRoot } from 'solid-js'
import { compileModule } from 'svelte/compiler'
import * as svelte from 'svelte/internal/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Corpus, Network, Predictor, TextModel, type TextModelOptions } from 'sluice'
import * as react from '../docs/frameworks/react'
import * as solid from '../docs/frameworks/solid'
import svelteSource from '../docs/frameworks/svelte.svelte.js?raw'
import * as vue from '../docs/frameworks/vue'

const corpus = Corpus.fromText('the cat sat on the mat. '.repeat(20))
const options: TextModelOptions = { vocabulary: corpus.vocabulary, hidden: 4 }

let opened: GPUDevice[] = []
const closed = new Set<GPUDevice>()
/** Until then no device opens. */
let held: Promise<void>
beforeEach(() => {
  opened = []
  held = Promise.resolve()
  closed.clear()
  const { requestDevice } = GPUAdapter.prototype
  vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockImplementation(async function (this: GPUAdapter, descriptor) {
    await held
    const device = await requestDevice.call(this, descriptor)
    opened.push(device)
    return device
  })
  const { destroy } = GPUDevice.prototype
  vi.spyOn(GPUDevice.prototype, 'destroy').mockImplementation(function (this: GPUDevice) {
    closed.add(this)
    return destroy.call(this)
  })
})
afterEach(() => void vi.restoreAllMocks())

/** How many devices were opened, and how many of them are open. */
const devices = () => ({ opened: opened.length, open: opened.filter((device) => !closed.has(device)).length })
const settled = (count: { opened: number; open: number }) => vi.waitFor(() => expect(devices()).toEqual(count), { timeout: 60_000 })

/** Whether it is the model itself, at work. */
async function works(model: TextModel): Promise<void> {
  expect(await model.generate('the', { length: 5 })).toMatch(/^the.{5}$/)
  for await (const { loss } of model.train(corpus, { batch: 2, steps: 5, epochs: 1 })) {
    expect(loss).toBeGreaterThan(0)
    break
  }
  expect((await model.save()).length).toBeGreaterThan(100)
}

describe('React', () => {
  const mount = (strict: boolean) => {
    let model: TextModel | null = null
    const Component = () => {
      const mine = react.useModel(options)
      useEffect(() => {
        model = mine
      }, [mine])
      return createElement('p', null, mine ? 'ready' : 'opening')
    }
    const host = document.createElement('div')
    const root = createRoot(host)
    root.render(strict ? createElement(StrictMode, null, createElement(Component)) : createElement(Component))
    return { root, host, model: () => model }
  }

  test('StrictMode mounts twice: two devices are opened, one stays, and none after the component', async () => {
    const { root, host, model } = mount(true)
    await vi.waitFor(() => expect(host.textContent).toBe('ready'), { timeout: 60_000 })
    await settled({ opened: 2, open: 1 })
    await vi.waitFor(() => expect(model()).not.toBe(null)) // effects come after the text
    await works(model()!)
    root.unmount()
    await settled({ opened: 2, open: 0 })
  })

  test('a component that leaves before its model is there', async () => {
    let release = () => {}
    held = new Promise((resolve) => (release = resolve))
    const { root, host } = mount(false)
    await vi.waitFor(() => expect(host.textContent).toBe('opening'))
    root.unmount()
    release()
    await settled({ opened: 1, open: 0 })
  })
})

test('Vue: with the model in ref(), and after the scope none is open', async () => {
  for (const early of [false, true]) {
    opened = []
    const scope = effectScope()
    const { model } = scope.run(() => vue.useModel(options))!
    if (!early) {
      await vi.waitFor(() => expect(model.value).not.toBe(null), { timeout: 60_000 })
      await works(model.value!)
      const deep = reactive({ model: ref(model.value), network: model.value!.network })
      await works(deep.model as TextModel)
      expect(await deep.network.readParameters()).toBeInstanceOf(Map)
    }
    scope.stop()
    await settled({ opened: 1, open: 0 })
  }
})

test('Solid: after the root none is open', async () => {
  for (const early of [false, true]) {
    opened = []
    const { model, dispose } = createSolidRoot((dispose) => ({ ...solid.createModel(options), dispose }))
    if (!early) {
      await vi.waitFor(() => expect(model()).not.toBe(null), { timeout: 60_000 })
      await works(model()!)
    }
    dispose()
    await settled({ opened: 1, open: 0 })
  }
})

test('Svelte: with the model in $state, and after the effect none is open', async () => {
  const { code } = compileModule(svelteSource, { generate: 'client', filename: 'svelte.svelte.js' }).js
  // Its imports are given: text in a page can import nothing by name.
  const body = code.replaceAll(/^import .*$/gm, '').replace('export function', 'return function')
  const useModel = new Function('$', 'TextModel', body)(svelte, TextModel) as (given: TextModelOptions) => { model: TextModel | null }
  for (const early of [false, true]) {
    opened = []
    let state!: { model: TextModel | null }
    const stop = svelte.effect_root(() => {
      state = useModel(options)
    })
    svelte.flush()
    if (!early) {
      await vi.waitFor(() => expect(state.model).not.toBe(null), { timeout: 60_000 })
      await works(state.model!)
    }
    stop()
    await settled({ opened: 1, open: 0 })
  }
})

test('a model is no message: what is cloned of it is no network, and is refused as none', async () => {
  const network = await Network.create({ input: { features: 2 }, layers: [{ cell: 'gru', hidden: 4 }] })
  await expect(Predictor.create(structuredClone(network) as never, { steps: 1, batch: 1 })).rejects.toMatchObject({ code: 'bad-value' })
  network.destroy()
})
