// What a layer chooses of a kernel's text: the usual text stays as it is, and a choice finds what it changes, written out or bare.
import { describe, expect, test } from 'vitest'
import { bare, joinImports, kernelFiles } from '../shaders/plugin'
import { cells } from '../src/cells'
import { chosen } from '../src/gpu/choices'

const able = Object.values(cells).flatMap(({ kernel, activations }) => (activations ? kernel : []))
const steps = [...kernelFiles()].filter(([name]) => /^(cell|tile|resident)\/\w+_(forward|backward)/.test(name))
const count = (code: string, pattern: RegExp) => code.replace(/\/\/.*/g, '').match(pattern)?.length ?? 0

/** Dropout of the state: what a step multiplies by U is masked, and the gradient that comes through U. */
function checkMasks(name: string, code: string): void {
  const forward = /_forward/.test(name)
  const masked = chosen(code, { [forward ? 'masks_state' : 'masks_gradient']: 1 }).code
  if (forward) {
    expect([count(masked, /\breturn (h|saved)\[i\]/g), count(masked, /\bfn masked\b/g)]).toEqual([0, 1])
    expect(count(masked, /\bmasked\((h|saved)\[i\], ?i\)/g)).toBe(count(code, /\breturn (h|saved)\[i\]/g))
    expect(count(code, /\breturn (h|saved)\[i\]/g)).toBeGreaterThan(0)
  } else expect([count(masked, /\bfn finish\b/g), count(masked, /\bfn whole_finish\b/g)]).toEqual([1, 1])
}

describe.each([
  ['as it is written', (code: string) => code],
  ['as a build has it', bare],
])('a kernel %s', (_, written) => {
  test.each(steps)('%s', (name, file) => {
    const code = written(joinImports(file))
    expect(chosen(code, { phase: 1 })).toEqual({ code, constants: { phase: 1 } })
    const back = chosen(code, { phase: 1, backwards: 1 })
    expect(back.constants).toEqual({ phase: 1 })
    expect(count(code, /\bd ?== ?1\b/g)).toBeGreaterThanOrEqual(3)
    expect(count(back.code, /\bd ?== ?1\b/g)).toBe(0)
    // Beside register-resident weights, and in the steps of projected states, masks are applied in dispatches of their own.
    if (!/^resident\/|_projected_/.test(name)) checkMasks(name, code)
    if (!able.some((kernel) => new RegExp(`/${kernel}_(forward|backward)`).test(name))) return
    const own = chosen(code, { hard_slope: 0.2 })
    expect(own.constants).toEqual({ hard_slope: 0.2 })
    for (const fn of ['sigmoid', 'sigmoid_derivative', 'tanh_safe', 'tanh_derivative'])
      expect([count(own.code, new RegExp(`\\bfn ${fn}\\b`, 'g')), count(own.code, new RegExp(`\\bfn usual_${fn}\\b`, 'g'))]).toEqual([1, 1])
    expect(count(own.code, /\boverride hard_slope\b/g)).toBe(1)
  })
})

test.each([
  ['layer/peephole_gradient', 2],
  ['layer/initial_state', 1],
] as const)('%s of a layer that reads backwards', (name, times) => {
  const code = joinImports(kernelFiles().get(name)!)
  expect(count(code, /\bd ?== ?1\b/g)).toBe(times)
  expect(count(chosen(code, { backwards: 1 }).code, /\bd ?== ?1\b/g)).toBe(0)
})
