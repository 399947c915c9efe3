// A training whose GPU is lost goes on by itself, and ends as if nothing had happened, bit for bit.
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { adam, adoptDevice, BlankModel, Corpus, openDevice, Predictor, TextModel, Trainer, type BlankTrainOptions, type Progress, type Training } from 'sluice'
import { Random } from '../../src/random'
import { Snapshots } from '../../src/training/recovery'
import { failure } from '../support/failure'
import { devicesMayBeLost, lose } from '../support/loss'
import { inTurn, sampled } from '../support/sampled'

beforeEach(devicesMayBeLost)
afterEach(() => void vi.restoreAllMocks())

const corpus = Corpus.fromText('the rain fell on the mill and the mill stood still. '.repeat(40))
const options = { batch: 4, steps: 10, epochs: 1, seed: 5 } satisfies BlankTrainOptions
type Model = TextModel | BlankModel

const make = {
  'a text model': (device = {}) => TextModel.create({ vocabulary: corpus.vocabulary, cell: 'lstm', layers: 2, dropout: 0.2, hidden: 10, seed: 3, ...device }),
  'a model that fills blanks': (device = {}) => BlankModel.create({ vocabulary: corpus.vocabulary, hidden: 8, seed: 3, ...device }),
  // Where it does not matter what is trained: every loss compiles its kernels anew.
  'a small model': (device = {}) => TextModel.create({ vocabulary: corpus.vocabulary, cell: 'rnn', hidden: 6, seed: 3, ...device }),
} as const
const names = ['a text model', 'a model that fills blanks'] as const

const figures = ({ charsPerSecond: _, recovered: __, ...rest }: Progress) => rest
const bitsOf = async ({ network }: Model) =>
  Object.fromEntries([...(await network.readParameters())].map(([name, v]) => [name, [...new Uint32Array(v.buffer)]]))

/** Every step of a training, after each of which something is done; and how often it came back. */
async function all(training: Training, at: (step: number) => unknown = () => {}) {
  const steps = []
  let recovered = 0
  for await (const progress of training) {
    steps.push(figures(progress))
    recovered = progress.recovered
    await at(progress.step)
  }
  return { steps, recovered }
}

interface Outcome {
  readonly steps: unknown[]
  readonly bits: Record<string, number[]>
}
const outcomes = new Map<string, Promise<Outcome>>()
/** What comes of a training that nothing disturbs. */
function undisturbed(name: keyof typeof make): Promise<Outcome> {
  const outcome = outcomes.get(name) ?? trainUndisturbed(name)
  outcomes.set(name, outcome)
  return outcome
}

async function trainUndisturbed(name: keyof typeof make): Promise<Outcome> {
  const model = await make[name]()
  const { steps } = await all(model.train(corpus, options))
  const bits = await bitsOf(model)
  model.destroy()
  return { steps, bits }
}

describe.each(names)('%s', (name) => {
  test('lost at any moment: every step is given once, and the weights are the same bits', async () => {
    const wanted = await undisturbed(name)
    const random = new Random(22)
    const rounds = inject('whole') ? 4 : 1
    for (let round = 0; round < rounds; round++) {
      const model = await make[name]()
      const losses = [0, 1].map(() => Math.floor(random.uniform() * (wanted.steps.length - 8)))
      const { steps, recovered } = await all(model.train(corpus, { ...options, recover: true }), (step) => {
        // Now, or while the steps to come are under way.
        if (losses.includes(step)) random.uniform() < 0.5 ? lose(model.network.gpu) : void setTimeout(() => lose(model.network.gpu))
      })
      expect(steps, String(losses)).toEqual(wanted.steps)
      expect(recovered, String(losses)).toBeGreaterThanOrEqual(1)
      expect(await bitsOf(model), String(losses)).toEqual(wanted.bits)
      model.destroy()
    }
  })

  test('lost before its first step, and after its last one', async () => {
    const wanted = await undisturbed(name)
    const model = await make[name]()
    const create = Trainer.create
    vi.spyOn(Trainer, 'create').mockImplementationOnce((network, how) => {
      lose(network.gpu)
      return create.call(Trainer, network, how)
    })
    const last = wanted.steps.length - 1
    expect((await all(model.train(corpus, { ...options, recover: true }), (step) => step === last && lose(model.network.gpu))).steps).toEqual(wanted.steps)
    expect(await bitsOf(model)).toEqual(wanted.bits)
    model.destroy()
  })
})

