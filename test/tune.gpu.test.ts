// Choosing a strategy: the best guess at once, the fastest when it was measured.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cellNames } from '../src/cells'
import type { SluiceError } from '../src/errors'
import { Gpu } from '../src/gpu/device'
import { Program } from '../src/gpu/engine'
import { strategyNames, type StrategyName } from '../src/gpu/strategy'
import { Network } from '../src/network'
import { adam } from '../src/optimizer'
import { Trainer } from '../src/trainer'
import type { LayerSpec } from '../src/spec'
import { chooseStrategy, fastestStrategy } from '../src/tune'
import { asIf, hasWork, offered, testDevice } from './support/kernel'
import { sampled } from './support/sampled'

let submits = 0
beforeEach(() => {
  submits = 0
  const { submit } = GPUQueue.prototype
  vi.spyOn(GPUQueue.prototype, 'submit').mockImplementation(function (this: GPUQueue, buffers) {
    if (hasWork(buffers)) submits++
    return submit.call(this, buffers)
  })
  vi.spyOn(Navigator.prototype, 'hardwareConcurrency', 'get').mockReturnValue(2)
})
afterEach(() => void vi.restoreAllMocks())

const options = { steps: 6, batch: 5, optimizer: adam(), clipNorm: 1 }
/** Measured before the first step. */
const measured = { ...options, strategy: 'fastest' } as const
/** A device that leaves a choice of plans for five rows: of software, one that holds matrices and has two cores. */
const choosy = testDevice().then((gpu) => asIf(gpu, gpu.isSoftware))
const network = async (layers = 1) =>
  Network.create({
    device: await choosy,
    input: { ids: 7 },
    layers: Array.from({ length: layers }, () => ({ cell: 'gru' as const, hidden: 11 })),
    head: { classes: 7 },
    seed: 3,
  })
/** What the browser's store has: places and plans. */
const shelf = async () => {
  const cache = await caches.open('sluice')
  return Promise.all((await cache.keys()).map(async (request) => [request.url, await (await cache.match(request))!.text()] as const))
}
const forget = () => caches.delete('sluice')
const ids = Uint32Array.from({ length: 30 }, (_, i) => (i * 5) % 7)

test('measured the first time, remembered after it, and in the browser\u2019s store', async () => {
  await forget()
  const one = await network()
  const first = await Trainer.create(one, measured)
  const candidates = await offered(one, options)
  expect(submits).toBeGreaterThanOrEqual(candidates.length)
  const { name: strategy } = first.plan.tuning.strategy
  expect(candidates).toContain(strategy)
  submits = 0
  const second = await Trainer.create(one, options)
  expect(submits).toBe(0)
  expect(second.plan.tuning.strategy.name).toBe(strategy)
  // In the store with what says which kernels it was measured of.
  await vi.waitFor(async () => expect((await shelf()).map(([, kept]) => kept)).toEqual([expect.stringMatching(new RegExp(`^${strategy} [0-9a-z]+$`))]))
  for (const trainer of [first, second]) trainer.destroy()
  one.destroy()
})

test('what the store has is taken, unless it was measured of other kernels', async () => {
  await forget()
  const one = await network()
  const shape = { steps: options.steps, batch: options.batch, train: true }
  /** As after a reload: a module of its own, which remembers nothing. */
  const reload = async (times: number) => (await import(/* @vite-ignore */ `../src/tune.ts?reload=${times}`)) as typeof import('../src/tune')
  const reloaded = async (times: number) => (await reload(times)).fastestStrategy(one, shape)
  await reloaded(1)
  const [[place, value]] = await vi.waitFor(async () => {
    const kept = await shelf()
    expect(kept.length).toBe(1)
    return kept as [readonly [string, string]]
  })
  const put = async (text: string) => (await caches.open('sluice')).put(place, new Response(text))
  const kernels = value.split(' ')[1]!
  await put(`tile-4 ${kernels}`) // what no measurement would choose here
  submits = 0
  expect([await reloaded(2), submits]).toEqual(['tile-4', 0])
  const choice = await (await reload(20)).chooseStrategy(one, shape, 'auto')
  expect([await choice.prepare(async (name) => name), choice.measurement, submits]).toEqual(['tile-4', null, 0])
  for (const [times, stale] of ['tile-4 other', 'tile-4', `steps-5 ${kernels}`].entries()) {
    await put(stale)
    submits = 0
    const strategy = await reloaded(3 + times)
    expect(await offered(one, options)).toContain(strategy)
    expect(submits).toBeGreaterThan(0)
    await vi.waitFor(async () => expect(await shelf()).toEqual([[place, `${strategy} ${kernels}`]]))
  }
  one.destroy()
})

