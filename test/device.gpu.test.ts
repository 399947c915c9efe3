import { afterEach, describe, expect, test, vi } from 'vitest'
import { adam, Network, openDevice, Predictor, RecurrentLayer, SluiceError, Trainer, type NetworkOptions } from 'sluice'
import { Gpu } from '../src/gpu/device'
import { contracts } from '../src/gpu/contracts'
import { prepare, uniformBytes } from '../src/gpu/engine'
import { Plan } from '../src/gpu/plan'
import { strategyOf } from '../src/gpu/strategy'
import { quadsAreNeighbours } from '../src/gpu/quads'
import { TextGenerator } from '../src/text/generator'
import { failure } from './support/failure'
import { testDevice } from './support/kernel'

afterEach(() => void vi.restoreAllMocks())

describe('opening the GPU', () => {
  test('names the adapter and says whether it is a software one', async () => {
    const gpu = await openDevice()
    expect(gpu.adapterName).not.toBe('')
    if (/swiftshader|llvmpipe/i.test(gpu.adapterName)) expect(gpu.isSoftware).toBe(true)
    gpu.destroy()
  })

  test('subgroups are used where there are any, unless told otherwise', async () => {
    const offered = (await navigator.gpu.requestAdapter())!.features.has('subgroups')
    for (const subgroups of [true, false]) {
      const gpu = await openDevice({ subgroups })
      expect(gpu.subgroups).toBe(offered && subgroups)
      gpu.destroy()
    }
  })

  test('a software adapter is known by its flag or its name', async () => {
    const adapter = (info: object) =>
      ({
        requestAdapter: async () => ({
          info,
          limits: {},
          features: new Set(),
          requestDevice: async () => ({ features: new Set(), lost: new Promise(() => {}) }),
        }),
      }) as unknown as GPU
    const open = async (info: object) => (await openDevice({ gpu: adapter(info) })).isSoftware
    expect(await open({ description: 'NVIDIA H100', vendor: 'nvidia' })).toBe(false)
    expect(await open({ description: 'SwiftShader Device (LLVM 16)', vendor: 'google' })).toBe(true)
    expect(await open({ vendor: 'mesa', architecture: 'llvmpipe' })).toBe(true)
    expect(await open({ description: 'Microsoft Basic Render Driver' })).toBe(true)
    expect(await open({ description: 'some GPU', isFallbackAdapter: true })).toBe(true)
  })

  test('no adapter: says what to do', async () => {
    const error = await failure(() => openDevice({ gpu: { requestAdapter: async () => null } as unknown as GPU }))
    expect(error).toBeInstanceOf(SluiceError)
    expect(error.code).toBe('no-adapter')
    expect(error.message).toMatch(/hardware acceleration/)
  })

  test('a browser that fails on the way: says at what, and what to do', async () => {
    const boom = async () => {
      throw new Error('out of handles')
    }
    const failures = [
      { requestAdapter: boom },
      { requestAdapter: async () => ({ limits: {}, features: new Set(), info: { description: 'some GPU' }, requestDevice: boom }) },
    ]
    const messages = []
    for (const gpu of failures) {
      const error = await failure(() => openDevice({ gpu: gpu as unknown as GPU }))
      expect(error.code).toBe('no-adapter')
      messages.push(error.message)
    }
    expect(messages[0]).toMatch(/could not look for an adapter: out of handles\. Reload the page/)
    expect(messages[1]).toMatch(/the adapter some GPU gave no device: out of handles\. Reload the page/)
  })

  test('no WebGPU: says which browser has it', async () => {
    const own = Object.getOwnPropertyDescriptor(Navigator.prototype, 'gpu')!
    Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined, configurable: true })
    try {
      const error = await failure(() => openDevice())
      expect(error.code).toBe('no-webgpu')
      expect(error.message).toMatch(/Chrome or Edge .*Safari .*Firefox/)
    } finally {
      Object.defineProperty(Navigator.prototype, 'gpu', own)
    }
  })
})