describe('while it comes back', () => {
  test('one that waits comes back by itself; what is saved meanwhile is where it stood', async () => {
    const wanted = await undisturbed('a small model')
    const model = await make['a small model']()
    const training = model.train(corpus, { ...options, recover: true })
    for (let step = 0; step < 12; step++) await training.next()
    const { gpu } = model.network
    lose(gpu)
    const files = [training.save(), gpu.lost.then(() => training.save())]
    await vi.waitUntil(() => model.network.gpu !== gpu, { timeout: 60_000 })
    for (const file of files) {
      const again = await TextModel.load(await file)
      expect((await all(again.train(corpus, { ...options, resume: await file }))).steps).toEqual(wanted.steps.slice(12))
      again.destroy()
    }
    expect((await all(training)).steps).toEqual(wanted.steps.slice(12))
    model.destroy()
  })

  inTurn(4)('the model writes again then; what else was made on the lost device stays lost', async () => {
    const model = (await make['a text model']()) as TextModel
    const before = await model.generate('the', { length: 8 })
    const predictor = await Predictor.create(model.network, { steps: 2, batch: 1 })
    const trainer = await Trainer.create(model.network, { steps: 2, batch: 1, optimizer: adam() })
    const ids = Uint32Array.of(0, 1)
    const training = model.train(corpus, { ...options, recover: true })
    await training.next()
    lose(model.network.gpu)
    expect((await training.next()).value).toMatchObject({ step: 1, recovered: 1 })
    expect(await model.generate('the', { length: 8 })).toHaveLength(before.length)
    expect(await model.evaluate(corpus.heldOut)).toBeGreaterThan(1)
    for (const work of [() => predictor.predict({ ids }), () => trainer.step({ ids, targets: ids }), () => trainer.save()])
      expect((await failure(work)).code).toBe('device-lost')
    model.destroy()
  })
})

describe('a step that is not finite is no loss of the GPU', () => {
  /** From here on every step has a gradient that overflows. */
  async function spoil({ network }: Model): Promise<void> {
    const head = (await network.readParameters()).get('head.W')!
    network.writeParameters(new Map([['head.W', head.map((v) => v * 1e30)]]))
  }

  test.each([false, true])('it stops, opens no other GPU, and saves where it stood before (lost after that: %s)', async (lost) => {
    const model = (await make['a small model']()) as TextModel
    const training = model.train(corpus, { ...options, recover: true })
    const opened = vi.spyOn(navigator.gpu, 'requestAdapter')
    let given = 0
    const error = await failure(async () => {
      for await (const { step, recovered } of training) {
        given++
        expect(recovered).toBe(0)
        if (step === 5) await spoil(model)
      }
    })
    expect(error).toMatchObject({ code: 'not-finite', message: expect.stringMatching(new RegExp(`at step ${given}: the gradient exploded`)) })
    expect(given).toBeGreaterThan(5)
    if (lost) lose(model.network.gpu)
    const resume = await training.save()
    expect(opened).not.toHaveBeenCalled()
    model.destroy()
    const again = await TextModel.load(resume)
    expect((await again.train(corpus, { ...options, notFinite: 'skip', resume }).next()).value).toMatchObject({ step: given, skipped: true })
    again.destroy()
  })

  inTurn(4)('where it is skipped, a loss comes back to it', async () => {
    vi.spyOn(Snapshots.prototype, 'due', 'get').mockReturnValue(true)
    const model = (await make['a text model']()) as TextModel
    const { steps, recovered } = await all(model.train(corpus, { ...options, notFinite: 'skip', recover: true }), async (step) => {
      if (step === 5) await spoil(model)
      if (step === 20) lose(model.network.gpu)
    })
    expect(steps.map(({ step }) => step)).toEqual([...steps.keys()])
    const skipped = steps.filter((one) => one.skipped).map(({ step }) => step)
    expect(skipped).toEqual([...steps.keys()].slice(-skipped.length))
    expect(skipped[0]).toBeLessThan(12)
    expect(recovered).toBe(1)
    model.destroy()
  })
})

