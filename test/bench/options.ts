// What can be asked of `npm run bench`, and how it is said: name=value, or a word alone for a switch.
import type { StrategyName } from 'sluice'
import { grammar, idOf, kinds, larger, workOf, works, writing, type Kind } from '../../src/measure/works'

export const peerNames = ['sluice', 'jax-webgpu', 'jax-wasm', 'tfjs-webgpu', 'tfjs-webgl', 'tfjs-wasm', 'onnx-webgpu', 'onnx-wasm'] as const

/** Those that run under Dawn in Node; the others need a browser. */
const inNode: readonly PeerName[] = ['sluice', 'tfjs-webgpu']

/** Those of Sluice, which Node cannot ask: a test compares them. */
const strategyNames = [
  'resident-16',
  'resident-8',
  'resident-4',
  'per-step-16',
  'per-step-8',
  'per-step-4',
  'fused-4',
  'fused-2',
  'fused-1',
  'tile-16',
  'tile-8',
  'tile-4',
] as const satisfies readonly StrategyName[]

/** Sluice's training by a plan of that name, beside the one that Sluice chooses: a peer of its own, measured where it is
 * asked for. */
const strategyPeers = strategyNames.map((strategy) => `sluice-${strategy}` as const)
const withRecompute = <Name extends string>(name: Name) => [name, `${name}-recompute` as const] as const

/** Sluice in every form: as it is by default, by plan, and each with the gates made again on the way back. */
export const sluiceNames = (['sluice', ...strategyPeers] as const).flatMap(withRecompute)
export type PeerName = (typeof peerNames)[number] | (typeof sluiceNames)[number]

export const isSluice = (name: string): boolean => (sluiceNames as readonly string[]).includes(name)

export interface Options {
  readonly peers: readonly PeerName[]
  /** Names of works, on the lists of works.ts or not. */
  readonly works: readonly string[]
  readonly kinds: readonly Kind[]
  /** Repetitions wanted; slow peers get fewer. */
  readonly runs: number
  /** Most milliseconds that one peer may spend on repetitions of one work. */
  readonly budget: number
  /** Whether the adapter is probed, and whether anything else is done. */
  readonly probe: boolean
  readonly only: 'bench' | 'probe' | 'growth' | 'profile'
  /** Result file to add to, in place of a new one. */
  readonly into: string | undefined
  /** Result files to take rows from, such as pytorch.py's. */
  readonly merge: readonly string[]
  /** Result file to show again; nothing is measured. */
  readonly show: string | undefined
  /** Whether the README is to show the results. */
  readonly readme: boolean
}

export const help = `npm run bench -- [quick | larger] [growth | probe | profile] [recompute] [noprobe] [name=value …]
  peers=sluice,jax     peers whose name contains one of these: ${peerNames.join(', ')};
                       or, beside the plan that Sluice chooses, its training by: ${strategyPeers.join(', ')}
  works=lstm,h512      works whose name contains one of these: ${[...works, ...writing].map(idOf).join(', ')};
                       or a shape of your own: ${grammar}
  kinds=train,forward  of: ${kinds.join(', ')}
  runs=11              repetitions (slow peers get fewer)
  budget=5000          most milliseconds for the repetitions of one peer on one work
  into=FILE            add to this result file
  merge=FILE,…         take rows from these, such as the output of test/bench/pytorch.py
  show=FILE            print and draw a result file again, with what merge= adds to it, without measuring
  readme               write the results into docs/performance.md, the front pages and test/bench/results (else into dist/bench-results)
  quick                3 runs of the LSTM with 128 units and of writing
  larger               also: ${larger.map(idOf).join(', ')}
  recompute            Sluice's training, by each plan asked for, with recompute too
  growth               how the cost of a step grows with T, B, H and L, each doubled four times
  profile              what each kernel of Sluice's training steps takes, as the GPU tells (peers, works and runs may say of what)
  probe                the adapter alone; noprobe: without it (the file of into= keeps the probe it has)`

/** @param where the bench runs
 * @throws Error with what came and what is possible. */
export function parse(args: readonly string[], where: 'browser' | 'node' = 'browser'): Options {
  const given = new Map<string, string>()
  for (const arg of args) {
    const [name, ...value] = arg.split('=')
    given.set(name!, value.join('='))
  }
  const list = (name: string): string[] => (given.get(name) ?? '').split(',').filter((word) => word !== '')
  const number = (name: string, otherwise: number): number => {
    if (!given.has(name)) return otherwise
    const value = Number(given.get(name))
    if (!Number.isFinite(value) || value < 1) throw new Error(`${name} is ${given.get(name)}, expected a number of at least 1`)
    return value
  }
  const known = [
    'peers',
    'works',
    'kinds',
    'runs',
    'budget',
    'into',
    'merge',
    'show',
    'readme',
    'quick',
    'larger',
    'recompute',
    'growth',
    'probe',
    'profile',
    'noprobe',
  ]
  for (const name of given.keys()) {
    if (!known.includes(name)) throw new Error(`The argument ${name} was not understood.\n${help}`)
    if (where === 'node' && ['show', 'readme'].includes(name))
      throw new Error(
        `${name} is not for the bench in Node. Show what it measured with: npm run bench -- show=FILE, and readme after it to write it into the README`,
      )
  }
  // A whole name is that one alone, though it may be a part of another's.
  const choose = <Name extends string>(
    what: string,
    usual: readonly Name[],
    { more = [], or = '' }: { more?: readonly Name[]; or?: string } = {},
  ): readonly Name[] => {
    const wanted = list(what)
    const all = [...new Set([...usual, ...more])]
    const fits = (word: string, name: Name) => ((all as string[]).includes(word) ? name === word : name.includes(word))
    const unknown = wanted.find((word) => !all.some((name) => fits(word, name)))
    if (unknown !== undefined) throw new Error(`${what} has ${unknown}, expected a part of: ${all.join(', ')}${or}`)
    return wanted.length === 0 ? usual : all.filter((name) => wanted.some((word) => fits(word, name)))
  }
  const quick = given.has('quick')
  if (quick && !given.has('works')) given.set('works', 'lstm-b32-t32,lstm-b1-')
  const peers = choose<PeerName>('peers', where === 'node' ? inNode : peerNames, {
    more: strategyPeers,
    or: where === 'node' ? '; the other peers need a browser' : '',
  })
  // Sluice is what all others are compared with.
  const asked: readonly PeerName[] = ['sluice', ...peers.filter((name) => name !== 'sluice')]
  return {
    peers: given.has('recompute') ? asked.flatMap((name) => (isSluice(name) ? (withRecompute(name) as readonly PeerName[]) : name)) : asked,
    works: choose('works', [...works, ...(given.has('larger') ? larger : []), ...writing].map(idOf), {
      more: list('works').filter(workOf),
      or: `; or a shape of your own: ${grammar}`,
    }),
    kinds: choose('kinds', kinds),
    runs: number('runs', quick ? 3 : 11),
    budget: number('budget', quick ? 1500 : 5000),
    probe: !given.has('noprobe'),
    only: given.has('growth') ? 'growth' : given.has('probe') ? 'probe' : given.has('profile') ? 'profile' : 'bench',
    into: given.get('into') || undefined,
    merge: list('merge'),
    show: given.get('show') || undefined,
    readme: given.has('readme'),
  }
}
