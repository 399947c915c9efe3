// Lesson 1, long memory: over 100 steps an LSTM and a GRU learn what a plain RNN does not, and the gradient that travels
// back through the steps shows why. Then: what exploding gradients do, and how clipping tames them.
//   npm run lesson:memory
import { adam, Network, openDevice, sgd, SluiceError, Trainer, type CellName, type Gpu, type StepResult, type TrainingBatch } from 'sluice'
import { print, type Parameters as Given } from './print'
import { adding, copying, random } from './tasks'

interface Contender {
  readonly name: string
  readonly cell: CellName
  /** Sizes with about the same number of parameters: an RNN has one product a step, a GRU three, an LSTM four. */
  readonly hidden: number
  readonly recurrent: 'uniform' | 'orthogonal'
}

const contenders: readonly Contender[] = [
  { name: 'rnn', cell: 'rnn', hidden: 64, recurrent: 'uniform' },
  // Recurrent weights that neither shrink nor stretch are the most that can be done for a plain RNN.
  { name: 'rnn, orthogonal', cell: 'rnn', hidden: 64, recurrent: 'orthogonal' },
  { name: 'gru', cell: 'gru', hidden: 36, recurrent: 'uniform' },
  { name: 'lstm', cell: 'lstm', hidden: 31, recurrent: 'uniform' },
]
const [T, B] = [100, 32]

interface Task {
  readonly name: string
  readonly baseline: number
  readonly steps: number
  readonly network: Pick<Options, 'input' | 'head'>
  readonly batch: (draw: () => number) => TrainingBatch
}
type Options = Parameters<typeof Network.create>[0]

const copy = { alphabet: 8, length: 1, delay: T }
const tasks: readonly Task[] = [
  {
    name: 'adding two marked numbers among 100',
    baseline: 1 / 6,
    steps: T,
    network: { input: { features: 2 }, head: { numbers: 1, at: 'last' } },
    batch: (draw) => adding(T, B, draw),
  },
  {
    name: `copying a symbol of ${copy.alphabet} after ${T} steps`,
    baseline: Math.log(copy.alphabet),
    steps: 2 * copy.length + T,
    network: { input: { ids: copy.alphabet + 2 }, head: { classes: copy.alphabet } },
    batch: (draw) => {
      const { ids, targets } = copying(copy, B, draw)
      return { ids, targets }
    },
  },
]

async function create(device: Gpu, task: Task, { cell, hidden: H, recurrent }: Contender, seed: number): Promise<Network> {
  const network = await Network.create({
    device,
    ...task.network,
    layers: [{ cell, hidden: H }],
    seed,
    initialise: { input: 'uniform', recurrent, bias: 'zero' },
  })
  // Gates that begin by keeping what is there (Tallec and Ollivier 2018): forgetting over 100 steps must be learned, not
  // unlearned: b_z of a GRU (gates r z n), b_f = −b_i of an LSTM (gates i f g o). A plain RNN has no such gate.
  if (cell === 'gru' || cell === 'lstm') {
    const b = (await network.readParameters()).get('layers.0.b')!
    const draw = random(seed)
    for (let j = 0; j < H; j++) {
      b[H + j] = Math.log(1 + draw() * (T - 2))
      if (cell === 'lstm') b[j] = -b[H + j]!
    }
    network.writeParameters(new Map([['layers.0.b', b]]))
  }
  return network
}

/** Trains until the mean loss of the last 50 steps is below `enough`, for so many steps at most; returns it, and how many it
 * took. Steps are queued four deep. */
async function train(trainer: Trainer, batch: () => TrainingBatch, steps: number, enough = 0): Promise<{ loss: number; took: number }> {
  const queued: Promise<StepResult>[] = []
  const last: number[] = []
  const next = async () => {
    const { loss } = await queued.shift()!
    last.push(loss)
    if (last.length > 50) last.shift()
  }
  const mean = () => last.reduce((a, b) => a + b, 0) / last.length
  let took = 0
  while (took < steps && !(last.length === 50 && mean() < enough)) {
    const step = trainer.step(batch())
    step.catch(() => {}) // told when its turn comes
    queued.push(step)
    took++
    if (queued.length >= 4) await next()
  }
  while (queued.length > 0) await next()
  return { loss: mean(), took }
}

/** ‖dL/dh_t‖ at some steps, of the loss at the end. */
async function gradients(network: Network, task: Task, seed: number): Promise<number[]> {
  const { steps } = task
  const run = await network.run({ steps, batch: B, ...task.batch(random(seed)), gradients: true, inspect: true })
  const dh = run.trace![0]!.dh!
  const width = dh.length / steps
  const norm = (t: number) => Math.hypot(...dh.subarray(t * width, (t + 1) * width))
  return [1, 0.75, 0.5, 0.25, 0].map((part) => norm(Math.round(part * (steps - 1))))
}

