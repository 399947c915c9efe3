// What the adapter can do: the floor under every engine that runs on it.
import type { Gpu } from '../../gpu/device'
import type { ProductRates, ProductResult, Probe } from '../rows'
import { gatesOf, works } from '../works'
import { fits, grid, isHeld, kernel, nameOf, tilings, type Tiling } from './products'
import { Bench } from './timing'

type Shape = readonly [M: number, K: number, N: number]

const up4 = (n: number) => Math.ceil(n / 4) * 4

/** So many of the first shapes get all tilings. */
const swept = 4

/** The products to sweep: three of general use, a large one for hardware, and those of the steps themselves: the state's
 * [B, H]·[H, G·H], its weights' gradient [H, T·B]·[T·B, G·H], the head's [T·B, D·H]·[D·H, V], and in a deep network the input's
 * [T·B, H]·[H, G·H]. */
export function shapes(soft: boolean): Shape[] {
  const own = works.flatMap(({ cell, B, H, T, V, layers, bidirectional }): Shape[] => {
    const G = gatesOf(cell)
    return [
      [B, H, G * H],
      ...(layers > 1 ? ([[T * B, H, G * H]] as const) : []),
      ...(cell === 'lstm'
        ? ([
            [H, T * B, G * H],
            [T * B, H * (bidirectional ? 2 : 1), up4(V)],
          ] as const)
        : []),
    ]
  })
  const all: Shape[] = [[32, 256, 1024], [512, 512, 512], [1024, 128, 512], soft ? [256, 1120, 1024] : [2048, 2048, 2048], ...own]
  return [...new Map(all.map((shape) => [shape.join('×'), shape])).values()]
}

export interface Probed {
  readonly probe: Probe
  /** What its best products reach now; until the device is destroyed. */
  readonly rates: () => Promise<ProductRates>
}

export interface ProbeOptions {
  /** Told what was found, line by line; ends the probe where it throws. */
  readonly say?: (line: string) => void
  /** Only the products of general use, and on a software adapter few tilings: in a tenth of the time. */
  readonly isBrief?: boolean
}

export async function probeAdapter(gpu: Gpu, { say = () => {}, isBrief = false }: ProbeOptions = {}): Promise<Probed> {
  const bench = new Bench(gpu.device, (done) => gpu.whenDone(done))
  for (let i = 0; i < 5; i++) bench.overhead = Math.min(await bench.once(() => {}), i === 0 ? Infinity : bench.overhead)
  const rates = { dependentDispatch: 0, independentDispatch: 0, submit: 0, roundTrip: 0, peakRate: 0, load: 0, cachedLoad: 0, copy: 0 }
  Object.assign(rates, await launches(bench))
  say(`  a dependent dispatch ${(rates.dependentDispatch * 1000).toFixed(1)} µs`)
  Object.assign(rates, { peakRate: await peak(bench) })
  say(`  multiply-adds in registers ${(rates.peakRate / 1e9).toFixed(1)} GFLOP/s`)
  Object.assign(rates, await bandwidth(bench))
  say(`  loads ${(rates.load / 1e9).toFixed(1)} GB/s`)
  const tried = await compile(bench, gpu, isBrief && gpu.isSoftware ? tilings(gpu).filter(isTelling) : tilings(gpu), say)
  const products = await sweep(bench, tried, shapes(gpu.isSoftware).slice(0, isBrief ? 3 : Infinity), say)
  const probe = { ...rates, products, productRate: Math.max(...products.map(({ best, rates }) => rates[best]!)) }
  let measure: (() => Promise<ProductRates>) | undefined
  return { probe, rates: () => (measure ??= yardstick(bench, tried, products))() }
}

/** The best of their kind on the software adapters that were measured, which compile for a second and more each. */
const isTelling = ({ kind, form, rows, columns, depth, parts, unroll }: Tiling): boolean =>
  kind === 'held' ? rows === 256 && depth === 128 : kind === 'registers' && parts === 1 && unroll === 1 && (form === 'rows' ? columns === 16 : rows === columns)

/** By its name, each tiling that this adapter takes. */
type Tried = ReadonlyMap<string, { readonly tiling: Tiling; readonly pipeline: GPUComputePipeline }>

async function compile(bench: Bench, gpu: Gpu, tilings: readonly Tiling[], say: (line: string) => void): Promise<Tried> {
  const tried = new Map<string, { tiling: Tiling; pipeline: GPUComputePipeline }>()
  for (const tiling of tilings) {
    if (tiling.quads && !gpu.device.features.has('subgroups')) continue
    try {
      tried.set(nameOf(tiling), { tiling, pipeline: await bench.pipeline(nameOf(tiling), kernel(tiling)) })
    } catch (error) {
      // A workgroup of more invocations or memory than this adapter has.
      say(`  ${nameOf(tiling)}: ${error instanceof Error ? error.message.split('\n')[0] : error}`)
    }
  }
  return tried
}

