// The road of torch.nn with both biases trained: its batches, and the parameter groups of one of its runs.
import type { ParameterGroup } from '../../src/parameter-groups'
import type { Shares } from '../../src/reference'
import two from '../fixtures/pytorch-two-biases.json'
import whole from '../fixtures/pytorch-trajectory.json'

export const fixture = two
export const road = whole

export const decode = (base64: string) => new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)

/** The first batches of the road: sequential partition, as test/fixtures/pytorch.py cuts it. */
export function* batches(count: number) {
  const { batch: B, steps: T, tokens, offsets } = road
  let n = 0
  for (const offset of offsets) {
    const row = Math.floor((tokens.length - offset - 1) / B)
    for (let k = 0; k < Math.floor(row / T) && n < count; k++) {
      const at = (shift: number) => Uint32Array.from({ length: T * B }, (_, i) => tokens[offset + shift + (i % B) * row + k * T + Math.floor(i / B)]!)
      yield { n: n++, ids: at(0), targets: at(1), fresh: k === 0 }
    }
  }
}

/** As test/fixtures/pytorch_two_biases.py groups them: W frozen, biases without weight decay, the head at half the rate. */
export const groups: readonly ParameterGroup[] = [
  { parameters: ['layers.0.W'], frozen: true },
  { parameters: ['layers.0.b'], decay: 0 },
  { parameters: ['head.W'], rateFactor: 0.5 },
  { parameters: ['head.b'], rateFactor: 0.5, decay: 0 },
]

/** The same for the reference; the biases also as `shares` has them. */
export const groupShares = (decay: number, shares: Shares): Shares =>
  new Map([
    ['layers.0.W', { times: () => 0 }],
    ['layers.0.b', { ...shares.get('layers.0.b'), decay: 0 }],
    ['head.W', { rate: 0.5, decay }],
    ['head.b', { rate: 0.5, decay: 0 }],
  ])
