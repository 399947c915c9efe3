// What the page says of depth is what docs/lessons.md has measured.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { depths, depthSteps } from '../../demo/views/train/depth'

it('has the figures of the lesson, each the mean of its seeds', () => {
  const page = readFileSync(new URL('../../docs/lessons.md', import.meta.url), 'utf8')
  const [lesson] = page.split('npm run lesson:depth')[1]!.split('The preset') as [string]
  const rows = [...lesson.matchAll(/\| GRU, (\d) layers? of (\d+) units \| \**([\d.]+)\** \| ([\d., ]+) \|/g)]
  expect(rows.map(([, layers, hidden, mean]) => ({ layers: Number(layers), hidden: Number(hidden), perplexity: Number(mean) }))).toEqual(depths)
  for (const [, , , mean, seeds] of rows) {
    const values = seeds!.split(',').map(Number)
    expect(values).toHaveLength(3)
    expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(Number(mean), 1)
  }
  expect(lesson).toContain(`${depthSteps} steps`)
})
