// One work on all peers, alternating: a step of each in turn, so that whatever else the machine does falls on all alike.
import { NotOffered, type Job, type Outcome, type Peer, type Task } from './peer'
import type { ProductRates, Row } from './rows'
import { median, repetitions, summarise } from './statistics'

/** What a peer asks of WebGPU. */
export interface Counts {
  dispatches: number
  submits: number
  /** Bytes living on the GPU. */
  bytes: number
  /** The most that ever lived at a time. */
  peak: number
}

export const noCounts = (): Counts => ({ dispatches: 0, submits: 0, bytes: 0, peak: 0 })

export interface TurnOptions {
  readonly runs: number
  /** Milliseconds. */
  readonly budget: number
  /** Does work, and charges what it asks of WebGPU to the counts; nothing is counted unless given. */
  readonly charge?: <Result>(counts: Counts, work: () => Promise<Result> | Result) => Promise<Result>
  /** Told when a peer has been prepared, and when its row is there. */
  readonly onPeer?: (name: string) => void
  /** Ends it before the next turn: all jobs are closed, and it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** No peer is prepared and no turn begins after this time of `now`. */
  readonly until?: number
  readonly say?: (line: string) => void
  readonly now?: () => number
  /** Waits between two turns until the machine is at rest. */
  readonly settle?: () => Promise<void>
  /** What the adapter's best products reach now; asked after each turn of the reference. */
  readonly rates?: (() => Promise<ProductRates>) | undefined
}

/** What the one before leaves behind, such as garbage that other threads collect, is not to be charged to who comes next: a
 * step of Sluice took 78 ms on two cores right after TensorFlow.js, and 52 with a pause between them. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 250))

/** What takes less than so many milliseconds is timed in a row: after a pause a step takes longer than in a training, where it
 * follows another (52 ms in place of 45). */
const brief = 1000
/** How many, so that when a result happens to be noticed counts for little. */
const inARow = 4

/** What is wrong with an outcome, where the reference, Sluice's of the same step, is right; or undefined. Rounding and
 * what Adam makes of it differ between engines; a wrong cell, order of gates or gradient is farther off. */
export function whatIsWrong(outcome: Outcome, reference: Outcome, { step, V }: { step: number; V: number }): string | undefined {
  if (typeof outcome === 'number' && typeof reference === 'number') {
    const tolerance = step === 0 ? 1e-4 : 2e-3
    if (step === 0 && !(Math.abs(outcome / Math.log(V) - 1) < 0.1)) return `the first loss is ${outcome}, expected about ln V = ${Math.log(V).toFixed(3)}`
    if (!(Math.abs(outcome - reference) <= tolerance * reference)) return `the loss of step ${step} is ${outcome}, expected ${reference}`
    return undefined
  }
  if (outcome instanceof Uint32Array && reference instanceof Uint32Array) {
    // Two characters may be as likely as each other but for rounding, and from there on the texts differ.
    const differs = reference.findIndex((id, i) => id !== outcome[i])
    return differs < 0 || differs >= 16 ? undefined : `character ${differs} written is ${outcome[differs]}, expected ${reference[differs]}`
  }
  const [a, b] = [outcome as Float32Array, reference as Float32Array]
  if (a.length !== b.length) return `${a.length} logits came, expected ${b.length}`
  const scale = b.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
  const worst = b.reduce((most, v, i) => Math.max(most, Math.abs(v - a[i]!) || (a[i] === v ? 0 : Infinity)), 0)
  return worst <= 1e-3 * scale ? undefined : `the logits differ by ${worst.toPrecision(3)}, of at most ${scale.toPrecision(3)}`
}

interface Steps {
  /** Of one step. */
  readonly ms: number
  readonly outcomes: readonly Outcome[]
}

/** Steps in a row, `timed` of them after one that is not. A job that can is asked for the next before the last has come back,
 * the last timed included. */
export async function stepsInARow(job: Job, timed: number, now = () => performance.now()): Promise<Steps> {
  const underWay = job.ahead ? 2 : 1
  const count = timed + underWay
  const pending: Promise<Outcome>[] = []
  const outcomes: Outcome[] = []
  let [asked, begin, end] = [0, 0, 0]
  try {
    while (outcomes.length < count) {
      for (; asked < count && pending.length < underWay; asked++) pending.push(job.step())
      outcomes.push(await pending.shift()!)
      if (outcomes.length === 1) begin = now()
      if (outcomes.length === 1 + timed) end = now()
    }
  } finally {
    await Promise.allSettled(pending)
    await job.rest?.()
  }
  return { ms: (end - begin) / timed, outcomes }
}

/** One step by itself, with all that goes on after it. */
async function stepAlone(job: Job, now: () => number): Promise<Steps> {
  const begin = now()
  const outcome = await job.step()
  await job.rest?.()
  return { ms: now() - begin, outcomes: [outcome] }
}

interface Running {
  readonly name: string
  readonly job: Job
  readonly counts: Counts
  readonly outcomes: Outcome[]
  readonly times: number[]
  first: number
  latest: number
  /** Repetitions to come; known after the first that was timed. */
  left: number
  perStep: { dispatches: number; submits: number }
}

/** Measures `task` on all peers. The first is the reference: what the others give must be what it gives, step by step,
 * beginning before anything is timed. */
