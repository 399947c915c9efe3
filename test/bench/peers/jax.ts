// jax-js as its char-rnn demo is written: a cell by hand, unrolled over the steps under jit. The whole training step is one
// jit here, the gradient and Adam included, which is its best form. An array is consumed by what it is passed to; `.ref`
// keeps it.
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax'
import { version } from '../node_modules/@jax-js/jax/package.json'
import { adamRate, argmax, clipNorm, exchange, NotOffered, takeGates, type Job, type Peer, type Task } from '../peer'
import { gatesOf, type Work } from '../../../src/measure/works'

type Direction = { W: np.Array; U: np.Array; b: np.Array; bn?: np.Array } // [I, G·H], [H, G·H], [G·H], [H]
type Params = { layers: Direction[][]; Wq: np.Array; bq: np.Array }
type State = { h: np.Array; c?: np.Array }
type Memory = { m: Params; v: Params; correction1: np.Array; correction2: np.Array }

const array = (values: Float32Array, shape: number[]) => np.array(values as Float32Array<ArrayBuffer>, { shape })

function paramsOf({ cell, V, H, layers, bidirectional }: Work, weights: Task['weights']): Params {
  const [G, D] = [gatesOf(cell), bidirectional ? 2 : 1]
  const order = Array.from({ length: G }, (_, g) => g)
  return {
    layers: Array.from({ length: layers }, (_, l) =>
      Array.from({ length: D }, (_, d): Direction => {
        const I = l === 0 ? V : D * H
        const bn = weights.get(`layers.${l}.bn`)
        return {
          W: array(takeGates(weights.get(`layers.${l}.W`)!, { rows: I, D, G, H }, d, order), [I, G * H]),
          U: array(weights.get(`layers.${l}.U`)!.slice(d * H * G * H, (d + 1) * H * G * H), [H, G * H]),
          b: array(weights.get(`layers.${l}.b`)!.slice(d * G * H, (d + 1) * G * H), [G * H]),
          ...(bn && { bn: array(bn.slice(d * H, (d + 1) * H), [H]) }),
        }
      }),
    ),
    Wq: array(weights.get('head.W')!, [D * H, V]),
    bq: array(weights.get('head.b')!, [V]),
  }
}

/** One step of one direction: x [B, I] and the state give the new state. Keeps its parameters. */
function cellStep({ cell, H }: Work, { W, U, b, bn }: Direction, x: np.Array, { h, c }: State): State {
  const gate = (z: np.Array, g: number, count = 1) => z.slice([], [g * H, (g + count) * H])
  if (cell === 'rnn') return { h: np.tanh(np.dot(x, W.ref).add(np.dot(h, U.ref)).add(b.ref)) }
  if (cell === 'lstm') {
    const z = np.dot(x, W.ref).add(np.dot(h, U.ref)).add(b.ref)
    const [i, f, g, o] = [nn.sigmoid(gate(z.ref, 0)), nn.sigmoid(gate(z.ref, 1)), np.tanh(gate(z.ref, 2)), nn.sigmoid(gate(z, 3))]
    const next = f.mul(c!).add(i.mul(g))
    return { h: o.mul(np.tanh(next.ref)), c: next }
  }
  const xW = np.dot(x, W.ref).add(b.ref)
  let n: np.Array, z: np.Array
  if (cell === 'gru-reset-after') {
    const hU = np.dot(h.ref, U.ref)
    const rz = nn.sigmoid(gate(xW.ref, 0, 2).add(gate(hU.ref, 0, 2)))
    n = np.tanh(gate(xW, 2).add(gate(rz.ref, 0).mul(gate(hU, 2).add(bn!.ref))))
    z = gate(rz, 1)
  } else if (cell === 'gru') {
    const rz = nn.sigmoid(gate(xW.ref, 0, 2).add(np.dot(h.ref, gate(U.ref, 0, 2))))
    n = np.tanh(gate(xW, 2).add(np.dot(gate(rz.ref, 0).mul(h.ref), gate(U.ref, 2))))
    z = gate(rz, 1)
  } else throw new NotOffered(`the bench has no ${cell} for jax-js`)
  return { h: z.ref.mul(h).add(np.array(1).sub(z).mul(n)) }
}

const freshState = ({ cell, H }: Work, B: number): State => ({ h: np.zeros([B, H]), ...(cell === 'lstm' && { c: np.zeros([B, H]) }) })

/** Logits of every step, [B, V] each, from ids [B, T]. Consumes `ids`, keeps `params`. */
function forward(work: Work, params: Params, ids: np.Array): np.Array[] {
  const { B, T, V } = work
  let xs = Array.from({ length: T }, (_, t) => lax.stopGradient(nn.oneHot(ids.ref.slice([], t), V)))
  ids.dispose()
  for (const directions of params.layers) {
    const outputs = directions.map((direction, d) => {
      let state = freshState(work, B)
      const hs: np.Array[] = []
      for (let s = 0; s < T; s++) {
        const t = d === 0 ? s : T - 1 - s
        state = cellStep(work, direction, xs[t]!.ref, state)
        hs[t] = state.h.ref
      }
      tree.dispose(state)
      return hs
    })
    tree.dispose(xs)
    xs = outputs.length === 1 ? outputs[0]! : outputs[0]!.map((h, t) => np.concatenate([h, outputs[1]![t]!], 1))
  }
  return xs.map((y) => np.dot(y, params.Wq.ref).add(params.bq.ref))
}

