// Lesson 2, the gates: where only the last two characters count, a GRU's update gates let the past go and its reset gates
// cut it out of the candidate; where the first character counts to the end, update gates stay near 1 and hold it.
// (z keeps the OLD state here: h = z ⊙ h' + (1−z) ⊙ n.)
//   npm run lesson:gates
import { adam, Network, openDevice, Trainer, type CellName, type Gpu } from 'sluice'
import { print, type Parameters as Given } from './print'
import { bits, random } from './tasks'

const [T, B, H] = [40, 32, 16]

/** Trains until the loss is next to nothing; returns the network and its last loss. */
async function learn(device: Gpu, cell: CellName, kind: 'short' | 'long', seed: number): Promise<{ network: Network; loss: number; took: number }> {
  const network = await Network.create({
    device,
    input: { ids: 2 },
    layers: [{ cell, hidden: H }],
    head: { classes: 2 },
    seed,
    initialise: { forgetBias: 1 },
  })
  const trainer = await Trainer.create(network, { steps: T, batch: B, optimizer: adam({ rate: 1e-2 }), clipNorm: 1 })
  const draw = random(seed)
  let [loss, took] = [Infinity, 0]
  while (loss > 0.001 && took < 2000) {
    const { ids, targets } = bits(kind, T, B, draw)
    ;({ loss } = await trainer.step({ ids, targets }))
    took++
  }
  trainer.destroy()
  return { network, loss, took }
}

/** Mean of each gate over new sequences, the first five steps left out; and the means of the units whose gate is lowest and
 * highest: a network needs only few units to hold one bit, or to cut it. */
async function look(network: Network, kind: 'short' | 'long'): Promise<Map<string, { mean: number; lowest: number; highest: number }>> {
  const { ids } = bits(kind, T, B, random(99))
  const { trace: inside } = await network.run({ steps: T, batch: B, ids, inspect: true })
  const made = new Map<string, { mean: number; lowest: number; highest: number }>()
  for (const [name, values] of inside![0]!.gates) {
    const units = new Float64Array(H)
    for (let i = 5 * B * H; i < values.length; i++) units[i % H]! += values[i]! / ((T - 5) * B)
    made.set(name, { mean: units.reduce((a, b) => a + b, 0) / H, lowest: Math.min(...units), highest: Math.max(...units) })
  }
  return made
}

export default async function gates({ seed = '1' }: Given): Promise<void> {
  const device = await openDevice()
  await print(`${T} steps, ${H} units, ${B} sequences a batch; gates averaged over new sequences. ${device.adapterName}`)
  await print('short: do the last two bits differ?   long: what was the first bit?')
  await print('\ncell  task    steps    loss   gate          mean   lowest  highest unit')
  for (const cell of ['gru', 'lstm'] as const)
    for (const kind of ['short', 'long'] as const) {
      const { network, loss, took } = await learn(device, cell, kind, Number(seed))
      const shown = { gru: { r: 'reset', z: 'update' }, lstm: { f: 'forget', i: 'input' } }[cell]
      const values = await look(network, kind)
      let first = `${cell.padEnd(6)}${kind.padEnd(6)}${String(took).padStart(7)}${loss.toFixed(3).padStart(8)}`
      for (const [gate, name] of Object.entries(shown)) {
        const { mean, lowest, highest } = values.get(gate)!
        await print(`${first}   ${`${gate} ${name}`.padEnd(10)}${mean.toFixed(3).padStart(8)}${lowest.toFixed(3).padStart(9)}${highest.toFixed(3).padStart(9)}`)
        first = ' '.repeat(first.length)
      }
      network.destroy()
    }
  device.destroy()
}