export async function measure(
  task: Task,
  peers: ReadonlyMap<string, Peer>,
  {
    runs,
    budget,
    say = () => {},
    now = () => performance.now(),
    settle = pause,
    rates,
    charge = async (_, work) => work(),
    onPeer = () => {},
    signal,
    until = Infinity,
  }: TurnOptions,
): Promise<Record<string, Row>> {
  const { V } = task.work
  const rows: Record<string, Row> = {}
  const running: Running[] = []
  const reached: ProductRates[] = []
  let reference: Running | undefined

  /** Makes steps and compares what they gave; where the reference is not as far, it goes on. */
  const make = async (r: Running, steps: () => Promise<Steps>): Promise<number> => {
    const before = { ...r.counts }
    const { ms, outcomes } = await charge(r.counts, steps)
    r.latest = ms
    const perStep = (count: 'dispatches' | 'submits') => Math.round((r.counts[count] - before[count]) / outcomes.length)
    r.perStep = { dispatches: perStep('dispatches'), submits: perStep('submits') }
    for (const outcome of outcomes) {
      r.outcomes.push(outcome)
      const step = r.outcomes.length - 1
      if (reference && step >= reference.outcomes.length) await make(reference, () => stepAlone(reference!.job, now))
      const wrong = whatIsWrong(outcome, (reference ?? r).outcomes[step]!, { step, V })
      if (wrong) throw new WrongOutcome(wrong)
    }
    return ms
  }
  const alone = (r: Running) => make(r, () => stepAlone(r.job, now))
  /** How many steps of a turn are timed. */
  const inTurn = ({ latest }: Running): number => (latest < brief ? inARow : 1)
  /** Milliseconds of a step after a rest. */
  const turn = async (r: Running, timed: number): Promise<number> => {
    await settle()
    signal?.throwIfAborted()
    return timed > 1 ? make(r, () => stepsInARow(r.job, timed, now)) : alone(r)
  }
  const end = async (r: Running, row?: Row): Promise<void> => {
    rows[r.name] = row ?? rowOf(r, task)
    if (running.includes(r)) running.splice(running.indexOf(r), 1)
    onPeer(r.name)
    await charge(r.counts, async () => r.job.destroy())
  }

  try {
    for (const [name, peer] of peers) {
      if (reference && now() > until) {
        rows[name] = noTime
        continue
      }
      signal?.throwIfAborted()
      const counts = noCounts()
      let r: Running | undefined
      try {
        const job = await charge(counts, async () => {
          await peer.open()
          return peer.start(task)
        })
        r = { name, job, counts, outcomes: [], times: [], first: 0, latest: 0, left: 0, perStep: { dispatches: 0, submits: 0 } }
        await settle()
        r.first = await alone(r)
        // A step this slow is warm after one: the next is already one that counts.
        const again = r.first > 5000 ? undefined : await alone(r)
        say(`  ${name}: first ${r.first.toFixed(0)} ms${again === undefined ? '' : `, then ${again.toFixed(1)} ms`}`)
        running.push(r)
        reference ??= r
        onPeer(name)
      } catch (error) {
        const row = failure(error)
        say(`  ${name}: ${row.status}: ${'why' in row ? row.why : ''}`)
        if (r) await end(r, row).catch(() => {})
        rows[name] = row
        if (!reference) throw error
      }
    }
    while (running.length > 0) {
      for (const r of [...running]) {
        try {
          if (now() > until) {
            await end(r, r.times.length > 0 ? undefined : noTime)
            continue
          }
          const timed = inTurn(r)
          r.times.push(await turn(r, timed))
          if (rates && r === reference) {
            await settle()
            reached.push(await rates())
          }
          if (r.times.length === 1) r.left = repetitions(r.times[0]! * timed, runs, budget)
          // The reference goes on as long as the others need it.
          if (--r.left <= 0 && r !== reference) await end(r)
        } catch (error) {
          signal?.throwIfAborted()
          const row = failure(error)
          say(`  ${r.name}: ${row.status}: ${'why' in row ? row.why : ''}`)
          await end(r, row).catch(() => {})
        }
      }
      const [last, ...others] = running
      if (last && others.length === 0 && last.left <= 0) await end(last)
    }
  } finally {
    for (const { job } of running) await job.destroy()
  }
  const [first] = peers.keys()
  const referenceRow = rows[first!]!
  const beside = referenceRow.status === 'measured' ? { beside: referenceRow.median } : {}
  if (referenceRow.status === 'measured' && reached.length > 0)
    rows[first!] = { ...referenceRow, productRates: { best: median(reached.map(({ best }) => best)), tiles: median(reached.map(({ tiles }) => tiles)) } }
  return Object.fromEntries([...peers.keys()].map((name) => [name, rows[name]!.status === 'measured' ? { ...rows[name]!, ...beside } : rows[name]!]))
}

class WrongOutcome extends Error {}

export const noTime: Row = { status: 'no time', why: 'the time was up' }

function failure(error: unknown): Row {
  const why = error instanceof Error ? error.message.split('\n')[0]!.slice(0, 300) : String(error)
  return { status: error instanceof NotOffered ? 'not offered' : error instanceof WrongOutcome ? 'wrong' : 'failed', why }
}

function rowOf({ job, times, first, counts, perStep, outcomes }: Running, { kind }: Task): Row {
  const usesGpu = perStep.dispatches > 0
  return {
    status: 'measured',
    ...summarise(times),
    first,
    ...perStep,
    bytes: usesGpu ? counts.peak : null,
    ...(job.strategy !== undefined && { strategy: job.strategy }),
    ...(kind === 'train' && { losses: (outcomes as number[]).slice(0, 5) }),
  }
}