test('a worker finds what a page has kept, and without a store it is measured', async () => {
  await forget()
  const one = await network()
  await fastestStrategy(one, { steps: 4, batch: 5, train: false })
  await vi.waitFor(async () => expect((await shelf()).length).toBe(1))
  const code = `caches.open('sluice').then((cache) => cache.keys()).then((places) => postMessage(places.length))`
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
  expect(await new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)))).toBe(1)
  worker.terminate()
  vi.spyOn(CacheStorage.prototype, 'open').mockRejectedValue(new DOMException('denied', 'SecurityError'))
  submits = 0
  const { fastestStrategy: reloaded } = (await import(/* @vite-ignore */ '../src/tune.ts?reload=denied' as string)) as typeof import('../src/tune')
  expect(strategyNames).toContain(await reloaded(one, { steps: 4, batch: 5, train: false }))
  expect(submits).toBeGreaterThan(0)
  one.destroy()
})

/** A clock by which every run of a program takes so many milliseconds. Gives the names of the plans run. */
function everyRunTakes(ms: number): readonly string[] {
  const encoded: string[] = []
  const { encode } = Program.prototype
  vi.spyOn(Program.prototype, 'encode').mockImplementation(function (this: Program, ...args) {
    encoded.push(this.plan.name)
    return encode.apply(this, args)
  })
  vi.spyOn(performance, 'now').mockImplementation(() => ms * encoded.length)
  return encoded
}

test('what is too short to be timed is timed many times over', async () => {
  await forget()
  const encoded = everyRunTakes(2)
  const one = await network(2)
  const trainer = await Trainer.create(one, measured)
  for (const name of await offered(one, options)) expect(encoded.filter((run) => run === `timing ${name}`).length).toBe(1 + 4 + 3 * 16)
  trainer.destroy()
  one.destroy()
})

test('strategies are timed in turns', async () => {
  await forget()
  const encoded = everyRunTakes(100)
  const one = await network(3)
  const trainer = await Trainer.create(one, measured)
  const round = (await offered(one, options)).map((name) => `timing ${name}`)
  expect(encoded).toEqual([...round, ...round, ...round])
  trainer.destroy()
  one.destroy()
})

test('a plan that takes far longer is timed once, and is not chosen', async () => {
  await forget()
  let time = 0
  const runs = new Map<string, number>()
  vi.spyOn(Program.prototype, 'encode').mockImplementation(function (this: Program) {
    const { name } = this.plan
    runs.set(name, (runs.get(name) ?? 0) + 1)
    // The first run of all compiles.
    time += name === 'timing resident-4' ? 1000 : runs.size === 1 && runs.get(name) === 1 ? 500 : 100
  })
  vi.spyOn(performance, 'now').mockImplementation(() => time)
  const { device } = await testDevice()
  const one = await Network.create({
    device: new Gpu(device, 'SwiftShader with a slow plan', true),
    input: { ids: 7 },
    layers: [{ cell: 'gru', hidden: 11 }],
    head: { classes: 7 },
  })
  const trainer = await Trainer.create(one, measured)
  expect(trainer.plan.tuning.strategy.name).toBe('resident-16')
  expect(Object.fromEntries(runs)).toEqual({ 'timing resident-16': 3, 'timing resident-4': 2 })
  trainer.destroy()
  one.destroy()
})

