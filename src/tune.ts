// Which strategy a network runs by. The fastest one is the adapter's answer, not a constant: strategies are timed over a few steps of the
// shape at hand, once, and the fastest is remembered by adapter and shape, as long as the kernels are the same. Nothing waits for that,
// unless it is asked to: a first start runs by the best guess, and the others are timed beside its work.
import { SluiceError } from './errors'
import type { Gpu } from './gpu/device'
import { prepare, type Program } from './gpu/engine'
import type { StrategyName, StrategyOption } from './gpu/strategy'
import { layerShape } from './schedule/context'
import { implementationOf } from './schedule/implementation'
import type { Unrolled, UnrollOptions } from './schedule/unroll'
import { completeSpec, recurrentLayers, type NetworkSpec } from './spec'
import { loadKernels } from './strategies'
import { cachedStrategy, cacheStrategy } from './strategy-cache'

/** Steps that are timed: enough for the steps of a recurrence to weigh more than what surrounds them. */
const timedSteps = 16
const rounds = 3
/** A page hears up to two milliseconds late that work is done, in Firefox up to ten. So a submit takes so many milliseconds at least: it has
 * as many runs as that needs, or `maxRuns`. */
const minTimedMs = 20
const maxRuns = 256
/** A strategy must take less than this share of the time of one before it in the list: a smaller gain is noise. */
const minGain = 0.98
/** A strategy that takes so many times as long as the best so far is not timed again. */
const eliminateAbove = 4

/** Runs of a session before others are timed beside it: a shorter one has little to gain. */
const runsBefore = 50
/** A submit that is timed beside other work is followed by a rest of so many times its length: it slows that work by 3 %. */
const restPerMs = 30

/** What strategies are measured on: a network, or a layer alone. */
export interface Measured {
  readonly gpu: Gpu
  readonly spec: NetworkSpec
  unroll(options: UnrollOptions): Promise<Unrolled>
}

/** Those of some strategies that may be taken: at least one, or an error. */
export type Allow = (names: readonly StrategyName[]) => Promise<readonly StrategyName[]>
const allowAll: Allow = async (names) => names

type Shape = Pick<UnrollOptions, 'steps' | 'batch' | 'train'>

const measured = new Map<string, StrategyName>()
const measuring = new Map<string, Promise<StrategyName>>()

// A few steps or many: what matters is whether one dispatch could have been many.
const keyOf = ({ gpu, spec }: Measured, { steps, batch, train }: Shape): string =>
  JSON.stringify([gpu.adapterName, gpu.isSoftware, gpu.subgroups, completeSpec(spec), batch, Math.min(steps, timedSteps), train])

/** What was measured before, here or in an earlier visit. */
const known = async (key: string): Promise<StrategyName | undefined> => measured.get(key) ?? (await cachedStrategy(key))

/** Who asks for a step at a time waits for the first answer: the kernels that keep matrices in registers take ten times as long to compile, and
 * a single step in tiles is no slower. */
const isBrief = ({ gpu }: Measured, { steps, train }: Shape): boolean => steps === 1 && !train && gpu.tuning.strategy.kernels === 'resident'

/** The strategies that are worth timing, the best guess first. */
function candidatesFor(network: Measured, shape: Shape): readonly StrategyName[] {
  const { gpu, spec } = network
  const { cores, strategy } = gpu.tuning
  const { batch } = shape
  if (isBrief(network, shape)) return ['tile-16']
  const layers = recurrentLayers(spec).map(({ layer }) => ({ ...layerShape(layer), drops: { state: shape.train && layer.recurrentDropout } }))
  return implementationOf(strategy).strategiesFor({ batch, cores, layers })
}

export class Choice {
  constructor(
    /** In order of preference. */
    private readonly names: readonly StrategyName[],
    /** What times the others beside the work; null where nothing is left to learn. */
    readonly measurement: BackgroundMeasurement | null,
    private readonly allow: Allow,
  ) {}