async function sweep(bench: Bench, tried: Tried, shapes: readonly Shape[], say: (line: string) => void): Promise<ProductResult[]> {
  const results: ProductResult[] = []
  let wanted = [...tried]
  for (const [index, [M, K, N]] of shapes.entries()) {
    const buffers = operands(bench, [M, K, N])
    const rates: Record<string, number> = {}
    let fastest = Infinity
    for (const [name, { tiling, pipeline }] of wanted) {
      if (!fits(tiling, K)) continue
      const ms = await bench.each(bench.pass(pipeline, bench.group(pipeline, buffers), grid(tiling, M, N)), { enough: 1.3 * fastest, atLeast: 25 })
      fastest = Math.min(fastest, ms)
      rates[name] = (2 * M * K * N) / (ms / 1000)
    }
    const best = Object.keys(rates).reduce((x, y) => (rates[y]! > rates[x]! ? y : x))
    results.push({ M, K, N, best, rates })
    // All tilings on the first shapes; on the others those that were ever within three quarters of the best.
    if (index + 1 === swept) wanted = wanted.filter(([name]) => results.some(({ best, rates }) => rates[name]! > 0.75 * rates[best]!))
    for (const buffer of buffers) buffer.destroy()
    say(`  ${M}×${K}×${N}: ${(rates[best]! / 1e9).toFixed(1)} GFLOP/s by ${best}`)
  }
  return results
}

/** The buffers of a product, in the order of the bindings. */
function operands(bench: Bench, [M, K, N]: Shape): GPUBuffer[] {
  const [a, b, c] = [bench.buffer('a', M * K * 4), bench.buffer('b', K * N * 4), bench.buffer('c', M * N * 4)]
  bench.device.queue.writeBuffer(
    a,
    0,
    Float32Array.from({ length: M * K }, (_, i) => ((i * 7) % 13) / 13 - 0.5),
  )
  bench.device.queue.writeBuffer(
    b,
    0,
    Float32Array.from({ length: K * N }, (_, i) => ((i * 5) % 11) / 11 - 0.5),
  )
  return [bench.uniform(Uint32Array.of(M, K / 4, N / 4)), a, b, c]
}

/** Measures the best product of all and the best in tiles once more: what is measured between two turns of a step is as much
 * disturbed by whatever else the machine does as the step is, and what the sweep found in its best moment is not. */
function yardstick(bench: Bench, tried: Tried, products: readonly ProductResult[]): () => Promise<ProductRates> {
  const all = products.flatMap(({ M, K, N, rates }) => Object.entries(rates).map(([name, rate]) => ({ M, K, N, name, rate })))
  const fastest = (among: typeof all) => among.reduce((x, y) => (y.rate > x.rate ? y : x))
  const again = ({ M, K, N, name, rate }: (typeof all)[number]): (() => Promise<number>) => {
    const { tiling, pipeline } = tried.get(name)!
    const encode = bench.pass(pipeline, bench.group(pipeline, operands(bench, [M, K, N])), grid(tiling, M, N))
    const flops = 2 * M * K * N
    const count = Math.ceil((0.1 * rate) / flops) // 100 ms of them
    return async () => (flops * count) / (((await bench.once((encoder) => encode(encoder, count))) - bench.overhead) / 1000)
  }
  const [first, tile] = [fastest(all), fastest(all.filter(({ name }) => !isHeld(name)))]
  const best = again(first)
  const tiles = tile === first ? null : again(tile)
  return async () => {
    const rate = await best()
    return { best: rate, tiles: tiles ? await tiles() : rate }
  }
}

/** Multiply-adds that need no memory: several sums of vec4 an invocation hide the latency, too many spill. */
async function peak(bench: Bench): Promise<number> {
  const rates = []
  for (const sums of [1, 2, 4, 8]) rates.push(await multiplyAdds(bench, sums))
  return Math.max(...rates)
}

async function multiplyAdds(bench: Bench, sums: number): Promise<number> {
  const [turns, unrolled, workgroups, invocations] = [64, 16, 512, 64]
  const each = (line: (i: number) => string) => Array.from({ length: sums }, (_, i) => line(i)).join('\n')
  const pipeline = await bench.pipeline(
    'multiply-adds',
    `
@group(0) @binding(0) var<storage, read_write> out: array<vec4f>;
@compute @workgroup_size(${invocations}) fn main(@builtin(global_invocation_id) g: vec3u) {
let x = out[g.x]; let y = vec4f(f32(g.x) * 1e-9);
${each((i) => `var s${i} = x + ${i}.0;`)}
for (var k = 0u; k < ${turns}u; k++) {
${Array.from({ length: unrolled }, () => each((i) => `s${i} = fma(s${i}, x, y);`)).join('\n')}
}
out[g.x] = ${Array.from({ length: sums }, (_, i) => `s${i}`).join(' + ')};
}`,
  )
  const out = bench.buffer('out', workgroups * invocations * 16)
  const ms = await bench.each(bench.pass(pipeline, bench.group(pipeline, [out]), [workgroups]))
  out.destroy()
  return (2 * 4 * sums * turns * unrolled * workgroups * invocations) / (ms / 1000)
}