test('a plan whose kernels are refused is not chosen; where all are, it is said', async () => {
  const { device } = await testDevice()
  const gpu = new Gpu(device, 'picky hardware', false)
  const one = await Network.create({ device: gpu, input: { ids: 7 }, layers: [{ cell: 'rnn', hidden: 6 }], head: { classes: 7 } })
  const { createComputePipelineAsync } = GPUDevice.prototype
  let refuses = (_: GPUComputePipelineDescriptor): boolean => true
  vi.spyOn(GPUDevice.prototype, 'createComputePipelineAsync').mockImplementation(function (this: GPUDevice, descriptor) {
    return refuses(descriptor) ? Promise.reject(new Error('too much memory')) : createComputePipelineAsync.call(this, descriptor)
  })
  const shape = { steps: 2, batch: 40, train: true }
  const error = await fastestStrategy(one, shape).catch((error: SluiceError) => error)
  expect(error).toMatchObject({ code: 'gpu-error', message: expect.stringMatching(/could not be compiled: too much memory/) })
  const refused = vi.fn()
  refuses = ({ compute }) => compute.constants?.['fused'] === 1 && (refused(), true)
  expect(await fastestStrategy(one, shape)).toBe('per-step-16')
  expect(refused).toHaveBeenCalled()
  one.destroy()
})

test('a first start runs by the best guess: nothing is timed, and no other strategy is compiled', async () => {
  await forget()
  const labels: string[] = []
  const { createComputePipelineAsync } = GPUDevice.prototype
  vi.spyOn(GPUDevice.prototype, 'createComputePipelineAsync').mockImplementation(function (this: GPUDevice, descriptor) {
    labels.push(descriptor.label!)
    return createComputePipelineAsync.call(this, descriptor)
  })
  const { device } = await testDevice()
  /** The pipelines that the creation of a trainer compiles, and by which strategy it runs. */
  const created = async (strategy?: StrategyName) => {
    const gpu = new Gpu(device, 'hardware of a first start', false)
    await gpu.canUseQuads() // which asks the device
    const one = await Network.create({
      device: gpu,
      input: { ids: 7 },
      layers: [{ cell: 'gru', hidden: 10 }],
      head: { classes: 7 },
    })
    labels.length = submits = 0
    const trainer = await Trainer.create(one, { ...options, ...(strategy && { strategy }) })
    expect(submits).toBe(0)
    const { name } = trainer.plan.tuning.strategy
    trainer.destroy()
    const candidates = await offered(one, options)
    one.destroy()
    return { name, candidates, compiled: labels.toSorted() }
  }
  const auto = await created()
  expect(auto.candidates.length).toBe(3)
  expect(auto.name).toBe(auto.candidates[0])
  expect(auto.compiled).toEqual((await created(auto.name)).compiled)
})

/** Steps until the strategies are timed beside the training. */
const stepsBefore = 50
const train = async (trainer: Trainer, steps: number) => {
  const losses = []
  for (let step = 0; step < steps; step++) losses.push((await trainer.step({ ids, targets: ids, fresh: step === 0 })).loss)
  return losses
}