describe('in a browser that looks for finished work by a slow timer', () => {
  /** What is submitted while two wait, one after the other, for 60 ms. */
  async function asked(agent: string) {
    vi.spyOn(Navigator.prototype, 'userAgent', 'get').mockReturnValue(agent)
    const gpu = await testDevice()
    const submit = vi.spyOn(gpu.device.queue, 'submit')
    const after = (ms: number) => new Promise<number>((resolve) => setTimeout(resolve, ms, ms))
    const answers = await Promise.all([gpu.whenDone(after(30)), gpu.whenDone(after(60))])
    const meanwhile = submit.mock.calls.map(([buffers]) => [...buffers].length)
    await after(30)
    expect(submit).toHaveBeenCalledTimes(meanwhile.length) // nobody waits any more
    return { answers, meanwhile }
  }

  test('it is asked by submits of nothing for as long as anyone waits', async () => {
    const { answers, meanwhile } = await asked('Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0')
    expect(answers).toEqual([30, 60])
    expect(meanwhile.length).toBeGreaterThanOrEqual(2)
    expect(new Set(meanwhile)).toEqual(new Set([0]))
  })

  test('Chromium, which looks after 2 ms, is asked once by each who waits for longer than 1 ms', async () => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36'
    expect(await asked(agent)).toEqual({ answers: [30, 60], meanwhile: [0, 0] })
    const gpu = await testDevice()
    const submit = vi.spyOn(gpu.device.queue, 'submit').mockClear()
    expect(await gpu.whenDone(Promise.resolve(7))).toBe(7)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(submit).not.toHaveBeenCalled()
  })

  test('others are not asked', async () => {
    const agent = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15'
    expect(await asked(agent)).toEqual({ answers: [30, 60], meanwhile: [] })
  })

  test.each(['Firefox/153.0', 'Chrome/156.0.0.0'])('%s: also where the work failed', async (agent) => {
    vi.spyOn(Navigator.prototype, 'userAgent', 'get').mockReturnValue(agent)
    const gpu = await testDevice()
    await expect(gpu.whenDone(Promise.reject(new Error('lost')))).rejects.toThrow('lost')
    const submit = vi.spyOn(gpu.device.queue, 'submit')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(submit).not.toHaveBeenCalled()
  })
})

test('a lost device is said to be lost, by whatever is tried next', async () => {
  const gpu = await openDevice()
  const network = await Network.create({ device: gpu, input: { ids: 3 }, layers: [{ cell: 'rnn', hidden: 4 }], head: { classes: 3 } })
  gpu.destroy()
  await gpu.lost
  for (const work of [
    () => network.readParameters(),
    () => network.run({ steps: 1, batch: 1, ids: Uint32Array.of(0) }),
    () => network.unroll({ steps: 1, batch: 1, train: false }),
  ]) {
    const error = await failure(work)
    expect(error.code).toBe('device-lost')
    expect(error.message).toMatch(/open a device again/)
  }
})