function lossOf(work: Work) {
  return (params: Params, ids: np.Array, targets: np.Array): np.Array => {
    let total = np.zeros([])
    forward(work, params, ids).forEach((logits, t) => {
      const wanted = lax.stopGradient(nn.oneHot(targets.ref.slice([], t), work.V))
      total = total.sub(nn.logSoftmax(logits).mul(wanted).sum())
    })
    targets.dispose()
    tree.dispose(params)
    return total.div(work.B * work.T)
  }
}

/** Clipping by global norm and Adam, as jax-js's optax has them. */
function trainStep(work: Work) {
  const loss = lossOf(work)
  return (params: Params, { m, v, correction1, correction2 }: Memory, ids: np.Array, targets: np.Array): [np.Array, Params, Params, Params] => {
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), ids, targets) as [np.Array, Params]
    const squares = tree.leaves(tree.ref(grads) as Params).map((g) => np.square(g as np.Array).sum())
    const norm = np.sqrt(squares.reduce((a, b) => a.add(b)))
    const factor = np.minimum(np.array(1), np.array(clipNorm).div(norm))
    const clipped = tree.map((g: np.Array) => g.mul(factor.ref), grads) as Params
    factor.dispose()
    const m1 = tree.map((a: np.Array, g: np.Array) => a.mul(0.9).add(g.ref.mul(0.1)), m, tree.ref(clipped)) as Params
    const v1 = tree.map((a: np.Array, g: np.Array) => a.mul(0.999).add(np.square(g).mul(0.001)), v, clipped) as Params
    const updated = tree.map(
      (p: np.Array, a: np.Array, b: np.Array) =>
        p.sub(
          a
            .div(correction1.ref)
            .mul(adamRate)
            .div(np.sqrt(b.div(correction2.ref)).add(1e-8)),
        ),
      params,
      tree.ref(m1),
      tree.ref(v1),
    ) as Params
    correction1.dispose()
    correction2.dispose()
    return [value, updated, m1, v1]
  }
}

async function start({ kind, work, weights, inputs, targets }: Task, use: () => void): Promise<Job> {
  use()
  const { B, T, V, layers } = work
  let params = paramsOf(work, weights)
  const ids = (values: Uint32Array, shape: number[]) => np.array(Int32Array.from(values), { shape, dtype: np.int32 })
  const [x, y] = [exchange(inputs, T, B), exchange(targets, T, B)]

  if (kind === 'train') {
    const run = jit(trainStep(work))
    let m = tree.map((p: np.Array) => np.zerosLike(p), tree.ref(params)) as Params
    let v = tree.map((p: np.Array) => np.zerosLike(p), tree.ref(params)) as Params
    let n = 0
    const step = async () => {
      use()
      n++
      const memory: Memory = { m, v, correction1: np.array(1 - 0.9 ** n), correction2: np.array(1 - 0.999 ** n) }
      const result = run(params, memory, ids(x, [B, T]), ids(y, [B, T])) as [np.Array, Params, Params, Params]
      const [loss] = result
      ;[, params, m, v] = result
      return (await loss.data())[0]!
    }
    // In wasm the loss is there when the forward pass is: threads go on with backward and Adam.
    const rest = () => blockUntilReady([params, m, v])
    return { step, ahead: true, rest, destroy: () => (tree.dispose([params, m, v]), run.dispose()) }
  }
  if (kind === 'forward') {
    const run = jit((p: Params, given: np.Array) => {
      const logits = np.stack(forward(work, p, given), 0)
      tree.dispose(p)
      return logits
    })
    const step = async () => (use(), (await (run(tree.ref(params) as Params, ids(x, [B, T])) as np.Array).data()) as Float32Array)
    return { step, destroy: () => (tree.dispose(params), run.dispose()) }
  }
  const run = jit((p: Params, id: np.Array, states: State[]) => {
    let h = nn.oneHot(id, V)
    const next = p.layers.map(([direction], l) => {
      const state = cellStep(work, direction!, h, states[l]!)
      h = state.h.ref
      return state
    })
    const logits = np.dot(h, p.Wq.ref).add(p.bq.ref)
    tree.dispose(p)
    return [logits, next] as [np.Array, State[]]
  })
  const step = async (): Promise<Uint32Array> => {
    use()
    let states = Array.from({ length: layers }, () => freshState(work, 1))
    const written = new Uint32Array(T)
    let id = 0
    for (let t = 0; t < T; t++) {
      const [logits, next] = run(tree.ref(params) as Params, ids(Uint32Array.of(id), [1]), states) as [np.Array, State[]]
      states = next
      id = argmax((await logits.data()) as Float32Array)
      written[t] = id
    }
    tree.dispose(states)
    return written
  }
  return { step, destroy: () => (tree.dispose(params), run.dispose()) }
}

const peer = (device: 'webgpu' | 'wasm'): Peer => {
  const use = () => void defaultDevice(device)
  return {
    title: `jax-js ${version}`,
    open: async () => {
      if (!(await init(device)).includes(device)) throw new NotOffered(`jax-js could not open ${device} here`)
    },
    start: (task) => start(task, use),
  }
}

export const peers: Record<string, Peer> = { 'jax-webgpu': peer('webgpu'), 'jax-wasm': peer('wasm') }