async function launches(bench: Bench): Promise<Pick<Probe, 'dependentDispatch' | 'independentDispatch' | 'submit' | 'roundTrip'>> {
  const pipeline = await bench.pipeline(
    'add one',
    `
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(1) fn main() { x[0] += 1.0; }`,
  )
  const buffers = Array.from({ length: 64 }, (_, i) => bench.buffer(`x${i}`, 256))
  const groups = buffers.map((buffer) => bench.group(pipeline, [buffer]))
  const dependentDispatch = await bench.each(bench.pass(pipeline, groups[0]!, [1]))
  const independentDispatch = await bench.each((encoder, count) => {
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    for (let i = 0; i < count; i++) {
      pass.setBindGroup(0, groups[i % groups.length]!)
      pass.dispatchWorkgroups(1)
    }
    pass.end()
  })
  const { queue } = bench.device
  const count = 256
  const submits = async (): Promise<number> => {
    const commands = Array.from({ length: count }, () => {
      const encoder = bench.device.createCommandEncoder()
      bench.pass(pipeline, groups[0]!, [1])(encoder, 1)
      return encoder.finish()
    })
    const begin = performance.now()
    for (const one of commands) queue.submit([one])
    await bench.whenDone(queue.onSubmittedWorkDone())
    return performance.now() - begin
  }
  const submit = (Math.min(await submits(), await submits(), await submits()) - bench.overhead) / count
  const staging = bench.staging(256)
  const roundTrips: number[] = []
  for (let i = 0; i < 20; i++) {
    const encoder = bench.device.createCommandEncoder()
    encoder.copyBufferToBuffer(buffers[0]!, 0, staging, 0, 256)
    const begin = performance.now()
    queue.submit([encoder.finish()])
    await bench.whenDone(staging.mapAsync(0x01))
    roundTrips.push(performance.now() - begin)
    staging.unmap()
  }
  for (const buffer of [...buffers, staging]) buffer.destroy()
  return { dependentDispatch, independentDispatch, submit, roundTrip: roundTrips.sort((a, b) => a - b)[10]! }
}

/** Bytes a second: loads in a kernel from memory that no cache holds and from 16 KiB that one does, and copies by the
 * queue (bytes written). */
async function bandwidth(bench: Bench): Promise<Pick<Probe, 'load' | 'cachedLoad' | 'copy'>> {
  const bytes = 128 * 2 ** 20 // the least that every adapter can bind
  const [invocations, workgroups, loads, unrolled] = [64, 512, bytes / 16 / (64 * 512), 16]
  const pipeline = await bench.pipeline(
    'loads',
    `
@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<uniform> mask: u32;
@compute @workgroup_size(${invocations}) fn main(@builtin(global_invocation_id) g: vec3u) {
var s = vec4f();
let first = (g.x / ${invocations}u) * ${loads * invocations}u + g.x % ${invocations}u; // a workgroup reads a part in one piece
for (var k = 0u; k < ${loads}u; k += ${unrolled}u) {
${Array.from({ length: unrolled }, (_, i) => `s += x[(first + (k + ${i}u) * ${invocations}u) & mask];`).join('\n')}
}
out[g.x] = s;
}`,
  )
  const [from, to, out] = [bench.buffer('loaded', bytes), bench.buffer('copied', bytes), bench.buffer('out', workgroups * invocations * 16)]
  const masks = [bytes / 16 - 1, 1023].map((mask) => bench.uniform(Uint32Array.of(mask, 0, 0, 0)))
  const times = []
  for (const mask of masks) times.push(await bench.each(bench.pass(pipeline, bench.group(pipeline, [from, out, mask]), [workgroups])))
  const [load, cachedLoad] = times as [number, number]
  const copy = await bench.each((encoder, count) => {
    for (let i = 0; i < count; i++) encoder.copyBufferToBuffer(from, 0, to, 0, bytes)
  })
  for (const buffer of [from, to, out, ...masks]) buffer.destroy()
  return { load: bytes / (load / 1000), cachedLoad: bytes / (cachedLoad / 1000), copy: bytes / (copy / 1000) }
}