  /** Prepares by the chosen strategy, or by the next one where it is not allowed or the adapter refuses its kernels. Those after the one
   * that is taken are not checked. @throws what the last one does; `wrong-results` with all names, if none is allowed. */
  async prepare<Result>(work: (strategy: StrategyName) => Promise<Result>): Promise<Result> {
    let refusal: unknown
    for (const name of this.names)
      try {
        await this.allow([name])
        await loadKernels(name)
        return await work(name)
      } catch (error) {
        if (!(error instanceof SluiceError) || (error.code !== 'gpu-error' && error.code !== 'wrong-results')) throw error
        refusal = error
      }
    await this.allow(this.names)
    throw refusal
  }
}

/** The strategy that `option` asks for; the kernels of the device are there then. Nothing is compiled or timed, but for 'fastest'.
 * @param allow asked before a strategy is taken or timed */
export async function chooseStrategy(network: Measured, shape: Shape, option: StrategyOption | undefined, allow: Allow = allowAll): Promise<Choice> {
  const { name: own } = network.gpu.tuning.strategy
  await loadKernels(own)
  if (option === 'fastest') return new Choice([await fastestStrategy(network, shape, allow)], null, allow)
  if (option !== 'auto') return new Choice([option ?? (isBrief(network, shape) ? 'tile-16' : own)], null, allow)
  const candidates = candidatesFor(network, shape)
  const best = await known(keyOf(network, shape))
  if (best) return new Choice([best, ...candidates.filter((name) => name !== best)], null, allow)
  return new Choice(candidates, candidates.length > 1 ? new BackgroundMeasurement(network, shape, allow) : null, allow)
}

/** The fastest strategy for batches of `batch` rows of `steps` steps: of a training step, or of a forward run. The first time it is
 * measured, which takes half a second or as long as a few steps do, and compiling the kernels of each strategy.
 * @param allow asked before a strategy is timed, or taken again */
export function fastestStrategy(network: Measured, shape: Shape, allow: Allow = allowAll): Promise<StrategyName> {
  const key = keyOf(network, shape)
  return (
    measuring.get(key) ??
    measureAs(key, async () => {
      await loadKernels(network.gpu.tuning.strategy.name) // the cache knows which kernels it was measured of
      const best = await known(key)
      if (best && (await allow([best]).catch(() => []))[0]) return best
      return measure(network, shape, allow)
    })
  )
}

/** Remembers what `work` measures. */
function measureAs(key: string, work: () => Promise<StrategyName>): Promise<StrategyName> {
  const strategy = work()
  measuring.set(key, strategy)
  strategy.then(
    (name) => {
      measured.set(key, name)
      measuring.delete(key)
      void cacheStrategy(key, name)
    },
    () => measuring.delete(key),
  )
  return strategy
}

/** Times the strategies beside the work of a session, once that has made a number of runs. The session keeps its own: another would round
 * otherwise. What is measured counts for the next session. */
export class BackgroundMeasurement {
  #runs = 0
  readonly #abort = new AbortController()

  constructor(
    private readonly network: Measured,
    private readonly shape: Shape,
    private readonly allow: Allow,
  ) {}

