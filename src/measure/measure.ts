// The measurement of a device, work by work: the strategies take turns, and other engines with them.
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import { loadKernels } from '../strategies'
import { factsOf } from '../verify/device'
import type { Peer } from './peer'
import { probeAdapter } from './probe/probe'
import type { GpuMeasurement, MeasuredRow, WorkMeasurement } from './report'
import type { Probe, Row } from './rows'
import { sluicePeer, weightsOf } from './sluice'
import { measure, noTime } from './turns'
import { data, flops, idOf, shorter, titleOf, works, writing, type Kind, type Work } from './works'

/** How far a measurement is. */
export interface MeasureProgress {
  /** Parts done, and how many there are: the probe, and two for each row (prepared, measured). */
  readonly done: number
  readonly of: number
  /** What is done now: `train LSTM B32 T32 V64 H128`, or `probe`. */
  readonly doing: string
}

export interface MeasureRun {
  readonly strategies: readonly StrategyName[]
  readonly seconds: number | undefined
  readonly peers: readonly (readonly [string, Peer])[]
  readonly onProgress: ((progress: MeasureProgress) => void) | undefined
  readonly signal: AbortSignal | undefined
  /** The works to measure; by the kind of the adapter unless given. */
  readonly tasks?: readonly Planned[]
  /** Whether the adapter is probed first. Default true. */
  readonly probe?: boolean
}

export interface Planned {
  readonly kind: Kind
  readonly work: Work
}

/** What is measured on an adapter, the most telling first: time may be up before all is. */
export function tasksFor({ isSoftware }: Pick<Gpu, 'isSoftware'>): Planned[] {
  const [first, ...rest] = isSoftware ? shorter : [...shorter, ...works.filter((work) => !shorter.includes(work))]
  const both = (work: Work) => (['train', 'forward'] as const).map((kind) => ({ kind, work }))
  return [...both(first!), ...writing.map((work) => ({ kind: 'generate' as const, work })), ...rest.flatMap(both)]
}

/** Repetitions, and milliseconds that one strategy may take for those of a work; a rest between two turns. */
const effort = (isSoftware: boolean) => (isSoftware ? { runs: 3, budget: 1500, rest: 50 } : { runs: 3, budget: 300, rest: 10 })

export async function measureDevice(gpu: Gpu, run: MeasureRun): Promise<GpuMeasurement> {
  const { strategies, peers, onProgress, signal, tasks = tasksFor(gpu), probe: probes = true } = run
  const { seconds = (gpu.isSoftware ? 300 : 60) * (peers.length > 0 ? 3 : 1) } = run
  const begin = performance.now()
  const until = begin + seconds * 1000
  signal?.throwIfAborted()
  gpu.checkAlive()
  await loadKernels('resident-16') // and with them all kernels there are, so that the digest of the report is of all of them
  const perWork = strategies.length + peers.length
  const of = 1 + 2 * perWork * tasks.length
  let [done, doing] = [0, 'probe']
  const tell = () => onProgress?.({ done, of, doing })
  tell()
  const probe = probes ? await probed(gpu, signal) : null
  const measured: WorkMeasurement[] = []
  const { runs, budget, rest } = effort(gpu.isSoftware)
  for (const [i, { kind, work }] of tasks.entries()) {
    done = 1 + 2 * perWork * i
    doing = `${kind} ${titleOf(work)}`
    tell()
    const all = new Map([...strategies.map((name) => [name, sluicePeer(gpu, name)] as const), ...peers])
    const rows = await turns(gpu, all, { signal, until }, async (left) =>
      measure({ kind, work, weights: await weightsOf(gpu, work), ...data(work) }, left, {
        runs,
        budget,
        signal,
        until,
        settle: () => new Promise((resolve) => setTimeout(resolve, rest)),
        onPeer: () => {
          done++
          tell()
        },
      }),
    )
    gpu.checkAlive()
    const one = (name: string, engine: string, strategy: StrategyName | null) => rowOf(rows[name]!, engine, strategy)
    measured.push({
      kind,
      id: idOf(work),
      title: titleOf(work),
      flops: flops(kind, work),
      length: work.T,
      rows: [...strategies.map((name) => one(name, 'sluice', name)), ...peers.map(([name]) => one(name, name, null))],
    })
  }
  return {
    version: 1,
    ...factsOf(gpu, strategies),
    peers: Object.fromEntries(peers.map(([name, { title }]) => [name, title])),
    isShort: gpu.isSoftware,
    seconds,
    probe,
    works: measured,
    ms: performance.now() - begin,
  }
}

async function probed(gpu: Gpu, signal: AbortSignal | undefined): Promise<Probe> {
  try {
    const { probe } = await probeAdapter(gpu, { say: () => signal?.throwIfAborted(), isBrief: true })
    return probe
  } finally {
    gpu.checkAlive() // rather that than whatever comes of a lost device
  }
}

/** Measures all; where the first fails, on which the others are checked, the rest without it. */
async function turns(
  gpu: Gpu,
  peers: ReadonlyMap<string, Peer>,
  { signal, until }: { readonly signal: AbortSignal | undefined; readonly until: number },
  work: (peers: ReadonlyMap<string, Peer>) => Promise<Record<string, Row>>,
): Promise<Record<string, Row>> {
  const left = new Map(peers)
  const failed: Record<string, Row> = {}
  while (left.size > 0)
    try {
      signal?.throwIfAborted()
      if (performance.now() > until) return { ...failed, ...Object.fromEntries([...left.keys()].map((name) => [name, noTime])) }
      return { ...failed, ...(await work(left)) }
    } catch (error) {
      signal?.throwIfAborted()
      gpu.checkAlive()
      const [first] = left.keys()
      failed[first!] = { status: 'failed', why: error instanceof Error ? error.message.split('\n')[0]! : String(error) }
      left.delete(first!)
    }
  return failed
}

function rowOf(row: Row, engine: string, strategy: StrategyName | null): MeasuredRow {
  if (row.status !== 'measured') return { engine, strategy, status: row.status, why: row.why }
  const { median, min, max, runs, first } = row
  return { engine, strategy, status: 'measured', ms: median, min, max, runs, first }
}
