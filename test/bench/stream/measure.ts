// The stream of examples/stream.ts and wider ones, through each engine: first whether they answer the same, then how long they take, in turns.
import { Network, openDevice, type Gpu } from 'sluice'
import { loudness, recording, trainDetector } from '../../../examples/stream'
import { summarise } from '../../../src/measure/statistics'
import type { Engine, Shape, Stream } from './engine'
import { sluice } from './sluice'

export interface Options {
  /** Units of the LSTM. 24 are those of the example, which is trained. */
  readonly hidden: readonly number[]
  /** Turns of each engine. */
  readonly rounds: number
  /** Milliseconds of a turn. */
  readonly turn: number
  /** Frames in which the engines must agree before anything is timed. */
  readonly checked: number
}

/** What is heard together, and what is waited for. */
export interface Case extends Shape {
  readonly title: string
  /** Batches that are there before the first answer is. */
  readonly queued: number
}

export const cases: readonly Case[] = [
  { title: '1 stream, frame by frame', streams: 1, steps: 1, queued: 1 },
  { title: '8 streams', streams: 8, steps: 1, queued: 1 },
  { title: '64 streams', streams: 64, steps: 1, queued: 1 },
  { title: '1 stream, 16 frames in one batch', streams: 1, steps: 16, queued: 1 },
  { title: '1 stream, 16 frames queued', streams: 1, steps: 1, queued: 16 },
]

/** Of the times from the first frame to the last answer, in ms. */
export interface Row {
  readonly median: number
  readonly p95: number
  readonly runs: number
  /** Frames of all streams in a second. */
  readonly perSecond: number
  /** How many times as long Sluice took: the median over the rounds. */
  readonly ratio: number
}

export interface Result {
  readonly hidden: number
  readonly title: string
  /** Largest difference between the logits of two engines, in the frames checked; null with one engine. */
  readonly difference: number | null
  /** By engine. */
  readonly rows: Readonly<Record<string, Row>>
}

export interface Results {
  readonly schema: 'sluice-stream 1'
  readonly date: string
  readonly adapter: string
  readonly host: Readonly<Record<string, string | number>>
  /** Titles of engines by name, Sluice first. */
  readonly engines: Readonly<Record<string, string>>
  /** Why an engine is missing, by name. */
  readonly skipped: Readonly<Record<string, string>>
  /** ms of a submit that copies 16 bytes, and the wait for them: medians, without and with one dispatch that does nothing to speak of. */
  readonly floor: { readonly copy: number; readonly dispatch: number }
  readonly results: readonly Result[]
}

const bound = 1e-4

const quantile = (values: readonly number[], q: number): number => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))]!

/** Batches of features [T, B, I] without end: eight recordings, which rows begin at different frames. */
function sound(): (shape: Shape, n: number) => Float32Array {
  const heard = Array.from({ length: 8 }, (_, seed) => recording(seed + 1, 64).frames.map(loudness))
  return ({ steps, streams }, n) => {
    const frames = Array.from({ length: steps * streams }, (_, i) => heard[i % 8]![(n * steps + Math.floor(i / streams) + 5 * (i % streams)) % 64]!)
    return Float32Array.from(frames.flatMap((frame) => [...frame]))
  }
}

async function networkOf(hidden: number, device: Gpu): Promise<Network> {
  if (hidden === 24) return trainDetector(device)
  return Network.create({ input: { features: 12 }, layers: [{ cell: 'lstm', hidden }], head: { numbers: 1, loss: 'binary-cross-entropy' }, seed: 1, device })
}

/** Plays so many frames to all, and gives the largest difference of their logits. @throws Error if it is above the bound. */
async function compare(streams: readonly (readonly [name: string, stream: Stream])[], batches: readonly Float32Array[], what: string): Promise<number | null> {
  const answers: (readonly [string, Float32Array[]])[] = []
  for (const [name, stream] of streams) answers.push([name, await stream.hear(batches)])
  const [[, first], ...others] = answers as [(typeof answers)[0], ...typeof answers]
  if (others.length === 0) return null
  let most = 0
  for (const [name, other] of others) {
    const differences = first.flatMap((logits, n) => [...logits].map((value, i) => Math.abs(value - other[n]![i]!)))
    const worst = differences.findIndex((difference) => !(difference <= bound))
    if (worst >= 0) throw new Error(`${what}: Sluice and ${name} differ by ${differences[worst]} in number ${worst}, expected ${bound} at most`)
    most = Math.max(most, ...differences)
  }
  return most
}

/** One turn: hears for so many ms, and at least three times. */
async function turn(stream: Stream, ms: number, next: () => Float32Array[]): Promise<number[]> {
  const times: number[] = []
  for (const end = performance.now() + ms; performance.now() < end || times.length < 3;) {
    const batches = next()
    const begin = performance.now()
    await stream.hear(batches)
    times.push(performance.now() - begin)
  }
  return times
}

