// Writing: the network reads a prefix, then draws token after token, each drawn on the GPU into the ids that the next
// step looks up. The state is carried, so a character costs the same however much text is before it. A submit writes a
// whole chunk, and the next is under way before the one before has come back.
import { checkCount, checkNumber, SluiceError } from '../errors'
import { notFinite } from '../finite'
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { structOf, writeStruct } from '../gpu/kernels'
import type { StrategyOption } from '../gpu/strategy'
import { pad4 } from '../gpu/tensor'
import type { Network } from '../network'
import { sampleSteps, samplingSteps } from '../schedule/sampling'
import { Session } from '../session'
import { headSize } from '../spec'

export interface GenerateOptions {
  /** Tokens to write. */
  readonly length: number
  /** Divides the logits: below 1 bolder, above 1 more varied, 0 always the likeliest. Default 1. */
  readonly temperature?: number
  /** Draw among the k likeliest only; 0, the default, among all. */
  readonly topK?: number
  /** Seed of the draws, default 0: the same seed writes the same text. */
  readonly seed?: number
  /** How recurrences are dispatched; the device's choice unless given. */
  readonly strategy?: StrategyOption
}

/** Tokens written, and what each was drawn from. */
export interface Generated {
  readonly ids: Uint32Array
  /** [N, stride], a row for each id; null unless asked for. */
  readonly logits: Float32Array | null
}

const struct = () => structOf('token/sample', 'sampling')

export class TextGenerator {
  private constructor(
    private readonly network: Network,
    private readonly session: Session<'steps' | 'fresh' | 'carry' | 'carryId'>,
    private readonly sampling: View,
    /** Command index of `steps` at which each step ends. */
    private readonly ends: readonly number[],
    /** How its recurrences are dispatched, as it was asked for. */
    readonly strategy: StrategyOption | undefined,
  ) {}

  /** Where it lives; its network may have moved on when that was lost. */
  get gpu(): Gpu {
    return this.session.gpu
  }

  /** @throws SluiceError `bad-value` for a network that cannot write: one that reads features, or both directions. */
  static async create(network: Network, strategy?: StrategyOption): Promise<TextGenerator> {
    const { spec, gpu } = network
    const { input, head } = spec
    if (!('ids' in input) || !head || !('classes' in head) || input.ids !== head.classes || head.at === 'last')
      throw new SluiceError(
        'bad-value',
        'this network cannot write: what it draws at every step must be what it reads next, so input.ids must equal head.classes',
      )
    if (spec.layers.some((layer) => layer.bidirectional))
      throw new SluiceError('bad-value', 'a bidirectional network cannot write: it would have to read the text that comes after. Use one direction.')
    const { size } = struct()
    const sampling = { buffer: gpu.buffer('sampling', size), offset: 0, size }
    let ends: readonly number[] = []
    try {
      const session = await Session.open(network, { steps: samplingSteps(gpu.tuning, spec), batch: 1, train: false }, strategy, (unrolled, strategy) => ({
        steps: unrolled.plan(
          'writing',
          (to) => {
            ends = sampleSteps(to, unrolled, sampling)
          },
          strategy,
        ),
        fresh: unrolled.plan('fresh state', (to) => unrolled.states.fresh(to)),
        carry: unrolled.plan('carried state', (to) => unrolled.states.carry(to)),
        carryId: unrolled.plan('carried id', (to) => unrolled.carryId(to)),
      }))
      return new TextGenerator(network, session, sampling, ends, strategy)
    } catch (error) {
      sampling.buffer.destroy()
      throw error
    }
  }

  /** Entries of a row of logits. */
  get stride(): number {
    return pad4(headSize(this.network.spec))
  }

  /** Reads the prefix and writes `length` tokens after it, yielding them as they come, a submit's at a time.
   * @param withLogits bring back what they were drawn from, too
   * @throws SluiceError `bad-value` for an empty prefix or a wrong option; `not-finite` where what is to be drawn from is not. */
  async *generate(prefix: Uint32Array, { length, temperature = 1, topK = 0, seed = 0 }: GenerateOptions, withLogits = false): AsyncGenerator<Generated> {
    checkCount('length', length, { min: 0, max: 0xffffffff })
    checkNumber('temperature', temperature, { above: 0, orZero: true })
    checkCount('topK', topK, { min: 0, max: 0xffffffff })
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    if (prefix.length === 0) throw new SluiceError('bad-value', 'the prefix is empty, expected at least one character to begin with')
    const options = { temperature, top_k: topK, seed }
    // The last token written need not be read.
    const total = length === 0 ? 0 : prefix.length + length - 1
    const underWay: Promise<Generated>[] = []
    for (let position = 0; position < total || underWay.length > 0;) {
      while (position < total && underWay.length < 2) {
        const n = Math.min(this.session.unrolled.options.steps, total - position)
        const written = this.#chunk(prefix, position, n, options, withLogits)
        // Whoever stops reading has no use for its failure either.
        written.catch(() => {})
        underWay.push(written)
        position += n
      }
      const written = await underWay.shift()!
      // What the GPU says in place of a class (shaders/lib/sampling.wgsl).
      if (written.ids.some((id) => id >= headSize(this.network.spec)))
        throw await notFinite(this.network, 'no character can be drawn, as what the network makes of the text is not finite')
      if (written.ids.length > 0) yield written
    }
  }

  /** Submits `n` steps from `position` of the text on; what they write comes back when they are done. */
  async #chunk(prefix: Uint32Array, position: number, n: number, options: Readonly<Record<string, number>>, withLogits: boolean): Promise<Generated> {
    const { gpu, unrolled } = this.session
    this.network.checkAlive()
    gpu.checkAlive()
    // The prefix's tokens of this chunk, and the one after it, or step n − 1 would draw in its place.
    const given = prefix.subarray(position, position + n + 1)
    const { size, fields } = struct()
    const values = new DataView(new ArrayBuffer(size))
    writeStruct(values, 0, fields, { ...options, position, prefix: given.length, steps: n })
    const { queue } = gpu.device
    queue.writeBuffer(this.sampling.buffer, 0, values.buffer)
    const { buffer, offset } = unrolled.batch.ids
    if (given.length > 0) queue.writeBuffer(buffer, offset, Uint32Array.from(given))
    const { logits } = unrolled.head!
    const reads: View[] = [
      { buffer, offset: offset + 4, size: n * 4 },
      ...(withLogits ? [{ buffer: logits.buffer, offset: logits.offset, size: n * this.stride * 4 }] : []),
    ]
    const [ids, drawnFrom] = await Promise.all(
      this.session.submit(
        `writing from ${position}`,
        [position === 0 ? 'fresh' : 'carry', ...(given.length > 0 ? [] : ['carryId' as const]), ['steps', this.ends[n - 1]!]],
        reads,
      ),
    )
    const first = Math.min(n, Math.max(0, prefix.length - 1 - position))
    return { ids: new Uint32Array(ids!).subarray(first), logits: drawnFrom ? new Float32Array(drawnFrom).subarray(first * this.stride) : null }
  }

  destroy(): void {
    this.session.destroy()
    this.sampling.buffer.destroy()
  }
}
