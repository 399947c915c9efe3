// Three networks learn the same batches, and the gradient at each time step is measured.
import { adam, Network, sgd, SluiceError, Trainer, type CellName, type Gpu, type TrainingBatch } from 'sluice'
import { random } from '../../lessons/tasks'
import { biasToKeep } from '../bias-to-keep'
import { checkSteps } from '../check-steps'
import { device } from '../device'
import { FrequentEvaluations } from '../frequent-evaluations'
import type { RunConfig, StateChange } from '../../shared/run-config'
import { queuedSteps } from '../queued-steps'
import { roundRunner, type RunContext } from '../round-runner'
import { inRounds } from '../rounds'
import type { Files } from '../saved-run'
import { cellGradients, norms } from './norms'
import {
  advance,
  isOverBrink,
  pack,
  unpack,
  type GradientData,
  type GradientEvent,
  type LaneNorms,
  type LanePoint,
  type Out,
} from '../../shared/gradients/record'
import { contestantsOf, type Contestant, type GradientSettings } from '../../shared/gradients/settings'
import { taskOf, type Task } from './tasks'

class Lane {
  #out: Out | null
  #step: number

  private constructor(
    private readonly cell: CellName,
    private readonly network: Network,
    private readonly trainer: Trainer,
    private readonly settings: GradientSettings,
    from?: GradientData['lanes'][number],
  ) {
    this.#out = from?.out ?? null
    this.#step = from?.loss.last ?? 0
  }

  /** @param from the saved lane, and @param file its training, for a run that resumes */
  static async create(
    gpu: Gpu,
    task: Task,
    { cell, clipNorm }: Contestant,
    settings: GradientSettings,
    from?: GradientData['lanes'][number],
    file?: Files[number],
  ): Promise<Lane> {
    const { hidden, steps, batch, seed, optimizer, rate } = settings
    const network = await Network.create({
      device: gpu,
      ...task.network,
      layers: [{ cell, hidden }],
      seed,
      initialise: { input: 'glorot', recurrent: 'orthogonal', bias: 'zero' },
    })
    try {
      await initialise(network, settings)
      const trainer = await Trainer.create(network, { steps, batch, optimizer: (optimizer === 'adam' ? adam : sgd)({ rate }), clipNorm, notFinite: 'skip' })
      if (file) trainer.resume(file)
      return new Lane(cell, network, trainer, settings, from)
    } catch (error) {
      network.destroy()
      throw error
    }
  }

  get out(): Out | null {
    return this.#out
  }

  /** Trains on one batch after the other, until its loss or its gradient is not finite. */
  async train(batches: readonly TrainingBatch[]): Promise<LanePoint[]> {
    const points: LanePoint[] = []
    if (this.#out) return points
    for await (const { loss, gradientNorm: norm } of queuedSteps(this.trainer, batches)) {
      this.#step++
      const wrong = !Number.isFinite(loss) ? 'loss' : !Number.isFinite(norm) ? 'gradient' : null
      if (wrong) {
        this.#out = { step: this.#step, what: wrong }
        break
      }
      points.push({ loss, norm })
    }
    return points
  }

  async gradientNorms(values: TrainingBatch): Promise<LaneNorms | null> {
    if (this.#out) return null
    const { steps, batch, hidden } = this.settings
    const { trace: inside } = await this.network.run({ steps, batch, ...values, gradients: true, inspect: true })
    const { dh, c, gates } = inside![0]!
    return { h: norms(dh!, steps), c: this.cell === 'lstm' ? norms(cellGradients(dh!, c!, gates.get('f')!, gates.get('o')!, batch * hidden), steps) : null }
  }

  async save(): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.#out ? null : this.trainer.save()
  }

  destroy(): void {
    this.trainer.destroy()
    this.network.destroy()
  }
}

/** Scales U, and biases the gates to keep the state. */
async function initialise(network: Network, { scale, keep, steps, seed }: GradientSettings): Promise<void> {
  const U = (await network.readParameters()).get('layers.0.U')!
  network.writeParameters(new Map([['layers.0.U', U.map((value) => value * scale)]]))
  if (keep) await biasToKeep(network, steps, seed)
}

async function* live(
  { config: { settings, text } }: { readonly config: RunConfig<GradientSettings> },
  { budget, signal, saved, onSave: savedBy }: RunContext<GradientEvent, GradientData>,
): AsyncGenerator<GradientEvent | StateChange> {
  const { task: name, steps, batch, seed, iterations, scale } = settings
  checkSteps(settings)
  if (!Number.isFinite(scale)) throw new SluiceError('bad-value', `the scale of the initial recurrent weights is ${scale}, expected a number`)
  const task = taskOf(name, steps, batch, text)
  const gpu = await device()
  const contestants = contestantsOf(settings)
  const cells = contestants.map(({ cell }) => cell)
  const lanes: Lane[] = []
  try {
    for (const [i, contestant] of contestants.entries()) lanes.push(await Lane.create(gpu, task, contestant, settings, saved?.shown.lanes[i], saved?.files[i]))
    savedBy(() => Promise.all(lanes.map((lane) => lane.save())))
    if (!saved) yield { kind: 'started', cells, guessing: task.guessing }
    const draw = random(seed)
    // Skips the batches of the saved steps, so that the run continues with the same batches.
    for (let seen = 0; seen < (saved?.step ?? 0); seen++) task.batch(draw)
    const probe = task.batch(random(seed + 1))
    let stoodStill = false
    const rounds = {
      step: saved?.step ?? 0,
      async train(count: number): Promise<GradientEvent> {
        const batches = Array.from({ length: count }, () => task.batch(draw))
        const points = await Promise.all(lanes.map((lane) => lane.train(batches)))
        this.step += count
        // It stands still before the step that ends it, once, so that the person can take that step.
        if (
          settings.compare !== 'clipping' &&
          !stoodStill &&
          points.some((of, i) => isOverBrink(of.at(-1)?.norm ?? 0, contestants[i]!.clipNorm) && !lanes[i]!.out)
        ) {
          stoodStill = true
          budget.allow(0)
        }
        return { kind: 'progress', step: this.step, lanes: lanes.map(({ out }, i) => ({ points: points[i]!, out })) }
      },
      async evaluate(): Promise<GradientEvent> {
        const lanesNorms: (LaneNorms | null)[] = []
        for (const lane of lanes) lanesNorms.push(signal.aborted ? null : await lane.gradientNorms(probe))
        return { kind: 'evaluation', step: this.step, lanes: lanesNorms }
      },
      get isOver() {
        return lanes.every(({ out }) => out !== null)
      },
    }
    yield saved ? { kind: 'resumed' } : rounds.evaluate()
    yield* inRounds<GradientEvent>(rounds, { gpu, budget, signal, iterations, schedule: new FrequentEvaluations() })
  } finally {
    for (const lane of lanes) lane.destroy()
  }
}

export const gradients = roundRunner({ key: 'gradients', train: live, advance, pack, unpack })
