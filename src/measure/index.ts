// Measuring a GPU: how fast it trains, runs and writes by each strategy. What measures comes in a chunk of its own, loaded when it is asked
// for.
import { checkNumber, checkOptions, show, SluiceError, type Known } from '../errors'
import { checkDevice } from '../gpu/adopt'
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import { checkRun } from '../verify/options'
import type { Peer } from './peer'
import type { GpuMeasurement } from './report'
import type { MeasureProgress } from './measure'

export { formatMeasurement, type GpuMeasurement, type MeasuredRow, type WorkMeasurement } from './report'
export type { MeasureProgress } from './measure'
export type { Job as PeerJob, Outcome as PeerOutcome, Peer, Task as PeerTask } from './peer'
export type { Probe, ProductResult } from './rows'
export type { Kind as WorkKind, Work } from './works'

/** What to measure, and for how long. */
export interface MeasureOptions {
  /** The strategies to measure; those that the adapter is offered unless given. */
  readonly strategies?: readonly StrategyName[]
  /** Seconds after which nothing new begins; what was not measured by then says so. Default: 60 on hardware and 300 on a software adapter,
   * three times as many beside other engines. */
  readonly seconds?: number
  /** Other engines to measure beside Sluice, by name: from the same weights, and only as long as their results agree with Sluice's. */
  readonly peers?: Readonly<Record<string, Peer>>
  /** Is told what is being measured. */
  readonly onProgress?: (progress: MeasureProgress) => void
  /** Ends it before the next turn, and it rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

const names = { strategies: true, seconds: true, peers: true, onProgress: true, signal: true } satisfies Known<MeasureOptions>

/** Measures a device: a training step, a forward run and sampling by each strategy, of the shapes of the project's benchmark, and what the
 * adapter can do at best (the probe). It takes about a minute on hardware. A software adapter gets the smaller shapes alone. Nothing else
 * should run meanwhile.
 * @throws SluiceError `bad-value` for a wrong option, `device-lost`; and the reason of the signal. */
export async function measureGpu(gpu: Gpu, options: MeasureOptions = {}): Promise<GpuMeasurement> {
  if (gpu === undefined) throw new SluiceError('bad-value', 'gpu is missing, expected what openDevice() gives')
  checkDevice(gpu)
  const { seconds, peers, onProgress, signal, ...given } = checkOptions('options', options, '{ seconds: 60 }', names)
  const strategies = checkRun(given.strategies, onProgress, signal)
  if (seconds !== undefined) checkNumber('seconds', seconds, { above: 0 })
  const others = peers === undefined ? [] : checkPeers(peers)
  const [{ offeredStrategies }, { measureDevice }] = await Promise.all([import('../verify/device'), import('./measure')])
  return measureDevice(gpu, { strategies: strategies ?? offeredStrategies(gpu), seconds, peers: others, onProgress, signal })
}

/** @throws SluiceError `bad-value` for what is no record of peers. */
function checkPeers(peers: Readonly<Record<string, Peer>>): (readonly [string, Peer])[] {
  const refuse = (what: string, value: unknown) =>
    new SluiceError('bad-value', `${what} is ${show(value)}, expected { title, open, start }, as test/bench/peers has them`)
  try {
    const tag = Object.prototype.toString.call(peers)
    if (!/Object|Module/.test(tag) || peers === null) throw refuse('peers', peers)
    return Object.entries(peers).map(([name, peer]) => {
      if (typeof peer?.title !== 'string' || typeof peer.open !== 'function' || typeof peer.start !== 'function') throw refuse(`peers.${name}`, peer)
      return [name, peer] as const
    })
  } catch (error) {
    throw error instanceof SluiceError ? error : refuse('peers', peers) // a proxy that throws
  }
}
