// How long a plan would take on a device that is not here: of each dispatch the slowest of what it has to do, after a launch.
import type { Plan } from '../../../src/gpu/plan'
import { account, type Account } from './account'
import { guesses, type Device } from './devices'

/** Seconds that a dispatch takes for each reason; it takes as long as the longest, and the launch. */
export interface Times {
  readonly launch: number
  /** As many lanes as there are invocations for, in turns of what the cores hold. */
  readonly arithmetic: number
  readonly l1: number
  readonly l2: number
  readonly dram: number
  /** Loads of one invocation that wait for each other, and barriers. */
  readonly waiting: number
}

/** `resident`: bytes that stay in the L2 cache from one dispatch to the next, if it holds them. */
export function times(device: Device, one: Account, resident: number): Times {
  const { cores, lanes, clock, wave } = device
  // As many workgroups run at a time as there are cores, more of them a core while they are small.
  const busy = Math.min(one.workgroups, cores)
  const waves = Math.ceil(one.width / wave)
  const perCore = Math.min(lanes / wave, waves * Math.ceil(one.workgroups / cores))
  const most = Math.ceil(one.workgroups / cores) / (one.workgroups / cores) // the last turn is not full
  const uneven = one.workgroups > cores ? Math.min(most, 2) : 1
  const rate = busy * perCore * wave * 2 * clock * guesses.issue
  return {
    launch: device.dispatch,
    arithmetic: ((one.flops + one.others) / rate) * uneven,
    l1: (one.l1 / (busy * device.l1PerCycle * clock)) * uneven,
    l2: Math.max(one.l2 / device.l2, (one.l2 / (busy * device.l2PerCycle * clock)) * uneven),
    dram: resident <= device.cached ? 0 : one.unique / device.dram,
    waiting: (one.rounds * device.l2Latency) / guesses.underWay + one.barriers * device.barrier,
  }
}

export const slowest = ({ launch, ...rest }: Times): number => launch + Math.max(...Object.values(rest))

export interface Prediction {
  readonly seconds: number
  readonly dispatches: number
  readonly flops: number
  readonly unique: number
  /** Seconds by what held a dispatch up most, launches apart. */
  readonly by: Readonly<Record<keyof Times, number>>
}

const none: Record<keyof Times, number> = { launch: 0, arithmetic: 0, l1: 0, l2: 0, dram: 0, waiting: 0 }

export function predict(device: Device, plan: Plan): Prediction {
  const by = { ...none }
  const known = new Map<string, Account>()
  let [flops, unique, dispatches] = [0, 0, 0]
  // What a plan touches over and over: if the cache holds it all, DRAM is read once, and that is little.
  const buffers = new Map<unknown, number>()
  for (const command of plan.commands) {
    const views = command.kind === 'dispatch' ? Object.values(command.bindings) : []
    for (const { buffer } of views) buffers.set(buffer, buffer.size)
  }
  const resident = [...buffers.values()].reduce((a, b) => a + b, 0)
  for (const command of plan.commands) {
    by.launch += device.dispatch
    if (command.kind !== 'dispatch') continue
    dispatches++
    // The steps of a layer are alike.
    const { kernel, constants, workgroups, size } = command
    const key = JSON.stringify([kernel, constants, workgroups, { ...size, s: 0 }])
    const one = known.get(key) ?? account(command)
    known.set(key, one)
    flops += one.flops
    unique += one.unique
    const all = Object.entries({ ...times(device, one, resident), launch: 0 }) as [keyof Times, number][]
    const [reason, longest] = all.reduce((a, b) => (b[1] > a[1] ? b : a))
    by[reason] += longest
  }
  return { seconds: Object.values(by).reduce((a, b) => a + b, 0), dispatches, flops, unique, by }
}

/** Seconds that no plan can do without: all lanes at work. */
export const roof = ({ cores, lanes, clock }: Device, flops: number): number => flops / (cores * lanes * 2 * clock)