describe('a device that was given', () => {
  inTurn(4)('models on one device come back to one device, which is closed with it', async () => {
    const wanted = await undisturbed('a small model')
    const device = await openDevice()
    const models = [await make['a small model']({ device }), await make['a small model']({ device })]
    const trainings = models.map((model) =>
      all(model.train(corpus, { ...options, recover: true }), (step) => step === 20 && model === models[0] && lose(device)),
    )
    for (const { steps } of await Promise.all(trainings)) expect(steps).toEqual(wanted.steps)
    const [one, other] = models.map(({ network }) => network.gpu)
    expect(one).toBe(other)
    expect(one).not.toBe(device)
    for (const model of models) expect(await bitsOf(model)).toEqual(wanted.bits)
    models[0]!.destroy()
    expect(await bitsOf(models[1]!)).toEqual(wanted.bits) // it is not the model's
    device.destroy()
    await one!.lost
    expect((await failure(() => models[1]!.network.readParameters())).code).toBe('device-lost')
  })

  inTurn(4)('one that was adopted is opened by a function', async () => {
    const wanted = await undisturbed('a small model')
    const adopt = async () =>
      adoptDevice(
        await (await navigator.gpu.requestAdapter())!.requestDevice({
          requiredFeatures: (await navigator.gpu.requestAdapter())!.features.has('subgroups') ? ['subgroups'] : [],
        }),
      )
    const model = await make['a small model']({ device: await adopt() })
    expect(await failure(() => model.train(corpus, { ...options, recover: true }).next())).toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(/adopted.*Pass a function/),
    })
    const recover = vi.fn(adopt)
    expect((await all(model.train(corpus, { ...options, recover }), (step) => step === 9 && lose(model.network.gpu))).steps).toEqual(wanted.steps)
    expect(recover).toHaveBeenCalledTimes(1)
    const { gpu } = model.network
    model.destroy()
    gpu.checkAlive() // it is the caller's
    gpu.destroy()
  })

  test.each([['yes'], [1], [null]])('recover: %s is refused', async (recover) => {
    const model = await make['a small model']()
    expect(await failure(() => model.train(corpus, { ...options, recover: recover as never }).next())).toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(/^recover is .*expected true or false, or a function/),
    })
    model.destroy()
  })
})

describe('given up', () => {
  test('after three losses within a minute; what was saved goes on to the same bits', async () => {
    const wanted = await undisturbed('a small model')
    const model = await make['a small model']()
    const training = model.train(corpus, { ...options, recover: true })
    const given: unknown[] = []
    const error = await failure(async () => {
      for await (const progress of training) {
        given.push(figures(progress))
        if (progress.step % 8 === 7) lose(model.network.gpu)
      }
    })
    expect(error).toMatchObject({
      code: 'device-lost',
      message: expect.stringMatching(
        /^the GPU was lost 3 times within a minute\. The last message is: .*the driver was reset.*The training stopped before step \d+\. Its save\(\) still works: resume from that file, which begins with step \d+\.$/,
      ),
    })
    expect(error.message).toContain(`stopped before step ${given.length}.`)
    expect(given).toEqual(wanted.steps.slice(0, given.length))
    const resume = await training.save()
    model.destroy()
    const again = await TextModel.load(resume)
    const rest = (await all(again.train(corpus, { ...options, resume }))).steps
    expect(rest).toEqual(wanted.steps.slice(-rest.length))
    expect(rest.length).toBeGreaterThanOrEqual(wanted.steps.length - given.length)
    expect(await bitsOf(again)).toEqual(wanted.bits)
    again.destroy()
  })

  test('where no other GPU can be opened', async () => {
    const model = await make['a small model']()
    const training = model.train(corpus, { ...options, recover: true })
    await training.next()
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null)
    lose(model.network.gpu)
    // A step that was under way may still be given.
    const on = async () => {
      for (let k = 0; k < 9; k++) await training.next()
    }
    expect(await failure(on)).toMatchObject({
      code: 'device-lost',
      message: expect.stringMatching(/^the GPU was lost, and no other could be opened: WebGPU is there but found no adapter.*save\(\)/),
    })
    expect((await training.save()).length).toBeGreaterThan(1000)
  })
})

describe('ended by its caller, it does not come back', () => {
  const ends: [string, (model: Model) => void, string][] = [
    ['model.destroy()', (model) => model.destroy(), 'disposed'],
    ['gpu.destroy()', ({ network }) => network.gpu.destroy(), 'device-lost'],
    ['device.destroy()', ({ network }) => network.gpu.device.destroy(), 'device-lost'],
  ]
  test.each(sampled(ends, { axes: {}, share: 1 / 3 }))('%s', async (name, end, code) => {
    for (const comingBack of [false, true]) {
      const model = await make['a small model']()
      const training = model.train(corpus, { ...options, recover: true })
      for (let step = 0; step < 3; step++) await training.next()
      const opened = vi.spyOn(navigator.gpu, 'requestAdapter')
      const { gpu } = model.network
      if (comingBack) {
        lose(gpu)
        await vi.waitUntil(() => opened.mock.calls.length > 0)
        opened.mockClear()
      }
      // The raw device that was lost cannot be closed once more: that says nothing.
      if (comingBack && name === 'device.destroy()') continue
      end(model)
      expect(
        (
          await failure(async () => {
            for (let k = 0; k < 9; k++) await training.next()
          })
        ).code,
      ).toBe(code)
      expect((await failure(() => training.save())).code).toBe(code)
      expect(opened).not.toHaveBeenCalled()
      opened.mockRestore()
    }
  })
})