test('the others are timed beside the training, which keeps its strategy; the next one has the fastest', async () => {
  await forget()
  const one = await network(4)
  const candidates = await offered(one, options)
  const guess = candidates[0]!
  // By this clock the best guess takes four times as long as it need.
  const encoded: string[] = []
  const { encode } = Program.prototype
  vi.spyOn(Program.prototype, 'encode').mockImplementation(function (this: Program, ...args) {
    encoded.push(this.plan.name)
    return encode.apply(this, args)
  })
  const msOf = (name: string | undefined) => (name === `timing ${guess}` ? 100 : 25)
  let clock = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (clock += msOf(encoded.at(-1))))
  const rests: number[] = []
  const { setTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms = 0) => {
    if (ms >= 30 * 25) rests.push(ms)
    return setTimeout(work, Math.min(ms, 50))
  }) as typeof globalThis.setTimeout)
  const trainer = await Trainer.create(one, options)
  const losses = await train(trainer, stepsBefore - 1)
  expect(encoded).toEqual([])
  losses.push(...(await train(trainer, 1)))
  const timed = Array.from({ length: 3 }, () => candidates.map((name) => `timing ${name}`)).flat()
  await vi.waitFor(async () => expect((await shelf()).length).toBe(1), { timeout: 60_000 })
  expect(encoded).toEqual(timed)
  // After each it rests for thirty times as long.
  expect(rests).toEqual(timed.map((name) => 30 * msOf(name)))
  expect((await shelf())[0]![1].split(' ')[0]).toBe(candidates[1])
  expect(trainer.plan.tuning.strategy.name).toBe(guess)
  submits = 0
  const next = await Trainer.create(one, options)
  expect(next.plan.tuning.strategy.name).toBe(candidates[1])
  expect(submits).toBe(0)
  // Nothing of it is left in the training.
  losses.push(...(await train(trainer, 3)))
  const other = await network(4)
  const named = await Trainer.create(other, { ...options, strategy: guess })
  expect(losses).toEqual([...(await train(named, stepsBefore - 1)), ...(await train(named, 1)), ...(await train(named, 3))])
  for (const trainer of [next, named]) trainer.destroy()
  trainer.destroy()
  for (const network of [one, other]) network.destroy()
})

test('a trainer that is destroyed ends the timing, and nothing of it is left on the GPU', async () => {
  await forget()
  const buffers = new Set<string>()
  let created = 0
  const { createBuffer } = GPUDevice.prototype
  const encoded = everyRunTakes(100)
  // Beside other work a run begins late. 100 ms from one look at the clock to the next: after the first submit it rests for 3 s.
  let now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 100))
  const one = await network(5)
  const trainer = await Trainer.create(one, options)
  await train(trainer, stepsBefore - 1)
  vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor)
    const label = `${created++} ${descriptor.label}`
    buffers.add(label)
    const { destroy } = buffer
    buffer.destroy = () => (buffers.delete(label), destroy.call(buffer))
    return buffer
  })
  await train(trainer, 1)
  await vi.waitFor(() => expect(encoded.length).toBe(1), { timeout: 60_000 })
  expect(buffers.size).toBeGreaterThan(5)
  trainer.destroy()
  await vi.waitFor(() => expect([...buffers].filter((label) => !label.includes('readback'))).toEqual([]))
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(encoded.length).toBe(1)
  expect(await shelf()).toEqual([])
  // It begins anew with the next.
  expect((await chooseStrategy(one, { steps: options.steps, batch: options.batch, train: true }, 'auto')).measurement).not.toBe(null)
  one.destroy()
})

test('where the adapter refuses the kernels of the best guess, the next strategy is taken', async () => {
  await forget()
  const { device } = await testDevice()
  const one = await Network.create({
    device: new Gpu(device, 'hardware that fuses nothing', false),
    input: { ids: 7 },
    layers: [{ cell: 'rnn', hidden: 6 }],
    head: { classes: 7 },
  })
  const { createComputePipelineAsync } = GPUDevice.prototype
  let refused = 0
  vi.spyOn(GPUDevice.prototype, 'createComputePipelineAsync').mockImplementation(function (this: GPUDevice, descriptor) {
    if (descriptor.compute.constants?.['fused'] !== 1) return createComputePipelineAsync.call(this, descriptor)
    refused++
    return Promise.reject(new Error('too much memory'))
  })
  const trainer = await Trainer.create(one, options)
  expect(trainer.plan.tuning.strategy.name).toBe('per-step-8')
  expect(refused).toBeGreaterThan(0)
  trainer.destroy()
  one.destroy()
})

