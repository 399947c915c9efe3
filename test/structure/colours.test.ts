// The colours of the cells: each cell has one, it can be read on every ground, and the colour-blind can tell them apart.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cellNames } from 'sluice'

const css = readFileSync('demo/style/base.css', 'utf8')
const tokens = [...new Set(cellNames.map((cell) => cell.split('-')[0]!))]
const themes = ['light', 'dark'] as const

type Rgb = readonly [number, number, number]

/** Linear sRGB of a token. */
function colourOf(token: string, theme: (typeof themes)[number]): Rgb {
  const found = new RegExp(`--${token}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(css)
  if (!found) throw new Error(`demo/style/base.css has no --${token}: light-dark(#…, #…)`)
  const hex = found[theme === 'light' ? 1 : 2]!
  return [0, 2, 4].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
}

const times = (matrix: readonly Rgb[], [r, g, b]: Rgb) => matrix.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Rgb

/** WCAG 2.2, 1.4.3. */
function contrast(a: Rgb, b: Rgb): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b
  const [darker, lighter] = [luminance(a), luminance(b)].sort((a, b) => a - b) as [number, number]
  return (lighter + 0.05) / (darker + 0.05)
}

/** The distance in Oklab (Ottosson 2020). */
function distance(a: Rgb, b: Rgb): number {
  const lab = (rgb: Rgb) =>
    times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      times(
        [
          [0.4122214708, 0.5363325363, 0.0514459929],
          [0.2119034982, 0.6806995451, 0.1073969566],
          [0.0883024619, 0.2817188376, 0.6299787005],
        ],
        rgb.map((one) => Math.min(1, Math.max(0, one))) as unknown as Rgb,
      ).map(Math.cbrt) as unknown as Rgb,
    )
  const [x, y] = [lab(a), lab(b)]
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2])
}

/** What the colour-blind see, in linear sRGB, at full strength (Machado, Oliveira and Fernandes 2009). */
const eyes: Readonly<Record<string, readonly Rgb[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

describe.each(themes)('%s', (theme) => {
  it.each(tokens)('--%s can be read on every ground', (token) => {
    for (const ground of ['paper', 'raised', 'sunk']) expect(contrast(colourOf(token, theme), colourOf(ground, theme)), ground).toBeGreaterThan(4.5)
  })

  it.each(Object.keys(eyes))('the colours of the cells stay apart: %s', (eye) => {
    const seen = tokens.map((token) => ({ token, rgb: times(eyes[eye]!, colourOf(token, theme)) }))
    for (const [i, one] of seen.entries())
      for (const other of seen.slice(i + 1)) expect(distance(one.rgb, other.rgb), `${one.token}, ${other.token}`).toBeGreaterThan(0.08)
  })
})

it.each(cellNames)('a part of the page that speaks of a cell has its colour: %s', (cell) => {
  const token = cell.split('-')[0]!
  const rules = [...css.matchAll(/\[data-cell(\^?)='(\w+)'\] \{\n\s*--cell: var\(--(\w+)\);/g)]
  const [rule] = rules.filter(([, begins, name]) => (begins ? cell.startsWith(name!) : cell === name))
  expect(rule?.[3]).toBe(token)
})
