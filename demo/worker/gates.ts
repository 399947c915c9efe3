// Four networks learn two tasks on the same numbers, and their gates are looked at while they do.
import { adam, cells, Network, Trainer, type Gpu } from 'sluice'
import { pieces, random, type VectorTask } from '../lessons/tasks'
import { shares, weighted } from '../shared/gates/carriers'
import { advance, pack, unpack, type GateData, type GateEvent, type LaneLook } from '../shared/gates/record'
import { contestants, kinds, shownGates, type Contestant, type GateSettings } from '../shared/gates/settings'
import type { RunConfig, StateChange } from '../shared/run-config'
import { checkSteps } from './check-steps'
import { device } from './device'
import { FrequentEvaluations } from './frequent-evaluations'
import { queuedSteps } from './queued-steps'
import { roundRunner, type RunContext } from './round-runner'
import { inRounds } from './rounds'
import type { Files } from './saved-run'

/** Added to the biases of f and z: both start by keeping most of the state, whatever the task. */
const keepBias = 1

class Lane {
  private constructor(
    private readonly contestant: Contestant,
    readonly network: Network,
    readonly trainer: Trainer,
    private readonly settings: GateSettings,
  ) {}

  /** @param file its saved training, for a run that resumes */
  static async create(gpu: Gpu, contestant: Contestant, settings: GateSettings, file: Files[number] | undefined): Promise<Lane> {
    const { hidden, steps, batch, rate, seed } = settings
    const network = await Network.create({
      device: gpu,
      input: { features: 2 },
      layers: [{ cell: contestant.cell, hidden }],
      head: { numbers: 1 },
      seed,
      initialise: { forgetBias: keepBias },
    })
    try {
      await addKeepBias(network, contestant.cell, hidden)
      const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate }), clipNorm: 1 })
      if (file) trainer.resume(file)
      return new Lane(contestant, network, trainer, settings)
    } catch (error) {
      network.destroy()
      throw error
    }
  }

  async train(batches: readonly VectorTask[]): Promise<number[]> {
    const losses: number[] = []
    for await (const { loss } of queuedSteps(this.trainer, batches)) losses.push(loss)
    return losses
  }

  /** What it does with new sequences. The first row is the one that is shown. */
  async look({ features, targets }: VectorTask): Promise<LaneLook> {
    const { steps: T, batch: B, hidden: H } = this.settings
    const [{ logits, trace }, parameters] = await Promise.all([
      this.network.run({ steps: T, batch: B, features, inspect: true }),
      this.network.readParameters(),
    ])
    const { gates, h } = trace![0]!
    const share = shares(h, parameters.get('head.W')!, H)
    const firstRow = (values: Float64Array) => Array.from({ length: T }, (_, t) => values[t * B]!)
    let squares = 0
    for (let n = B; n < T * B; n++) squares += (logits[n]! - targets[n]!) ** 2
    return {
      gates: Object.fromEntries(shownGates[this.contestant.cell].map((name) => [name, firstRow(weighted(gates.get(name)!, share))])),
      answers: firstRow(Float64Array.from(logits)),
      loss: squares / ((T - 1) * B),
    }
  }

  destroy(): void {
    this.trainer.destroy()
    this.network.destroy()
  }
}

/** As an LSTM with a forget bias: the update gates of the GRU start by keeping. */
async function addKeepBias(network: Network, cell: Contestant['cell'], H: number): Promise<void> {
  if (cell !== 'gru') return
  const z = cells.gru.gates.indexOf('z')
  const b = (await network.readParameters()).get('layers.0.b')!
  network.writeParameters(new Map([['layers.0.b', b.map((value, i) => (Math.floor(i / H) === z ? value + keepBias : value))]]))
}

async function* live(
  { config: { settings } }: { readonly config: RunConfig<GateSettings> },
  { budget, signal, saved, onSave: savedBy }: RunContext<GateEvent, GateData>,
): AsyncGenerator<GateEvent | StateChange> {
  const { steps: T, batch: B, seed, iterations } = settings
  checkSteps(settings)
  const gpu = await device()
  const lanes: Lane[] = []
  try {
    for (const [i, contestant] of contestants.entries()) lanes.push(await Lane.create(gpu, contestant, settings, saved?.files[i]))
    savedBy(() => Promise.all(lanes.map(({ trainer }) => trainer.save())))
    // Both tasks have the same numbers: from the same seed.
    const draws = { short: random(seed), long: random(seed) }
    const next = () => ({ short: pieces('short', T, B, draws.short), long: pieces('long', T, B, draws.long) })
    // Skips the batches of the saved steps, so that the run continues with the same batches.
    for (let seen = 0; seen < (saved?.step ?? 0); seen++) next()
    const probes = Object.fromEntries(kinds.map((kind) => [kind, pieces(kind, T, B, random(seed + 1))])) as Record<Contestant['kind'], VectorTask>
    if (!saved)
      yield {
        kind: 'started',
        sequence: Array.from({ length: T }, (_, t) => ({ number: probes.long.features[2 * t * B]!, first: probes.long.features[2 * t * B + 1] === 1 })),
        parameters: lanes.map(({ network }) => network.parameterCount),
      }
    const rounds = {
      step: saved?.step ?? 0,
      async train(count: number): Promise<GateEvent> {
        const batches = Array.from({ length: count }, next)
        const losses = await Promise.all(lanes.map((lane, i) => lane.train(batches.map((batch) => batch[contestants[i]!.kind]))))
        const steps = batches.map((_, n) => this.step + n + 1)
        return { kind: 'progress', step: (this.step += count), steps, lanes: losses }
      },
      async evaluate(): Promise<GateEvent> {
        const looks: LaneLook[] = []
        for (const [i, lane] of lanes.entries()) looks.push(await lane.look(probes[contestants[i]!.kind]))
        return { kind: 'evaluation', step: this.step, lanes: looks }
      },
      isOver: false,
    }
    yield saved ? { kind: 'resumed' } : rounds.evaluate()
    yield* inRounds<GateEvent>(rounds, { gpu, budget, signal, iterations, schedule: new FrequentEvaluations() })
  } finally {
    for (const lane of lanes) lane.destroy()
  }
}

export const gates = roundRunner({ key: 'gates', train: live, advance, pack, unpack })
