// What a training step and a written character cost here: medians over a few runs, with the dispatches of a step and the
// bytes on the GPU. For figures beside other engines the machine must be otherwise idle.
//   npm run bench
import { adam, Network, openDevice, TextModel, Trainer, Vocabulary, type CellName } from 'sluice'
import { print, type Parameters } from '../../demo/lessons/print'

interface Work {
  readonly cell: CellName
  readonly B: number
  readonly T: number
  readonly V: number
  readonly H: number
  readonly layers?: number
  readonly bidirectional?: boolean
}

const works: readonly Work[] = [
  ...(['rnn', 'gru', 'gru-reset-after', 'lstm'] as const).map((cell) => ({ cell, B: 32, T: 35, V: 28, H: 256 })),
  ...(['rnn', 'gru', 'gru-reset-after', 'lstm'] as const).map((cell) => ({ cell, B: 32, T: 32, V: 64, H: 128 })),
  { cell: 'lstm', B: 50, T: 50, V: 65, H: 128, layers: 2 },
  { cell: 'lstm', B: 32, T: 64, V: 65, H: 512 },
  { cell: 'lstm', B: 32, T: 35, V: 28, H: 128, bidirectional: true },
]

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!

export default async function steps({ runs = '7' }: Parameters): Promise<void> {
  const device = await openDevice()
  await print(`${device.adapterName}; median ms of ${runs} training steps (forward, backward, clipping, Adam; loss read back)`)
  await print('work                                      ms     min     max   dispatches   MiB')
  for (const { cell, B, T, V, H, layers = 1, bidirectional = false } of works) {
    const network = await Network.create({
      device, input: { ids: V }, layers: Array.from({ length: layers }, () => ({ cell, hidden: H, bidirectional })), head: { classes: V },
    })
    const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer: adam(), clipNorm: 1 })
    const ids = Uint32Array.from({ length: T * B }, (_, i) => (i * 7) % V)
    const losses = [(await trainer.step({ inputs: ids, targets: ids })).loss]
    const times = []
    for (let i = 0; i < Number(runs); i++) {
      const begin = performance.now()
      losses.push((await trainer.step({ inputs: ids, targets: ids })).loss)
      times.push(performance.now() - begin)
    }
    if (!(losses.at(-1)! < losses[0]!)) throw new Error(`${cell}: the loss does not fall (${losses[0]} to ${losses.at(-1)})`)
    const name = `${bidirectional ? 'bidirectional ' : ''}${cell}${layers > 1 ? ` × ${layers}` : ''} B${B} T${T} V${V} H${H}`
    const figures = [median(times), Math.min(...times), Math.max(...times)].map((v) => v.toFixed(1).padStart(8)).join('')
    await print(`${name.padEnd(36)}${figures}${String(trainer.plan.dispatches).padStart(13)}${(trainer.bytes / 2 ** 20).toFixed(0).padStart(6)}`)
    trainer.destroy()
    network.destroy()
  }
  const vocabulary = Vocabulary.fromText(Array.from({ length: 64 }, (_, i) => String.fromCodePoint(64 + i)).join(''))
  for (const hidden of [128, 256]) {
    const model = await TextModel.create({ device, cell: 'lstm', hidden, vocabulary })
    await model.generate('ABC', { length: 64 })
    const begin = performance.now()
    await model.generate('ABC', { length: 1280 })
    await print(`writing with lstm ${hidden}: ${(1280 / ((performance.now() - begin) / 1000)).toFixed(0)} characters a second`)
    model.destroy()
  }
  device.destroy()
}