  /** Is told of each run of the session. */
  count(): void {
    if (++this.#runs !== runsBefore) return
    const { network, shape, allow } = this
    const key = keyOf(network, shape)
    if (measured.has(key) || measuring.has(key)) return
    // Nobody asked for it, so nobody hears of a failure: who runs the session hears of a lost device there.
    measureAs(key, () => measure(network, shape, allow, this.#abort.signal)).catch(() => {})
  }

  /** Ends it, and frees what it has on the GPU. */
  cancel(): void {
    this.#abort.abort()
  }
}

/** @param beside given where other work goes on meanwhile, and must not be held up: aborts the measurement */
async function measure(network: Measured, { steps, batch, train }: Shape, allow: Allow, beside?: AbortSignal): Promise<StrategyName> {
  const candidates = candidatesFor(network, { steps, batch, train })
  if (candidates.length === 1) return candidates[0]!
  const { gpu } = network
  // Unrolled anew, so that nothing of it is left in the states that training begins with.
  const unrolled = await network.unroll({ steps: Math.min(steps, timedSteps), batch, train, dropout: train })
  const programs: Program[] = []
  try {
    const prepared = await prepareEach(candidates, beside, async (name) => {
      await allow([name])
      return prepare(gpu, timedPlan(unrolled, name))
    })
    programs.push(...prepared.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
    beside?.throwIfAborted()
    // A strategy that is not allowed, or whose kernels an adapter refuses, is no choice there.
    if (programs.length === 0) throw (prepared[0] as PromiseRejectedResult).reason
    const timed = programs.map((program): Timed => ({ program, runs: 1, ms: Infinity, eliminated: false }))
    // In turns: whatever else the machine does comes and goes, and would fall on one of them.
    for (let round = 0; round < rounds; round++)
      for (const one of timed) if (!one.eliminated) await time(gpu, one, round, Math.min(...timed.map(({ ms }) => ms)), beside)
    return timed.reduce((best, one) => (one.ms < minGain * best.ms ? one : best)).program.plan.tuning.strategy.name
  } finally {
    for (const program of programs) program.destroy()
    unrolled.destroy()
  }
}

const timedPlan = (unrolled: Unrolled, strategy: StrategyName) =>
  unrolled.plan(
    `timing ${strategy}`,
    (plan) => {
      const { train } = unrolled.options
      if (train) unrolled.clearGradients(plan)
      unrolled.forward(plan)
      if (train) unrolled.head?.loss(plan, true)
      if (train) unrolled.backward(plan)
    },
    strategy,
  )

/** All at once, so that their kernels compile side by side; beside other work one after the other, until it is aborted. */
async function prepareEach(
  names: readonly StrategyName[],
  beside: AbortSignal | undefined,
  work: (name: StrategyName) => Promise<Program>,
): Promise<PromiseSettledResult<Program>[]> {
  if (!beside) return Promise.allSettled(names.map(work))
  const prepared: PromiseSettledResult<Program>[] = []
  for (const name of names) if (!beside.aborted) prepared.push(...(await Promise.allSettled([work(name)])))
  return prepared
}

interface Timed {
  readonly program: Program
  /** Runs a submit. */
  runs: number
  /** Milliseconds of a run, at its best. */
  ms: number
  /** Whether it is so slow that it need not be timed again. */
  eliminated: boolean
}

/** Times a submit, of as many runs as it takes to see a difference; `best`: milliseconds of the best strategy so far. */
async function time(gpu: Gpu, one: Timed, round: number, best: number, beside?: AbortSignal): Promise<void> {
  const { queue } = gpu.device
  for (;;) {
    beside?.throwIfAborted()
    let begin = performance.now()
    const encoder = gpu.device.createCommandEncoder({ label: one.program.plan.name })
    for (let run = 0; run < one.runs; run++) one.program.encode(encoder)
    // A queue works in order: beside other work, a run begins when all is done that was submitted before it.
    const before = beside && gpu.whenDone(queue.onSubmittedWorkDone()).then(() => (begin = performance.now()))
    queue.submit([encoder.finish()])
    await Promise.all([before, gpu.whenDone(queue.onSubmittedWorkDone())])
    const ms = performance.now() - begin
    gpu.checkAlive()
    if (beside) await pause(restPerMs * ms, beside)
    if (ms < minTimedMs && one.runs < maxRuns) {
      one.runs *= 4
      continue
    }
    one.eliminated = ms / one.runs > eliminateAbove * best
    // The first run of all warms up, unless it is eliminated already.
    if (round > 0 || one.runs > 1 || one.eliminated) one.ms = Math.min(one.ms, ms / one.runs)
    return
  }
}

/** Waits, but no longer than until it is aborted. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
  })
