// Which strategy is the fastest is the adapter's answer, not a constant: each is timed over a few steps of the shape at hand,
// once, and what won is remembered by adapter and shape, as long as the kernels are the same.
import type { Gpu } from './gpu/device'
import { prepare, type Program } from './gpu/engine'
import { kernelsDigest } from './gpu/kernels'
import { strategyNames, type StrategyName } from './gpu/strategy'
import { implementationOf } from './schedule/implementation'
import type { Unrolled, UnrollOptions } from './schedule/unroll'
import { completeSpec, type NetworkSpec } from './spec'
import { loadKernels } from './strategies'

/** Steps that are timed: enough for the steps of a recurrence to weigh more than what surrounds them. */
const timedSteps = 16
const rounds = 3
/** A page hears up to two milliseconds late that work is done, in Firefox up to ten: so many milliseconds a submit takes at
 * least, of as many runs as that needs, or `mostRuns`. */
const seen = 20
const mostRuns = 256
/** A strategy must be this much faster than one before it in the list: less is noise, and the choice would change from time to time. */
const faster = 0.98
/** A strategy that is this many times slower than the best so far has lost. */
const slower = 4

const remembered = new Map<string, Promise<StrategyName>>()

/** The browser's own store, of pages and workers alike. Whoever calls it must do without: Node has none, and a browser may refuse it. */
const shelf = (): Promise<Cache> => globalThis.caches.open('sluice')
/** A cache keeps answers to addresses, so what is known of a shape has one, that nobody asks. */
const placeOf = (key: string): string => `https://sluice.invalid/strategy?${encodeURIComponent(key)}`

/** What strategies are measured on: a network, or a layer alone. */
export interface Measured {
  readonly gpu: Gpu
  readonly spec: NetworkSpec
  unroll(options: UnrollOptions): Promise<Unrolled>
}

/** The fastest strategy for batches of `batch` rows of `steps` steps: of a training step, or of a forward run. The first time it is
 * measured, which takes half a second or as long as a few steps do, and compiling the kernels of each plan. */
export function fastestStrategy(network: Measured, { steps, batch, train }: Pick<UnrollOptions, 'steps' | 'batch' | 'train'>): Promise<StrategyName> {
  const { gpu, spec } = network
  // A few steps or many: what matters is whether one dispatch could have been many.
  const key = JSON.stringify([gpu.adapterName, gpu.isSoftware, gpu.subgroups, completeSpec(spec), batch, Math.min(steps, timedSteps), train])
  const known = remembered.get(key)
  if (known) return known
  // What was kept is of all kernels, so they come first.
  const strategy = loadKernels(gpu.tuning.strategy.name)
    .then(() => recalled(key))
    .then((kept) => kept ?? measure(network, { steps: Math.min(steps, timedSteps), batch, train }))
  remembered.set(key, strategy)
  strategy.then(
    (name) => keep(key, name),
    () => remembered.delete(key),
  )
  return strategy
}

/** What was measured of these kernels in an earlier visit. */
async function recalled(key: string): Promise<StrategyName | undefined> {
  try {
    const answer = await (await shelf()).match(placeOf(key))
    const [name, kernels] = ((await answer?.text()) ?? '').split(' ')
    return kernels === kernelsDigest() ? strategyNames.find((strategy) => strategy === name) : undefined
  } catch {
    return undefined
  }
}

async function keep(key: string, name: StrategyName): Promise<void> {
  try {
    await (await shelf()).put(placeOf(key), new Response(`${name} ${kernelsDigest()}`))
  } catch {
    // It will be measured again next time.
  }
}

async function measure(network: Measured, { steps, batch, train }: Pick<UnrollOptions, 'steps' | 'batch' | 'train'>): Promise<StrategyName> {
  const { gpu } = network
  // Of its own, so that nothing of it is left in the states that training begins with.
  const unrolled = await network.unroll({ steps, batch, train, dropout: train })
  const { cores, strategy } = gpu.tuning
  const candidates = implementationOf(strategy).strategiesFor({ batch, layers: unrolled.layers, cores })
  try {
    if (candidates.length === 1) return candidates[0]!
    const plans = candidates.map((name) =>
      unrolled.plan(
        `timing ${name}`,
        (plan) => {
          if (train) unrolled.clearGradients(plan)
          unrolled.forward(plan)
          if (train) unrolled.head?.loss(plan, true)
          if (train) unrolled.backward(plan)
        },
        name,
      ),
    )
    // All at once, so that their kernels compile side by side. A strategy whose kernels an adapter refuses is none of its.
    const made = await Promise.allSettled(plans.map((plan) => prepare(gpu, plan)))
    const programs = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (programs.length === 0) throw (made[0] as PromiseRejectedResult).reason
    try {
      const timed = programs.map((program): Timed => ({ program, runs: 1, ms: Infinity, lost: false }))
      // In turns: whatever else the machine does comes and goes, and would fall on one of them.
      for (let round = 0; round < rounds; round++) for (const one of timed) if (!one.lost) await time(gpu, one, round, Math.min(...timed.map(({ ms }) => ms)))
      return timed.reduce((best, one) => (one.ms < faster * best.ms ? one : best)).program.plan.tuning.strategy.name
    } finally {
      for (const program of programs) program.destroy()
    }
  } finally {
    unrolled.destroy()
  }
}

interface Timed {
  readonly program: Program
  /** Runs a submit. */
  runs: number
  /** Milliseconds of a run, at its best. */
  ms: number
  /** Whether it is so slow that it need not be timed again. */
  lost: boolean
}

/** Times a submit, of as many runs as it takes to see a difference; `best`: milliseconds of the best strategy so far. */
async function time(gpu: Gpu, one: Timed, round: number, best: number): Promise<void> {
  for (;;) {
    const begin = performance.now()
    const encoder = gpu.device.createCommandEncoder({ label: one.program.plan.name })
    for (let run = 0; run < one.runs; run++) one.program.encode(encoder)
    gpu.device.queue.submit([encoder.finish()])
    await gpu.whenDone(gpu.device.queue.onSubmittedWorkDone())
    const ms = performance.now() - begin
    gpu.checkAlive()
    if (ms < seen && one.runs < mostRuns) {
      one.runs *= 4
      continue
    }
    one.lost = ms / one.runs > slower * best
    // The first run of all warms up, unless it has already lost.
    if (round > 0 || one.runs > 1 || one.lost) one.ms = Math.min(one.ms, ms / one.runs)
    return
  }
}
