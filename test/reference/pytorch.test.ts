// The reference against PyTorch: layers with all their gradients, and training runs (test/fixtures/README.md).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { CellName } from '../../src/cells'
import { backward, clipNorm, forward, lossAndGradients, Optimizer, zeroParameters, type Rule, type State } from '../../src/reference'
import type { NetworkSpec } from '../../src/spec'
import { expectClose } from './support'

type Named = Record<string, number[]>
type States = { h: number[]; c?: number[] }[]
interface LayerCase {
  readonly name: string
  readonly cell: CellName
  readonly layers: number
  readonly bidirectional: boolean
  readonly bias: boolean
  readonly batch: number
  readonly features: number
  readonly hidden: number
  readonly lengths: number[] | null
  readonly parameters: Named
  readonly x: number[]
  readonly initial: States
  readonly dy: number[]
  readonly dfinal: States
  readonly outputs: number[]
  readonly final: States
  readonly gradients: { parameters: Named; x: number[]; initial: States }
}
interface Trajectories {
  readonly batch: number
  readonly steps: number
  readonly hidden: number
  readonly classes: number
  readonly clipNorm: number
  readonly tokens: number[]
  readonly offsets: number[]
  readonly initial: Record<string, Record<string, string>>
  readonly runs: {
    cell: CellName
    name: string
    rule: Partial<Rule> & Pick<Rule, 'kind' | 'rate'>
    updates: number
    clipped: number
    losses: number[]
    norms: number[]
  }[]
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8'))
const layerCases: LayerCase[] = read('pytorch-layers.json').cases
const trajectories: Trajectories = read('pytorch-trajectory.json')

// What is given is exact; results are rounded to 9 significant digits, so by up to 5e-9 relative. Both sides compute in
// float64, in another order: sums of a few hundred terms of order 1 and of either sign differ by about 1e-14, which
// counts only where they cancel.
const rounded = { absolute: 1e-13, relative: 5.1e-9 }
const states = (given: States): State[] => given.map(({ h, c }) => ({ h: Float64Array.from(h), ...(c && { c: Float64Array.from(c) }) }))

function expectStates(name: string, actual: readonly State[], expected: States): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach(({ h, c }, l) => {
    expectClose(`${name} h of layer ${l}`, h, expected[l]!.h, rounded)
    if (c || expected[l]!.c) expectClose(`${name} c of layer ${l}`, c!, expected[l]!.c!, rounded)
  })
}

describe('a layer', () => {
  it.each(layerCases)('$name', (given) => {
    const { cell, hidden, bidirectional, bias, batch, features, lengths } = given
    const layers = Array.from({ length: given.layers }, () => ({ cell, hidden, bidirectional, bias }))
    const spec: NetworkSpec = { input: { features }, layers, head: { classes: 1 } }
    const parameters = zeroParameters(spec) // the head stays zero: the loss does not pass through it
    for (const [name, values] of Object.entries(given.parameters)) parameters.set(name, Float64Array.from(values))

    const options = { batch, initial: states(given.initial), ...(lengths && { lengths }) }
    const run = forward(spec, parameters, { features: Float64Array.from(given.x) }, options)
    expectClose('outputs', run.outputs, given.outputs, rounded)
    expectStates('final', run.final, given.final)

    const made = backward(spec, parameters, run, { outputs: Float64Array.from(given.dy), final: states(given.dfinal) })
    expect(Object.keys(given.gradients.parameters)).toEqual([...parameters.keys()].filter((name) => !name.startsWith('head')))
    for (const [name, expected] of Object.entries(given.gradients.parameters)) expectClose(`gradient of ${name}`, made.parameters.get(name)!, expected, rounded)
    expectClose('gradient of x', made.features!, given.gradients.x, rounded)
    expectStates('gradient of initial', made.initial, given.gradients.initial)
  })
})

const float32 = (base64: string) => new Float32Array(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer)

/** The sequential partition of the fixtures' README: inputs and targets [T, B], and whether the state starts from zero. */
function* batches({ tokens, offsets, batch: B, steps: T }: Trajectories) {
  for (const offset of offsets) {
    const row = Math.floor((tokens.length - offset - 1) / B)
    for (let k = 0; (k + 1) * T <= row; k++) {
      const at = (place: number) => offset + (place % B) * row + k * T + Math.floor(place / B)
      yield {
        ids: Uint32Array.from({ length: T * B }, (_, place) => tokens[at(place)]!),
        targets: Uint32Array.from({ length: T * B }, (_, place) => tokens[at(place) + 1]!),
        fresh: k === 0,
      }
    }
  }
}

describe('a training run', () => {
  // The fixture is float32, the reference float64. PyTorch's own float64 runs stay within 1e-6 of these losses
  // (`float64Apart`), and a change of 1e-5 in the initial weights within 1e-4 (measured when the settings were chosen):
  // roundings do not grow into another road.
  const near = { relative: 1e-5 }

  it.each(trajectories.runs)('$cell with $name goes the same road as in PyTorch', ({ cell, rule, updates, clipped, losses, norms }) => {
    const { batch, hidden, classes } = trajectories
    const spec: NetworkSpec = { input: { ids: classes }, layers: [{ cell, hidden }], head: { classes } }
    const parameters = zeroParameters(spec)
    for (const [name, base64] of Object.entries(trajectories.initial[cell]!)) parameters.set(name, Float64Array.from(float32(base64)))

    const optimizer = new Optimizer(rule)
    const road = { losses: [] as number[], norms: [] as number[], clipped: 0 }
    let state: readonly State[] = []
    for (const { ids, targets, fresh } of batches(trajectories)) {
      if (road.losses.length === updates) break
      const { forward: run, loss, gradients } = lossAndGradients(spec, parameters, { ids }, targets, { batch, initial: fresh ? [] : state })
      const { gradients: small, norm, scale } = clipNorm(gradients.parameters, trajectories.clipNorm)
      optimizer.update(parameters, small)
      state = run.final
      road.losses.push(loss.loss)
      road.norms.push(norm)
      if (scale < 1) road.clipped++
    }
    expectClose('loss of update', road.losses, losses, near)
    expectClose('norm of update', road.norms, norms, near)
    // Clipping is a part of the road.
    expect(road.clipped).toBe(clipped)
    expect(clipped).toBeGreaterThan(updates / 5)
  })
})
