// Generates text: the network reads a prefix, then samples token after token. The GPU writes each token into the ids that the next step
// looks up. The state is carried, so the cost of a character does not depend on the length of the text. A submit generates a whole chunk,
// and the next chunk is submitted before the one before has come back.
import { checkCount, checkNumber, SluiceError } from '../errors'
import { notFiniteError } from '../finite'
import type { Gpu } from '../gpu/device'
import type { View } from '../gpu/view'
import { structOf, writeStruct } from '../gpu/kernels'
import type { StrategyOption } from '../gpu/strategy'
import { pad4 } from '../gpu/tensor'
import type { Network } from '../network'
import { sampleSteps, samplingSteps } from '../schedule/sampling'
import { Session } from '../session'
import { headSize, readsForwards, recurrentLayers } from '../spec'

/** How a text is generated. */
export interface GenerateOptions {
  /** Number of tokens to generate. */
  readonly length: number
  /** Divides the logits: below 1 more predictable, above 1 more varied, 0 always the most likely token. Default 1. */
  readonly temperature?: number
  /** Samples from the k most likely tokens only. Default 0: from all. */
  readonly topK?: number
  /** Seed of the sampling: the same seed gives the same text. Default 0. */
  readonly seed?: number
  /** How recurrences are dispatched, as in `TrainerOptions`. Default: the device's choice. */
  readonly strategy?: StrategyOption
}

/** Generated tokens, and the logits that each was sampled from. */
export interface GeneratedTokens {
  readonly ids: Uint32Array
  /** [N, stride], a row for each id; null unless requested. */
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
    /** The requested strategy. */
    readonly strategy: StrategyOption | undefined,
  ) {}

  /** The device of the generator. The network may have moved to another one since, after a loss. */
  get gpu(): Gpu {
    return this.session.gpu
  }

  /** @throws SluiceError `bad-value` for a network that cannot generate text: one that reads features, or one that is bidirectional or reads backwards. */
  static async create(network: Network, strategy?: StrategyOption): Promise<TextGenerator> {
    const { spec, gpu } = network
    const { input, head } = spec
    if (!('ids' in input) || !head || !('classes' in head) || input.ids !== head.classes || head.at === 'last')
      throw new SluiceError(
        'bad-value',
        'this network cannot generate text: each step must sample an id that the next step can read, so input.ids must equal head.classes, with a head at every step',
      )
    if (!recurrentLayers(spec).every(({ layer }) => readsForwards(layer)))
      throw new SluiceError(
        'bad-value',
        'a bidirectional network, or one that reads backwards, cannot generate text: it would have to read the text that follows. Use one that reads forwards.',
      )
    const { size } = struct()
    const sampling = { buffer: gpu.buffer('sampling', size), offset: 0, size }
    let ends: readonly number[] = []
    try {
      const session = await Session.open(network, { steps: samplingSteps(gpu.tuning, spec), batch: 1, train: false }, strategy, (unrolled, strategy) => ({
        steps: unrolled.plan(
          'text generation',
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

  /** Reads the prefix and generates `length` tokens after it. Yields the tokens of one submit at a time.
   * @param withLogits whether to return the logits that they were sampled from
   * @throws SluiceError `bad-value` for an empty prefix or a wrong option; `not-finite` for logits that are not finite. */
  async *generate(prefix: Uint32Array, { length, temperature = 1, topK = 0, seed = 0 }: GenerateOptions, withLogits = false): AsyncGenerator<GeneratedTokens> {
    checkCount('length', length, { min: 0, max: 0xffffffff })
    checkNumber('temperature', temperature, { above: 0, orZero: true })
    checkCount('topK', topK, { min: 0, max: 0xffffffff })
    checkCount('seed', seed, { min: 0, max: 0xffffffff })
    if (prefix.length === 0) throw new SluiceError('bad-value', 'the prefix is empty, expected at least one character to begin with')
    const options = { temperature, top_k: topK, seed }
    // The last token need not be read.
    const total = length === 0 ? 0 : prefix.length + length - 1
    const underWay: Promise<GeneratedTokens>[] = []
    for (let position = 0; position < total || underWay.length > 0;) {
      while (position < total && underWay.length < 2) {
        const n = Math.min(this.session.unrolled.options.steps, total - position)
        const chunk = this.#chunk(prefix, position, n, options, withLogits)
        chunk.catch(() => {}) // its error does not matter if the caller stops reading before
        underWay.push(chunk)
        position += n
      }
      const tokens = await underWay.shift()!
      // The GPU writes an id of V or more if the logits are not finite.
      if (tokens.ids.some((id) => id >= headSize(this.network.spec)))
        throw await notFiniteError(this.network, 'no character can be sampled: the logits are not finite')
      if (tokens.ids.length > 0) yield tokens
    }
  }

  /** Submits `n` steps from `position` of the text, and returns their tokens. */
  async #chunk(prefix: Uint32Array, position: number, n: number, options: Readonly<Record<string, number>>, withLogits: boolean): Promise<GeneratedTokens> {
    const { gpu, unrolled } = this.session
    this.network.checkAlive()
    gpu.checkAlive()
    // The tokens of the prefix in this chunk and one more: step n − 1 must not sample over it.
    const prefixIds = prefix.subarray(position, position + n + 1)
    const { size, fields } = struct()
    const values = new DataView(new ArrayBuffer(size))
    writeStruct(values, 0, fields, { ...options, position, prefix: prefixIds.length, steps: n })
    const { queue } = gpu.device
    queue.writeBuffer(this.sampling.buffer, 0, values.buffer)
    const { buffer, offset } = unrolled.batch.ids
    if (prefixIds.length > 0) queue.writeBuffer(buffer, offset, Uint32Array.from(prefixIds))
    const { logits } = unrolled.head!
    const reads: View[] = [
      { buffer, offset: offset + 4, size: n * 4 },
      ...(withLogits ? [{ buffer: logits.buffer, offset: logits.offset, size: n * this.stride * 4 }] : []),
    ]
    const [ids, rows] = await Promise.all(
      this.session.submit(
        `text generation from ${position}`,
        [position === 0 ? 'fresh' : 'carry', ...(prefixIds.length > 0 ? [] : ['carryId' as const]), ['steps', this.ends[n - 1]!]],
        reads,
      ),
    )
    const first = Math.min(n, Math.max(0, prefix.length - 1 - position))
    return { ids: new Uint32Array(ids!).subarray(first), logits: rows ? new Float32Array(rows).subarray(first * this.stride) : null }
  }

  destroy(): void {
    this.session.destroy()
    this.sampling.buffer.destroy()
  }
}
