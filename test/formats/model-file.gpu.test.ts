import { describe, expect, test } from 'vitest'
import {
  adam,
  adamW,
  BlankModel,
  Corpus,
  momentum,
  Network,
  readSafetensors,
  TextModel,
  Trainer,
  writeSafetensors,
  type FloatTensor,
  type NetworkSpec,
} from 'sluice'
import { failure } from '../support/failure'
import { numbers, testDevice } from '../support/kernel'

const corpus = Corpus.fromText('Mist over the weir: “so früh?” 🦆 asked the miller. '.repeat(30))
type Saved = Uint8Array<ArrayBuffer>
const device = async () => ({ device: await testDevice() })

const specs: Record<string, NetworkSpec> = {
  everything: {
    input: { features: 3 },
    dropout: 0.2,
    head: { numbers: 2, at: 'last' },
    layers: [
      { cell: 'lstm', hidden: 5, bidirectional: true, peepholes: true, learnInitial: true },
      { cell: 'gru-reset-after', hidden: 6, learnInitial: true },
      { cell: 'rnn-relu', hidden: 3, bias: false },
    ],
  },
  'ids without a head': { input: { ids: 7, embedding: 3 }, layers: [{ hidden: 4, cell: 'gru', bidirectional: true }] },
}

/** The file with tensors and metadata changed on purpose: its checksum would not be right, so it has none. */
function changed(file: Saved, change: (tensors: Map<string, FloatTensor>, metadata: Record<string, string>) => void): Saved {
  const {
    tensors,
    metadata: { checksum: _, ...metadata },
  } = readSafetensors(file)
  const [newTensors, newMetadata] = [new Map<string, FloatTensor>(tensors), { ...metadata, version: '1' }]
  change(newTensors, newMetadata)
  return writeSafetensors(newTensors, newMetadata)
}

describe('saved and loaded', () => {
  test.each(Object.entries(specs))('a network: %s', async (_, spec) => {
    const network = await Network.create({ ...(await device()), ...spec, seed: 4 })
    const file = await network.save()
    const again = await Network.load(file, await device())
    expect(await again.readParameters()).toEqual(await network.readParameters())
    const run = { steps: 4, batch: 2, ...('ids' in spec.input ? { ids: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 0) } : { features: numbers(24) }) }
    expect(await again.run(run)).toEqual(await network.run(run))
    expect(await again.save()).toEqual(file) // the same bytes
    for (const n of [network, again]) n.destroy()
  })

  test('a text model writes the same text and is as perplexed', async () => {
    const model = await TextModel.create({ ...(await device()), vocabulary: corpus.vocabulary, hidden: 12, layers: 2, embedding: 6, seed: 2 })
    const again = await TextModel.load(await model.save(), await device())
    expect(again.vocabulary.toJSON()).toEqual(model.vocabulary.toJSON())
    const written = { length: 60, seed: 3 }
    expect(await again.generate('Mist', written)).toBe(await model.generate('Mist', written))
    expect(await again.evaluate(corpus.heldOut)).toBe(await model.evaluate(corpus.heldOut))
    // Its network is a network.
    const network = await Network.load(await model.save(), await device())
    expect(await network.readParameters()).toEqual(await model.network.readParameters())
    for (const m of [model, again, network]) m.destroy()
  })

  test('a model that fills blanks guesses the same', async () => {
    const model = await BlankModel.create({ ...(await device()), vocabulary: corpus.vocabulary, hidden: 8, seed: 2 })
    const again = await BlankModel.load(await model.save(), await device())
    expect(await again.guess('Mi_t')).toEqual(await model.guess('Mi_t'))
    for (const m of [model, again]) m.destroy()
  })

  test.each([
    ['dense, bidirectional, adam', specs.everything!, adam(), true],
    [
      'carried, momentum',
      {
        input: { ids: 6 },
        layers: [
          { cell: 'lstm', hidden: 5 },
          { cell: 'gru', hidden: 3 },
        ],
        head: { classes: 6 },
      },
      momentum({ rate: 0.1 }),
      false,
    ],
  ] satisfies [string, NetworkSpec, ReturnType<typeof adam>, boolean][])('a trainer goes on bit for bit: %s', async (_, spec, optimizer, fresh) => {
    const options = { steps: 5, batch: 3, optimizer, clipNorm: 0.5, seed: 8 }
    const batch = (k: number) => {
      const ids = Uint32Array.from(numbers(15, k + 1), (x) => Math.floor((x + 1) * 3))
      return 'ids' in spec.input
        ? { ids, targets: ids, fresh: fresh || k === 0 }
        : { features: numbers(45, k + 1), targets: numbers(6, k + 9), lengths: Uint32Array.of(5, k % 5, 2) }
    }
    const network = await Network.create({ ...(await device()), ...spec })
    const trainer = await Trainer.create(network, options)
    const results = []
    const files: Promise<Saved>[] = []
    for (let k = 0; k < 12; k++) {
      results.push(trainer.step(batch(k)))
      files.push(trainer.save()) // nothing is awaited: steps and copies are queued
    }
    const whole = await Promise.all(results)
    for (const [k, saved] of files.entries()) {
      const file = await saved
      const again = await Network.load(file, await device())
      const other = await Trainer.create(again, options)
      other.resume(file)
      const rest = []
      for (let next = k + 1; next < 12; next++) rest.push(await other.step(batch(next)))
      expect(rest).toEqual(whole.slice(k + 1))
      expect(await again.readParameters()).toEqual(await network.readParameters())
      other.destroy()
      again.destroy()
    }
    trainer.destroy()
    network.destroy()
  })
})

