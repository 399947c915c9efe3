// Gates that start by keeping the state.
import { cells, type Network } from 'sluice'
import { random } from '../lessons/tasks'

/** Biases the gates of every layer to keep the state for times spread up to T (Tallec and Ollivier 2018): b_z of a GRU = ln u, b_f = −b_i of
 * an LSTM, u in 1 … T − 1. A plain RNN has no such gate. */
export async function biasToKeep(network: Network, T: number, seed: number): Promise<void> {
  const values = await network.readParameters()
  const changed = new Map<string, Float32Array<ArrayBuffer>>()
  network.spec.layers.forEach((layer, l) => {
    if (!('cell' in layer)) return
    const { cell, hidden: H } = layer
    const { gates, keeps } = cells[cell]
    if (!keeps) return
    const b = values.get(`layers.${l}.b`)!
    const uniform = random(seed + l)
    const [keep, write] = [gates.indexOf(keeps.gate), gates.indexOf('i')]
    for (let j = 0; j < H; j++) {
      const bias = Math.log(1 + uniform() * Math.max(1, T - 2))
      b[keep * H + j] = keeps.inverted ? -bias : bias
      if (write >= 0) b[write * H + j] = -bias
    }
    changed.set(`layers.${l}.b`, b)
  })
  if (changed.size > 0) network.writeParameters(changed)
}