test('a device that is lost while something is prepared is said to be lost', async () => {
  const gpu = await openDevice()
  // As Chrome answers when its GPU process has gone: the scopes first, then the loss.
  let lose: (info: GPUDeviceLostInfo) => void
  const device = new Proxy(gpu.device, {
    get: (target, key) => {
      if (key === 'lost') return new Promise<GPUDeviceLostInfo>((resolve) => (lose = resolve))
      if (key === 'popErrorScope') return () => Promise.reject(new DOMException('Instance dropped in popErrorScope', 'OperationError'))
      const value = Reflect.get(target, key) as unknown
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const other = new Gpu(device, 'an adapter', true)
  const preparing = () => failure(() => other.checked('preparing', () => 1))
  expect(await preparing()).toMatchObject({ code: 'device-lost', message: expect.stringMatching(/^Instance dropped .*open a device again/) })
  const lost = preparing()
  lose!({ reason: 'unknown', message: 'A valid external Instance reference no longer exists.' } as GPUDeviceLostInfo)
  expect(await lost).toMatchObject({
    code: 'device-lost',
    message: expect.stringMatching(/no longer exists\. What was on the GPU is gone: open a device again/),
  })
  gpu.destroy()
})

test('what WebGPU refuses comes as an error that names the plan, not as silence', async () => {
  const gpu = await openDevice()
  const plan = new Plan('a wrong plan', gpu.tuning)
  const view = { buffer: gpu.buffer('small', 16), offset: 0, size: 16 }
  // The same buffer read and written in one dispatch.
  plan.dispatch('wrong', 'optimizer/gradient_norm', {
    bindings: { gradients: { ...view, offset: 8 }, partials: view, groups: view },
    size: { n4: 1, stride: 64 },
    grid: [64, 1, 1],
  })
  const error = await failure(() => prepare(gpu, plan))
  expect(error.code).toBe('gpu-error')
  expect(error.message).toMatch(/preparing a wrong plan: /)
  gpu.destroy()
})

test('every uniform fits into the slot that a dispatch has for it', async () => {
  const slot = uniformBytes(new Plan('of none', (await testDevice()).tuning))
  for (const [name, { size }] of Object.entries(contracts)) expect(size, name).toBeLessThanOrEqual(slot)
})

test('a device whose quads are others is given the kernels without subgroups', async () => {
  const gpu = await openDevice()
  expect(await gpu.canUseQuads()).toBe(gpu.subgroups)
  expect(await quadsAreNeighbours(gpu.device, [4, 32, 128])).toBe(gpu.subgroups)
  // As if lanes 1 and 2 of each four had changed places.
  const { createShaderModule } = GPUDevice.prototype
  const codes: string[] = []
  vi.spyOn(GPUDevice.prototype, 'createShaderModule').mockImplementation(function (this: GPUDevice, descriptor) {
    codes.push(descriptor.code)
    return createShaderModule.call(this, {
      ...descriptor,
      code: descriptor.code.replace('quadSwapX(local), quadSwapY(local)', 'quadSwapY(local), quadSwapX(local)'),
    })
  })
  const other = await openDevice()
  expect(await other.canUseQuads()).toBe(false)
  codes.length = 0
  const trainer = await Trainer.create(await Network.create({ device: other, ...spec }), shape)
  expect(codes.length).toBeGreaterThan(3)
  expect(codes.filter((code) => code.includes('enable subgroups'))).toEqual([])
  expect((await trainer.step({ ids: new Uint32Array(4), targets: new Uint32Array(4) })).loss).toBeGreaterThan(0)
  for (const one of [gpu, other]) one.destroy()
})

const spec: NetworkOptions = { input: { ids: 3 }, layers: [{ cell: 'gru', hidden: 6 }], head: { classes: 3 } }
const shape = { steps: 2, batch: 2, optimizer: adam(), strategy: 'tile-16' } as const

test('a kernel that could not be compiled is asked for again', async () => {
  const gpu = await openDevice()
  const network = await Network.create({ device: gpu, ...spec })
  const refused = vi.spyOn(gpu.device, 'createComputePipelineAsync').mockRejectedValueOnce(new Error('out of handles'))
  const error = await failure(() => Trainer.create(network, shape))
  expect(error).toMatchObject({ code: 'gpu-error', message: expect.stringMatching(/^the kernel .* could not be compiled: out of handles$/) })
  expect(refused).toHaveBeenCalled()
  const trainer = await Trainer.create(network, shape)
  expect((await trainer.step({ ids: new Uint32Array(4), targets: new Uint32Array(4) })).loss).toBeGreaterThan(0)
  gpu.destroy()
})

test('what others do wrong meanwhile is not taken for an error of one’s own', async () => {
  const gpu = await openDevice()
  const network = await Network.create({ device: gpu, ...spec })
  const theirs = new Promise<string>((resolve) => gpu.device.addEventListener('uncapturederror', ({ error }) => resolve(error.message), { once: true }))
  const right = Trainer.create(network, shape)
  const wrong = RecurrentLayer.create(gpu, {
    cell: 'rnn',
    input: 3,
    hidden: 4,
    steps: shape.steps,
    batch: shape.batch,
    buffers: { x: gpu.device.createBuffer({ size: 2 ** 9, usage: 0x8d }) },
  })
  expect((await failure(() => wrong)).code).toBe('gpu-error')
  expect((await right).steps).toBe(0)
  expect(await theirs).toMatch(/usage/i)
  gpu.destroy()
})

test.each(['out of memory', 'a kernel refused'])('nothing is left on the GPU: %s', async (why) => {
  const gpu = await openDevice({ check: false }) // the check keeps what it reads back with
  const network = await Network.create({ device: gpu, ...spec })
  const made: { destroyed: boolean }[] = []
  const createBuffer = GPUDevice.prototype.createBuffer
  vi.spyOn(GPUDevice.prototype, 'createBuffer').mockImplementation(function (this: GPUDevice, descriptor) {
    const buffer = createBuffer.call(this, descriptor)
    const one = { destroyed: false }
    made.push(one)
    vi.spyOn(buffer, 'destroy').mockImplementation(() => void (one.destroyed = true))
    return buffer
  })
  const work = {
    trainer: () => Trainer.create(network, shape),
    predictor: () => Predictor.create(network, { steps: shape.steps, batch: shape.batch, strategy: shape.strategy }),
    layer: () => RecurrentLayer.create(gpu, { cell: 'rnn', input: 3, hidden: 4, train: true, steps: shape.steps, batch: shape.batch }),
    writer: () => TextGenerator.create(network),
    network: () => Network.create({ device: gpu, ...spec }),
  }
  for (const [name, create] of Object.entries(work)) {
    if (name === 'network' && why !== 'out of memory') continue // it has no kernels
    gpu.pipelines.clear()
    const one =
      why === 'out of memory'
        ? // The scope of validation is closed first.
          vi.spyOn(gpu.device, 'popErrorScope').mockResolvedValueOnce(null).mockResolvedValueOnce(new GPUOutOfMemoryError(''))
        : vi.spyOn(gpu.device, 'createComputePipelineAsync').mockRejectedValueOnce(new Error('refused'))
    made.length = 0
    expect((await failure(() => create())).code, name).toBe(why === 'out of memory' ? 'too-large' : 'gpu-error')
    expect(made.length, name).toBeGreaterThan(1)
    expect(
      made.filter(({ destroyed }) => !destroyed),
      name,
    ).toEqual([])
    one.mockRestore()
  }
  gpu.destroy()
})

test('a plan prints as a table, and refuses a grid that no device takes', () => {
  const view = { buffer: {} as GPUBuffer, offset: 0, size: 16 }
  const plan = new Plan('demonstration', {
    strategy: strategyOf('tile-16'),
    width: 8,
    reductionWidth: 8,
    elementsPerInvocation: 1,
    cores: 2,
    groups: 2,
    workgroupRate: 1e9,
  })
  plan.dispatch('norm', 'optimizer/gradient_norm', {
    bindings: { gradients: view, partials: view, groups: view },
    size: { n4: 1, stride: 64 },
    grid: [128, 1, 1],
    width: 64,
  })
  plan.copy('a copy', view, view)
  plan.clear('a clear', view)
  expect(plan.toString()).toBe(
    [
      'demonstration: 1 dispatches',
      'norm    │ optimizer/gradient_norm │ 2×1×1',
      'a copy  │ copy                    │ 16 bytes',
      'a clear │ clear                   │ 16 bytes',
    ].join('\n'),
  )
  const large = () =>
    plan.dispatch('large', 'optimizer/gradient_norm', {
      bindings: { gradients: view, partials: view, groups: view },
      size: { n4: 1, stride: 64 },
      grid: [1, 1, 70_000],
    })
  expect(large).toThrow(/large: a grid of 1×1×70000 workgroups, at most 65535/)
})