async function measureCase(one: Case, network: Network, engines: ReadonlyMap<string, Engine>, hidden: number, options: Options): Promise<Result> {
  const { title, steps, streams, queued } = one
  const play = sound()
  let n = 0
  const next = () => Array.from({ length: queued }, () => play(one, n++))
  const opened: (readonly [string, Stream])[] = []
  for (const [name, engine] of engines) opened.push([name, await engine.open(network, one)])
  const checked = Array.from({ length: Math.ceil(options.checked / steps) }, () => play(one, n++))
  const difference = await compare(opened, checked, `LSTM ${hidden}, ${title}`)
  const rounds = new Map<string, number[][]>(opened.map(([name]) => [name, []]))
  for (let round = 0; round < options.rounds; round++)
    // Each begins a round in turn.
    for (let i = 0; i < opened.length; i++) {
      const [name, stream] = opened[(i + round) % opened.length]!
      rounds.get(name)!.push(await turn(stream, options.turn, next))
    }
  for (const [, stream] of opened) await stream.end()
  const medians = (name: string) => rounds.get(name)!.map((times) => summarise(times).median)
  const own = medians('sluice')
  const row = (name: string): Row => {
    const times = rounds.get(name)!.flat()
    const total = times.reduce((sum, time) => sum + time, 0)
    const ratio = summarise(medians(name).map((median, round) => own[round]! / median)).median
    return {
      median: summarise(times).median,
      p95: quantile(times, 0.95),
      runs: times.length,
      perSecond: (1000 * times.length * steps * streams * queued) / total,
      ratio,
    }
  }
  return { hidden, title, difference, rows: Object.fromEntries(opened.map(([name]) => [name, row(name)])) }
}

/** What the shortest answer there is takes. */
async function floorOf({ device, whenDone }: { device: GPUDevice; whenDone: <Value>(done: Promise<Value>) => Promise<Value> }, runs: number) {
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC })
  const staging = device.createBuffer({ size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const module = device.createShaderModule({
    code: '@group(0) @binding(0) var<storage, read_write> n: u32; @compute @workgroup_size(1) fn main() { n += 1u; }',
  })
  const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] })
  const time = async (dispatches: boolean) => {
    const times: number[] = []
    for (let n = 0; n < runs; n++) {
      const begin = performance.now()
      const encoder = device.createCommandEncoder()
      if (dispatches) {
        const pass = encoder.beginComputePass()
        pass.setPipeline(pipeline)
        pass.setBindGroup(0, group)
        pass.dispatchWorkgroups(1)
        pass.end()
      }
      encoder.copyBufferToBuffer(buffer, 0, staging, 0, 16)
      device.queue.submit([encoder.finish()])
      await whenDone(staging.mapAsync(GPUMapMode.READ))
      staging.getMappedRange()
      staging.unmap()
      times.push(performance.now() - begin)
    }
    return summarise(times).median
  }
  const floor = { copy: await time(false), dispatch: await time(true) }
  for (const one of [buffer, staging]) one.destroy()
  return floor
}

export interface Surroundings {
  readonly host: Results['host']
  /** What Sluice is measured beside, by name, or why it is not there. */
  readonly peers: Readonly<Record<string, Engine | string>>
  readonly say: (line: string) => void
  readonly device?: Gpu
}

export async function measureStreams(options: Options, { host, peers, say, device }: Surroundings): Promise<Results> {
  const gpu = device ?? (await openDevice())
  const isThere = (peer: readonly [string, Engine | string]): peer is [string, Engine] => typeof peer[1] !== 'string'
  const engines = new Map<string, Engine>([['sluice', sluice], ...Object.entries(peers).filter(isThere)])
  const skipped = Object.fromEntries(Object.entries(peers).filter((peer): peer is [string, string] => !isThere(peer)))
  for (const [name, why] of Object.entries(skipped)) say(`${name}: skipped, ${why}`)
  const floor = await floorOf({ device: gpu.device, whenDone: (done) => gpu.whenDone(done) }, 20 * options.rounds)
  const results: Result[] = []
  for (const hidden of options.hidden) {
    const network = await networkOf(hidden, gpu)
    for (const one of cases) {
      say(`LSTM ${hidden}, ${one.title}`)
      results.push(await measureCase(one, network, engines, hidden, options))
    }
    network.destroy()
  }
  if (!device) gpu.destroy()
  return {
    schema: 'sluice-stream 1',
    date: new Date().toISOString().slice(0, 10),
    adapter: gpu.adapterName,
    host,
    engines: Object.fromEntries([...engines].map(([name, { title }]) => [name, title])),
    skipped,
    floor,
    results,
  }
}