test('a network is the same however much of its description is written out', async () => {
  const create = async (layer: Partial<LayerSpec>) =>
    Network.create({ device: await testDevice(), input: { ids: 7 }, layers: [{ cell: 'gru', hidden: 13, ...layer }], head: { classes: 7 } })
  const [short, long] = [await create({}), await create({ bias: true, bidirectional: false })]
  const first = await Trainer.create(short, measured)
  submits = 0
  const second = await Trainer.create(long, measured)
  expect(submits).toBe(0)
  for (const trainer of [first, second]) trainer.destroy()
  for (const network of [short, long]) network.destroy()
})

test('measuring leaves no trace: the losses are those of the same plan by name', async () => {
  const losses = async (strategy: StrategyName | 'fastest') => {
    const one = await network()
    const trainer = await Trainer.create(one, { ...options, strategy })
    const made = []
    for (let step = 0; step < 4; step++) made.push((await trainer.step({ ids, targets: ids, fresh: step === 0 })).loss)
    const { name: chosen } = trainer.plan.tuning.strategy
    trainer.destroy()
    one.destroy()
    return { made, chosen }
  }
  const fastest = await losses('fastest')
  expect(fastest.made).toEqual((await losses(fastest.chosen)).made)
})

test('every plan follows the same road', async () => {
  const roads: number[][] = []
  for (const strategy of ['fused-1', 'fused-4', 'per-step-8'] as const) {
    const one = await network(3)
    const trainer = await Trainer.create(one, { ...options, strategy })
    const losses = []
    for (let step = 0; step < 5; step++) losses.push((await trainer.step({ ids, targets: ids, fresh: step === 0 })).loss)
    roads.push(losses)
    trainer.destroy()
    one.destroy()
  }
  // A few roundings a step, which Adam, dividing by small numbers at first, makes larger.
  for (const road of roads) road.forEach((loss, i) => expect(Math.abs(loss - roads[0]![i]!)).toBeLessThan(1e-5))
})

/** The losses of some steps of 37 rows under plans that a software adapter is offered: they are the same to the bit there, since
 * which is chosen is up to noise, and a link to a run must give that run. */
async function alikeRoads(layers: readonly LayerSpec[], strategies: readonly StrategyName[]): Promise<void> {
  const gpu = await testDevice()
  const [steps, batch] = [3, 37]
  const all = Uint32Array.from({ length: steps * batch }, (_, i) => (i * 5) % 7)
  const roads: number[][] = []
  for (const strategy of strategies) {
    const one = await Network.create({ device: asIf(gpu, true), input: { ids: 7 }, layers, head: { classes: 7 }, seed: 5 })
    const trainer = await Trainer.create(one, { ...options, steps, batch, strategy })
    const losses = []
    for (let step = 0; step < 4; step++) losses.push((await trainer.step({ ids: all, targets: all })).loss)
    roads.push(losses)
    trainer.destroy()
    one.destroy()
  }
  // Hardware compiles each in its own way.
  if (gpu.isSoftware) for (const road of roads) expect(road).toEqual(roads[0])
  else for (const road of roads) road.forEach((loss, i) => expect(Math.abs(loss - roads[0]![i]!)).toBeLessThan(1e-5))
}

const pairs = cellNames.flatMap((cell) => (['resident-8', 'resident-4'] as const).map((other) => ({ cell, other })))
test.each(sampled(pairs, { axes: { cell: ({ cell }) => cell, other: ({ other }) => other } }))(
  '$cell: resident-16 and $other, which a software adapter is offered, make the same to the bit',
  ({ cell, other }) =>
    alikeRoads(
      [
        { cell, hidden: 20 },
        { cell, hidden: 12, bidirectional: true },
      ],
      ['resident-16', other],
    ),
)

test('a plan that there is not: says which there are', async () => {
  const one = await network()
  const error = await Trainer.create(one, { ...options, strategy: 'fast' as StrategyName }).then(
    () => null,
    (e: SluiceError) => e,
  )
  expect(error?.message).toBe(
    'strategy is "fast" (a string), expected one of resident-16, resident-8, resident-4, per-step-16, per-step-8, per-step-4, fused-4, fused-2, fused-1, tile-16, tile-8, tile-4, auto, fastest',
  )
  one.destroy()
})