const shown = (value: number) => (Number.isFinite(value) ? value.toExponential(1) : 'not finite').padStart(11)

async function learning(device: Gpu, task: Task, updates: number, seed: number): Promise<void> {
  await print(`\n${task.name}: loss ${task.baseline.toFixed(3)} is what guessing costs`)
  await print('cell              H   parameters     rate   steps    loss   learned    ‖dL/dh_t‖ at t = T       3T/4        T/2        T/4          1')
  for (const contender of contenders) {
    // Each cell has the better of two rates.
    let best: { network: Network; loss: number; rate: number; took: number } | null = null
    for (const rate of [1e-2, 3e-3]) {
      const network = await create(device, task, contender, seed)
      const trainer = await Trainer.create(network, { steps: task.steps, batch: B, optimizer: adam({ rate }), clipNorm: 1 })
      const draw = random(seed)
      const { loss, took } = await train(trainer, () => task.batch(draw), updates, task.baseline / 20)
      trainer.destroy()
      if (best && !(loss < best.loss)) network.destroy()
      else {
        best?.network.destroy()
        best = { network, loss, rate, took }
      }
      if (loss < task.baseline / 10) break // nothing to gain
    }
    const { network, loss, rate, took } = best!
    const learned = loss < task.baseline / 4 ? 'yes' : 'no'
    const begin = await create(device, task, contender, seed)
    const rows = [
      ['before', await gradients(begin, task, 7)],
      ['after', await gradients(network, task, 7)],
    ] as const
    await print(
      `${contender.name.padEnd(16)}${String(contender.hidden).padStart(3)}${String(network.parameterCount).padStart(13)}${rate.toFixed(3).padStart(9)}${String(took).padStart(8)}${loss.toFixed(4).padStart(8)}${learned.padStart(10)}`,
    )
    for (const [when, norms] of rows) await print(`${when.padStart(76)}${norms.map(shown).join('')}`)
    for (const n of [network, begin]) n.destroy()
  }
}

/** The gradient's norm at first, and the loss after 200 steps; NaN where the training stopped before, as it was not finite. */
async function explosion(trainer: Trainer, batch: () => TrainingBatch): Promise<{ norm: number; loss: number }> {
  let norm = NaN
  try {
    norm = (await trainer.step(batch())).gradientNorm
    return { norm, loss: (await train(trainer, batch, 200)).loss }
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'not-finite')) throw error
    return { norm, loss: NaN }
  }
}

/** Recurrent weights of a plain RNN that are too large: the gradient grows with every step back; clipped, it trains. */
async function exploding(device: Gpu, seed: number): Promise<void> {
  const task = { ...tasks[0]!, steps: 40, batch: (draw: () => number) => adding(40, B, draw) }
  await print('\na plain RNN (relu) with recurrent weights of 1.0, 1.2 and 1.4 times an orthogonal matrix, adding over 40 steps, SGD')
  await print('times   clipping   gradient norm at first   loss after 200 steps')
  for (const scale of [1, 1.2, 1.4])
    for (const clipNorm of [undefined, 1]) {
      const network = await Network.create({
        device,
        ...task.network,
        layers: [{ cell: 'rnn-relu', hidden: 32 }],
        seed,
        initialise: { input: 'glorot', recurrent: 'orthogonal', bias: 'zero' },
      })
      const U = (await network.readParameters()).get('layers.0.U')!
      network.writeParameters(new Map([['layers.0.U', U.map((v) => v * scale)]]))
      const trainer = await Trainer.create(network, { steps: 40, batch: B, optimizer: sgd({ rate: 0.01 }), clipNorm })
      const draw = random(seed)
      const { norm, loss } = await explosion(trainer, () => task.batch(draw))
      await print(
        `${scale.toFixed(1).padStart(5)}${(clipNorm === undefined ? 'none' : `at ${clipNorm}`).padStart(11)}${shown(norm).padStart(25)}${(Number.isFinite(loss) ? loss.toFixed(3) : 'not finite').padStart(23)}`,
      )
      trainer.destroy()
      network.destroy()
    }
}

export default async function memory({ updates = '800', seed = '1', only = '' }: Given): Promise<void> {
  const count = Number(updates)
  if (!(count > 0)) throw new SluiceError('bad-value', `updates is ${updates}, expected a number above 0`)
  const device = await openDevice()
  await print(`${count} training steps of ${B} sequences, Adam, clipping at 1, the better of two rates. ${device.adapterName}`)
  for (const task of tasks) if (task.name.includes(only)) await learning(device, task, count, Number(seed))
  await exploding(device, Number(seed))
  device.destroy()
}