describe('what is refused, and how', () => {
  test('files that are not what they say', async () => {
    const model = await TextModel.create({ ...(await device()), vocabulary: corpus.vocabulary, cell: 'lstm', hidden: 12, layers: 2 })
    const file = await model.save()
    const narrow = await TextModel.create({ ...(await device()), vocabulary: corpus.vocabulary, cell: 'lstm', hidden: 10, layers: 2 })
    const others = readSafetensors(await narrow.save()).tensors
    const load = (change: Parameters<typeof changed>[1]) => async () => TextModel.load(changed(file, change), await device())
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the file has there
    const edit = (key: string, edited: (json: any) => unknown) => load((_, metadata) => (metadata[key] = JSON.stringify(edited(JSON.parse(metadata[key]!)))))
    const cases: [() => unknown, RegExp][] = [
      [
        load((t) => t.set('layers.1.U', others.get('layers.1.U')!)),
        /^lstm layer 1: U is \[1, 10, 4, 10\], expected \[1, 12, 4, 12\] \(hidden = 12\)\. Was it saved with hidden = 10\?/,
      ],
      [load((t) => t.set('head.W', others.get('head.W')!)), /^head\.W is \[10, \d+\], expected \[12, \d+\]\. Was the file put together from two models\?/],
      [load((t) => t.delete('layers.0.b')), /^the file lacks layers\.0\.b \[1, 4, 12\], a parameter of its network/],
      [
        load((t) => t.set('layers.2.b', t.get('layers.0.b')!)),
        /^the file has a tensor layers\.2\.b, but its network has no such parameter\. It has layers\.0\.W, /,
      ],
      [
        load((_, m) => delete m.format),
        /lacks the format "sluice" \(its tensors: layers\.0\.W, layers\.0\.U, layers\.0\.b, layers\.1\.W and 4 more\).*fromPyTorch/,
      ],
      [load((_, m) => (m.version = '3')), /has version 3, expected 2\. Was it saved by a newer Sluice\?/],
      [load((_, m) => (m.model = 'Oracle')), /model of the file is "Oracle" \(a string\), expected one of Network, TextModel, BlankModel/],
      [load((_, m) => (m.model = 'BlankModel')), /^the file has a BlankModel, expected a TextModel\. Load it with BlankModel\.load/],
      [load((_, m) => (m.spec = '{"input"')), /the model file's spec is .*expected JSON/],
      [load((_, m) => delete m.vocabulary), /the vocabulary is undefined, expected/],
      [edit('spec', () => null), /does not describe a valid network/],
      [edit('spec', (spec) => ({ ...spec, layers: [] })), /does not describe a valid network: layers is an array of 0/],
      [
        edit('spec', (spec) => ({ ...spec, layers: spec.layers.map((l: object) => ({ ...l, cell: 'gru' })) })),
        /^gru layer 0: W is \[\d+, 1, 4, 12\], expected \[\d+, 1, 3, 12\]/,
      ],
      [
        edit('vocabulary', ({ characters }) => ({ characters: characters.slice(1), unknown: false })),
        /a vocabulary of \d+ characters and a network with input .* expected \d+ ids and \d+ classes/,
      ],
      [async () => TextModel.load('x' as never, await device()), /expected a Uint8Array or an ArrayBuffer/],
    ]
    for (const [work, message] of cases) expect((await failure(work)).message).toMatch(message)
    for (const m of [model, narrow]) m.destroy()
  })

  test('a damaged file, at every door', async () => {
    const text = await TextModel.create({ ...(await device()), vocabulary: corpus.vocabulary, hidden: 6 })
    const blank = await BlankModel.create({ ...(await device()), vocabulary: corpus.vocabulary, hidden: 6 })
    const train = { batch: 4, steps: 5 }
    const trained = async (model: TextModel | BlankModel) => {
      const training = model.train(corpus, train)
      await training.next()
      const file = await training.save()
      await training.return()
      return file
    }
    const trainer = await Trainer.create(text.network, { ...train, optimizer: adam() })
    const doors: Record<string, readonly [file: Saved, door: (file: Saved) => unknown]> = {
      'Network.load': [await text.network.save(), async (file) => Network.load(file, await device())],
      'TextModel.load': [await text.save(), async (file) => TextModel.load(file, await device())],
      'BlankModel.load': [await blank.save(), async (file) => BlankModel.load(file, await device())],
      'TextModel.train': [await trained(text), (resume) => text.train(corpus, { ...train, resume }).next()],
      'BlankModel.train': [await trained(blank), (resume) => blank.train(corpus, { ...train, resume }).next()],
      'Trainer.resume': [await trainer.save(), (file) => trainer.resume(file)],
    }
    for (const [name, [file, door]] of Object.entries(doors)) {
      const damaged = file.slice()
      damaged[file.length - 4]! ^= 1 // the lowest bit of a float: its value does not look odd
      expect(await failure(() => door(damaged)), name).toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(/^the model file is damaged: its checksum is .*Copy or download it again/),
      })
    }
    trainer.destroy()
    for (const model of [text, blank]) model.destroy()
  })

  test('a training that does not fit', async () => {
    const network = await Network.create({ ...(await device()), input: { ids: 4 }, layers: [{ cell: 'gru', hidden: 4 }], head: { classes: 4 } })
    const options = { steps: 2, batch: 2, optimizer: adam() }
    const trainer = await Trainer.create(network, options)
    const ids = Uint32Array.of(0, 1, 2, 3)
    await trainer.step({ ids, targets: ids })
    const file = await trainer.save()
    const cases: [Saved, Partial<typeof options>, RegExp][] = [
      [file, { batch: 3 }, /^batch is 3, but this training was saved with batch 2/],
      [file, { optimizer: momentum({ rate: 1 }) }, /^optimizer is momentum, but this training was saved with optimizer adam/],
      [file, { optimizer: adam({ beta1: 0.5 }) }, /^beta1 is 0\.5, but this training was saved with beta1 0\.9/],
      [file, { optimizer: adamW({ decay: 0.1 }) }, /^decay is 0\.1, but this training was saved with decay 0\. Use the same value/],
      [changed(file, (_, m) => (m.training = 'null')), {}, /training is damaged: step is undefined/],
      [await network.save(), {}, /no training to resume/],
      [changed(file, (t) => t.delete('training.carried.layers.0.h')), {}, /^the training of the file has no layers\.0\.h/],
      [
        changed(file, (t) => [...t.keys()].filter((name) => name.startsWith('training.mean')).forEach((name) => t.delete(name))),
        {},
        /^the training of the file has no mean/,
      ],
      [changed(file, (t) => t.delete('training.mean.head.b')), {}, /^the file lacks head\.b \[4\]/],
      [changed(file, (t) => t.set('training.carried.layers.0.c', t.get('training.carried.layers.0.h')!)), {}, /no such state/],
      [changed(file, (_, m) => (m.training = '{"step":-1}')), {}, /training is damaged: step is -1/],
    ]
    for (const [bytes, more, message] of cases) {
      const other = await Trainer.create(network, { ...options, ...more })
      expect((await failure(() => other.resume(bytes))).message).toMatch(message)
      other.destroy()
    }
    trainer.destroy()
    network.destroy()
  })
})
