// The gradient of one step of the last inspected passage, path by path.
import { ignored, type CellName, type TextModel } from 'sluice'
import { SmallGru } from '../opening/gru'
import { pathsBack } from '../shared/step-gradient'
import type { StepBack } from '../shared/xray'
import { cellGradients } from './gradients/norms'
import { lastInspected, type Inspected } from './xray'

/** A layer of a run back through the whole passage, by name each [T, H]. */
interface LayerBack {
  readonly cell: CellName
  readonly hidden: number
  readonly weights: { readonly U: ArrayLike<number>; readonly bn?: ArrayLike<number> | undefined }
  readonly gates: (name: string) => Float32Array
  readonly h: Float32Array
  readonly c: Float32Array | undefined
  readonly dh: Float32Array | Float64Array
  readonly dc: Float32Array | undefined
}

/** Run back once for each inspection. */
const runs = new WeakMap<Inspected, Promise<readonly LayerBack[]>>()

export const xrayBackHandlers = {
  /** What of the gradient after a step of the last inspected passage reaches the states before it; null if its network is gone.
   * @param at position of the character that the step reads @param layer from 0 */
  async xrayBack({ at, layer }: { at: number; layer: number }): Promise<StepBack | null> {
    const seen = lastInspected()
    if (!seen || at >= seen.ids.length || layer >= seen.states.length) return null
    const run = runs.get(seen) ?? runBack(seen)
    runs.set(seen, run)
    const { cell, hidden: H, weights, gates, h, c, dh, dc } = (await run)[layer]!
    const row = <V extends Float32Array | Float64Array>(values: V, t = at): V => (t < 0 ? new Float32Array(H) : values.subarray(t * H, (t + 1) * H)) as V
    const step = {
      gates: (name: string) => row(gates(name)),
      before: { h: row(h, at - 1), c: c && row(c, at - 1) },
      after: { h: row(h), c: c && row(c) },
    }
    // Copies: what is sent of a part of an array is the whole of it.
    const after = { h: row(dh).slice(), c: dc && row(dc).slice() }
    return { at, layer, after, paths: pathsBack(cell, weights, step, after) }
  },
}

async function runBack({ ids, states: [trace], of: model }: Inspected): Promise<readonly LayerBack[]> {
  if (!(model instanceof SmallGru)) return runModelBack(model, ids)
  const gates = trace as ReturnType<SmallGru['trace']>
  const dh = model.gradients(ids, gates)
  return [
    { cell: 'gru', hidden: model.hidden, weights: model, gates: (name) => gates[name as keyof typeof gates], h: gates.h, c: undefined, dh, dc: undefined },
  ]
}

async function runModelBack({ network }: TextModel, ids: Uint32Array): Promise<readonly LayerBack[]> {
  const T = ids.length
  const targets = Uint32Array.from(ids, (_, t) => ids[t + 1] ?? ignored)
  // Both of the same step of the training.
  const [{ trace }, parameters] = await Promise.all([
    network.run({ steps: T, batch: 1, ids, targets, gradients: true, inspect: true }),
    network.readParameters(),
  ])
  return network.spec.layers.flatMap((layer, l) => {
    if (!('cell' in layer)) return []
    const { cell, hidden } = layer
    const { gates, h, c, dh: mean } = trace![l]!
    // The loss of a run is the mean over its targets.
    const dh = mean!.map((value) => value * (T - 1))
    const dc = c && cellGradients(dh, c, gates.get('f')!, gates.get('o')!, hidden)
    const weights = { U: parameters.get(`layers.${l}.U`)!, bn: parameters.get(`layers.${l}.bn`) }
    return [{ cell, hidden, weights, gates: (name: string) => gates.get(name)!, h, c, dh, dc }]
  })
}
