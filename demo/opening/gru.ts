// A GRU computed in plain JavaScript. So a small model writes before there are kernels, and where there is no WebGPU.
import { readSafetensors, Vocabulary, type Sample } from 'sluice'
import { pathsBack } from '../shared/step-gradient'

/** The values of one step, [H] each. */
export interface Step {
  readonly r: Float32Array
  readonly z: Float32Array
  readonly n: Float32Array
  readonly h: Float32Array
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

export class SmallGru {
  private constructor(
    readonly vocabulary: Vocabulary,
    /** H, hidden units. */
    readonly hidden: number,
    readonly parameters: number,
    /** Training steps, and the perplexity on the held-out text after them. */
    readonly facts: { readonly steps: number; readonly heldOut: number },
    /** [V, E] */
    private readonly embedding: Float32Array,
    /** [E, 3, H] */
    private readonly W: Float32Array,
    /** [3, H] */
    private readonly b: Float32Array,
    /** [H, 3, H] */
    readonly U: Float32Array,
    /** [H, V] */
    private readonly headW: Float32Array,
    private readonly headB: Float32Array,
  ) {}

  /** Reads a file of demo/opening: one layer over an embedding. */
  static read(file: ArrayBuffer): SmallGru {
    const { tensors, metadata } = readSafetensors(file)
    const valuesOf = (name: string) => tensors.get(name)!.values
    const [embedding, W, b, U] = [valuesOf('embedding'), valuesOf('layers.0.W'), valuesOf('layers.0.b'), valuesOf('layers.0.U')]
    const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
    const facts = { steps: Number(metadata['steps']), heldOut: Number(metadata['heldOut']) }
    const vocabulary = Vocabulary.fromJSON(JSON.parse(metadata['vocabulary']!))
    return new SmallGru(vocabulary, b.length / 3, parameters, facts, embedding, W, b, U, valuesOf('head.W'), valuesOf('head.b'))
  }

  /** r, z = σ(x W + h U + b); n = tanh(x W + (r ⊙ h) U + b); h ← z ⊙ h + (1 − z) ⊙ n. */
  step(before: Float32Array, id: number): Step {
    const H = this.hidden
    const sums = this.b.slice()
    const E = this.W.length / sums.length
    for (let e = 0; e < E; e++) addScaled(sums, this.W, e * sums.length, this.embedding[id * E + e]!)
    const gates = sums.subarray(0, 2 * H)
    for (let k = 0; k < H; k++) addScaled(gates, this.U, k * 3 * H, before[k]!)
    const [r, z, n] = [gates.slice(0, H).map(sigmoid), gates.slice(H).map(sigmoid), sums.subarray(2 * H)]
    for (let k = 0; k < H; k++) addScaled(n, this.U, k * 3 * H + 2 * H, r[k]! * before[k]!)
    const candidate = n.map(Math.tanh)
    return { r, z, n: candidate, h: z.map((keep, k) => keep * before[k]! + (1 - keep) * candidate[k]!) }
  }

  /** Runs ids [T] from a zero state. @returns states and gates by name, each [T, H] */
  trace(ids: Uint32Array): Record<keyof Step, Float32Array> {
    const H = this.hidden
    const [r, z, n, h] = [0, 1, 2, 3].map(() => new Float32Array(ids.length * H)) as [Float32Array, Float32Array, Float32Array, Float32Array]
    let before: Float32Array = new Float32Array(H)
    ids.forEach((id, t) => {
      const step = this.step(before, id)
      r.set(step.r, t * H)
      z.set(step.z, t * H)
      n.set(step.n, t * H)
      h.set(step.h, t * H)
      before = step.h
    })
    return { h, r, z, n }
  }

  /** The probability of each next character after a state, [V]. */
  probabilities(h: Float32Array, temperature = 1): Float32Array {
    const logits = this.headB.slice()
    for (let k = 0; k < this.hidden; k++) addScaled(logits, this.headW, k * logits.length, h[k]!)
    const largest = logits.reduce((a, b) => Math.max(a, b))
    const weights = logits.map((o) => Math.exp((o - largest) / Math.max(temperature, 1e-3)))
    const sum = weights.reduce((a, b) => a + b)
    return weights.map((w) => w / sum)
  }

  /** dL/dh of each step over all its uses, [T, H], where L is the sum of the losses of the characters after the first.
   * @param trace of the ids */
  gradients(ids: Uint32Array, trace: Record<keyof Step, Float32Array>): Float64Array {
    const [T, H, V] = [ids.length, this.hidden, this.headB.length]
    const all = new Float64Array(T * H)
    for (let t = T - 1; t >= 0; t--) {
      const dh = all.subarray(t * H, (t + 1) * H)
      const { h } = rowsOf(trace, t, H)
      if (t + 1 < T) {
        const dlogits = this.probabilities(h)
        dlogits[ids[t + 1]!]! -= 1
        for (let k = 0; k < H; k++) for (let v = 0; v < V; v++) dh[k]! += this.headW[k * V + v]! * dlogits[v]!
      }
      if (t === 0) break
      const step = { gates: (name: string) => rowsOf(trace, t, H)[name as keyof Step], before: rowsOf(trace, t - 1, H), after: { h } }
      const before = all.subarray((t - 1) * H, t * H)
      for (const { values } of pathsBack('gru', this, step, { h: dh })) values.forEach((value, k) => (before[k]! += value))
    }
    return all
  }

  /** The state after a text. @throws SluiceError `unknown-character`. */
  stateAfter(text: string): Float32Array {
    let h: Float32Array = new Float32Array(this.hidden)
    for (const id of this.vocabulary.encode(text)) ({ h } = this.step(h, id))
    return h
  }

  /** Draws characters one by one, each with its most likely alternatives. @throws SluiceError `unknown-character`. */
  *write(prefix: string, { temperature, alternatives }: { temperature: number; alternatives: number }, draw: () => number): Generator<Sample> {
    for (let h = this.stateAfter(prefix); ;) {
      const p = this.probabilities(h, temperature)
      let [id, left] = [0, draw()]
      while (id < p.length - 1 && (left -= p[id]!) > 0) id++
      yield { character: this.vocabulary.characters[id]!, probability: p[id]!, alternatives: this.likeliest(p, alternatives) }
      ;({ h } = this.step(h, id))
    }
  }

  likeliest(p: Float32Array, count: number): { character: string; probability: number }[] {
    return Array.from(p, (probability, id) => ({ probability, id }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count)
      .map(({ probability, id }) => ({ character: this.vocabulary.characters[id]!, probability }))
  }
}

/** The values of a step of a trace. */
function rowsOf(trace: Record<keyof Step, Float32Array>, t: number, H: number): Step {
  const row = (values: Float32Array) => values.subarray(t * H, (t + 1) * H)
  return { r: row(trace.r), z: row(trace.z), n: row(trace.n), h: row(trace.h) }
}

/** row += scale · matrix[from …] */
function addScaled(row: Float32Array, matrix: Float32Array, from: number, scale: number): void {
  for (let i = 0; i < row.length; i++) row[i]! += scale * matrix[from + i]!
}
