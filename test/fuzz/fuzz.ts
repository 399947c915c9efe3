// Mutated files and bad calls, drawn from a seed: each must be read, or refused by a SluiceError, in bounded time.
import { BlankModel, Corpus, decodeText, Network, readSafetensors, SeriesModel, SluiceError, TextModel, Vocabulary } from 'sluice'
import { Random } from '../../src/random'
import type { Bench } from '../doors/table'
import { cases, wrongly } from '../doors/walk'
import { mutate, mutateJson, type Mutation } from './mutate'

export interface Counts {
  /** Cases by what came of them. */
  read: number
  refused: number
  /** Each with the seed and number that make it again. */
  readonly untyped: string[]
  /** Those that took longer than they may. */
  readonly slow: string[]
}

/** A file of some kilobytes is read within a few milliseconds, on a busy machine too. */
const patience = 2000

/** What is mutated, and who reads it. */
function kinds(on: Bench): { readonly name: string; readonly make: (random: Random) => Mutation; readonly read: (made: never) => unknown }[] {
  const json = JSON.stringify(on.vocabulary)
  const { device } = on
  const free = async (made: Promise<{ destroy(): void }>) => (await made).destroy()
  const resume = async (bytes: Uint8Array) => {
    const loop = on.textModel.train(on.corpus, { batch: 2, steps: 3, epochs: 1, resume: bytes })
    await loop.next()
    await loop.return()
  }
  return [
    {
      name: 'safetensors',
      make: (random) => mutate(on.file, random),
      read: (bytes: Uint8Array) => [...readSafetensors(bytes).tensors.values()].forEach(({ dtype, values }) => dtype && values),
    },
    { name: 'network', make: (random) => mutate(on.training, random), read: (bytes: Uint8Array) => free(Network.load(bytes, { device })) },
    { name: 'text model', make: (random) => mutate(on.textFile, random), read: (bytes: Uint8Array) => free(TextModel.load(bytes, { device })) },
    { name: 'blank model', make: (random) => mutate(on.blankFile, random), read: (bytes: Uint8Array) => free(BlankModel.load(bytes, { device })) },
    { name: 'series model', make: (random) => mutate(on.seriesFile, random), read: (bytes: Uint8Array) => free(SeriesModel.load(bytes, { device })) },
    { name: 'trainer', make: (random) => mutate(on.training, random), read: (bytes: Uint8Array) => on.trainer.resume(bytes) },
    { name: 'training', make: (random) => mutate(on.resume, random), read: resume },
    { name: 'vocabulary', make: (random) => mutateJson(json, random), read: (text: string) => Vocabulary.fromJSON(JSON.parse(text)) },
    {
      name: 'text',
      make: (random) => mutate(new TextEncoder().encode('the cat 😀 é'), random),
      read: (bytes: Uint8Array) => Corpus.fromText(decodeText(bytes)),
    },
  ]
}

export async function fuzzFiles(on: Bench, seed: number, count: number): Promise<Record<string, Counts>> {
  const all = kinds(on)
  const counts = Object.fromEntries(all.map(({ name }) => [name, noCounts()]))
  for (let n = 0; n < count; n++) {
    const { name, make, read } = all[n % all.length]!
    const { made, how } = make(new Random(seed, n))
    await tell(counts[name]!, `${name}, seed ${seed}, number ${n} (${how})`, () => read(made as never))
  }
  return counts
}

/** Cases of the walk, drawn, and two values wrong at a time. */
export async function fuzzCalls(on: Bench, seed: number, count: number): Promise<Counts> {
  const random = new Random(seed, 0xca11)
  const all = cases()
  const counts = noCounts()
  for (let n = 0; n < count; n++) {
    const one = all[random.integer(all.length)]!
    const others = all.filter(({ door }) => door === one.door)
    const drawn = others[random.integer(others.length)]!
    // An option of what is itself wrong would be put into it by the test.
    const isInside = drawn.place.startsWith(one.place) || one.place.startsWith(drawn.place)
    const other = isInside ? one : drawn
    await tell(counts, `${one.door} ${one.place}: ${one.value}, ${other.place}: ${other.value}`, async () => {
      const outcome = await wrongly(on, one, other)
      if (outcome.kind === 'untyped') throw outcome.error
      if (outcome.kind === 'typed') throw refused
    })
  }
  return counts
}

const refused = new SluiceError('bad-value', 'refused')
const noCounts = (): Counts => ({ read: 0, refused: 0, untyped: [], slow: [] })

async function tell(counts: Counts, what: string, work: () => unknown): Promise<void> {
  const from = performance.now()
  try {
    await work()
    counts.read++
  } catch (error) {
    // JSON.parse is the caller's, and not a door.
    if (error instanceof SluiceError || error instanceof SyntaxError) counts.refused++
    else counts.untyped.push(`${what}: ${String((error as Error).stack ?? error).slice(0, 300)}`)
  }
  if (performance.now() - from > patience) counts.slow.push(`${what}: ${Math.round(performance.now() - from)} ms`)
}
