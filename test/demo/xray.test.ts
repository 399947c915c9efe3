// The view X-ray as a person meets it.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cellNames, cells, readSafetensors } from 'sluice'
import { SmallGru } from '../../demo/opening/gru'
import { unitStep } from '../../demo/shared/cell-step'
import { pathsBack, type PathBack } from '../../demo/shared/step-gradient'
import { occluded, occlusionOf } from '../../demo/worker/occlusion'
import { lossAndGradients, references, type State } from '../../src/reference'
import { small, useBrowser, visit, type Person } from './person'
import { numberOf } from './numbers'
import { screensOf } from './screens'
import { inTurn } from '../support/sampled'

useBrowser()

/** The picture of the heat map, as a number that another picture would hardly have. */
const picture = (person: Person) =>
  person.page.$eval('#heat canvas', (found) => {
    const canvas = found as HTMLCanvasElement
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    return data.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 7)
  })
const changes = async (person: Person, from: number) => {
  for (let tries = 0; tries < 60; tries++) {
    if ((await picture(person)) !== from) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}
describe('one step of a cell', () => {
  const value = (values: Readonly<Record<string, number>>) => (name: string) => values[name]!

  it('is products and a sum, and the sum is the new state', () => {
    const gru = unitStep('gru', value({ r: 0.25, z: 0.75, n: -0.5, h: 0.75 * 0.8 + 0.25 * -0.5 }), () => 0.8)
    expect(gru.products.map(({ role, product }) => [role, product.value])).toEqual([
      ['seen', 0.2],
      ['kept', expect.closeTo(0.6)],
      ['written', -0.125],
    ])
    expect(gru.sum!.kept.value + gru.sum!.written.value).toBeCloseTo(gru.h.value)
    const c = 0.5 * 2 + 0.25 * 0.8
    const lstm = unitStep('lstm', value({ f: 0.5, i: 0.25, g: 0.8, o: 0.9, c, h: 0.9 * Math.tanh(c) }), value({ c: 2 }))
    expect(lstm.sum!.kept.value + lstm.sum!.written.value).toBeCloseTo(lstm.sum!.state.value)
    expect(lstm.products.find(({ role }) => role === 'shown')!.product.value).toBeCloseTo(lstm.h.value)
    const mgu = unitStep('mgu', value({ f: 0.25, n: -0.5, h: 0.75 * 0.8 + 0.25 * -0.5 }), () => 0.8)
    expect(mgu.sum!.kept.value + mgu.sum!.written.value).toBeCloseTo(mgu.h.value)
    expect(unitStep('rnn', value({ h: 0.3 }), () => 0.8)).toEqual({ products: [], sum: null, h: { symbol: 'h', value: 0.3, signed: true } })
  })
})

describe('one step backwards', () => {
  const sumTo = (state: 'h' | 'c', paths: readonly PathBack[], H: number) =>
    Array.from({ length: H }, (_, k) => paths.filter(({ to }) => to === state).reduce((sum, { values }) => sum + values[k]!, 0))

  it.each(cellNames)('%s: the paths add up to the gradient of the reference', (cell) => {
    const { gates: names, states, recurrentBias } = cells[cell]
    const [H, G] = [5, names.length]
    const values = (size: number, from: number) => Float64Array.from({ length: size }, (_, i) => Math.sin(7 * i + from))
    const state = (from: number): State => (states.length === 2 ? { h: values(H, from), c: values(H, from + 0.5) } : { h: values(H, from) })
    const U = values(H * G * H, 1)
    const bn = recurrentBias ? values(H, 2) : null
    const of = (data: Float64Array, bn: Float64Array | null) => ({ U: { data, offset: 0, stride: G * H }, bn, p: null })
    const before = state(3)
    const step = references[cell].forward(of(U, bn), values(G * H, 4), before)
    const gate = (name: string) => step.gates.subarray((names as readonly string[]).indexOf(name) * H).subarray(0, H)
    const d = state(5)
    // The reference takes what later steps need of c; a path takes what all need of it.
    const dc = d.c?.map((dc, j) => dc + d.h[j]! * gate('o')[j]! * (1 - Math.tanh(step.state.c![j]!) ** 2))
    const paths = pathsBack(cell, { U, ...(bn && { bn }) }, { gates: gate, before, after: step.state }, { h: d.h, c: dc })
    const sums = of(new Float64Array(U.length), bn && new Float64Array(H))
    const expected = references[cell].backward(of(U, bn), { before, step, after: { h: d.h.slice(), ...(d.c && { c: d.c.slice() }) }, sums }).before
    sumTo('h', paths, H).forEach((sum, k) => expect(sum).toBeCloseTo(expected.h[k]!, 12))
    if (expected.c) sumTo('c', paths, H).forEach((sum, k) => expect(sum).toBeCloseTo(expected.c![k]!, 12))
    // And each path counts.
    for (const { values } of paths) expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(1e-3)
  })

  it('through the whole text, in the model that comes with the page, is as the reference has it', () => {
    const file = new Uint8Array(readFileSync('demo/opening/english.safetensors')).buffer
    const model = SmallGru.read(file)
    const ids = model.vocabulary.encode('The lock')
    const [T, H, V] = [ids.length, model.hidden, model.vocabulary.size]
    const { tensors } = readSafetensors(file)
    const parameters = new Map([...tensors].map(([name, { values }]) => [name, Float64Array.from(values as Float32Array)]))
    const embedding = tensors.get('embedding')!.shape[1]!
    const spec = { input: { ids: V, embedding }, layers: [{ cell: 'gru', hidden: H }], head: { classes: V } } as const
    const targets = Array.from(ids, (_, t) => ids[t + 1] ?? -1)
    const { gradients } = lossAndGradients(spec, parameters, { ids }, targets, { batch: 1 })
    const mine = model.gradients(ids, model.trace(ids))
    const largest = Math.max(...mine.map(Math.abs))
    expect(largest).toBeGreaterThan(0.01)
    // The reference has the mean over the characters, not the sum.
    gradients.layers[0]!.h.forEach((value, i) => expect(Math.abs((T - 1) * value - mine[i]!)).toBeLessThan(1e-5 * largest))
  })
})

it('replaces each character once by each of two others, and compares', () => {
  const ids = Uint32Array.of(0, 5, 1)
  const { batch, rows } = occluded(ids, 9)
  expect(rows).toBe(7)
  const row = (n: number) => [0, 1, 2].map((t) => batch[t * rows + n])
  expect(Array.from({ length: rows }, (_, n) => row(n))).toEqual([
    [0, 5, 1],
    [1, 5, 1],
    [2, 5, 1],
    [0, 0, 1],
    [0, 1, 1],
    [0, 5, 0],
    [0, 5, 2],
  ])
  const found = occlusionOf([0.8, 0.6, 0.8, 0.1, 0.2, 0.8, 0.8], { at: 10, n: 3, character: 'e' })
  expect(found).toMatchObject({ at: 10, from: 8, character: 'e', probability: 0.8 })
  expect(found.without.map((one) => Number(one.toFixed(3)))).toEqual([0.7, 0.15, 0.8])
})

const pressed = (person: Person) => person.page.$eval('#responses [aria-pressed=true]', (button) => (button as HTMLElement).innerText)

describe.each(screensOf('xray'))('$name', ({ screen }) => {
  it('looks into a network that is trained here, and follows a unit', async () => {
    const person = await visit({ view: 'xray', screen, settings: { ...small, cell: 'gru', layers: '2', iterations: '60' } })
    expect(await person.says('#no-network', /./)).toContain('This is the network that comes with the page')
    // That one is looked into at once, and picks a unit to follow.
    expect(await person.says('#interesting', /./)).toMatch(/Unit \d+ is one to follow/)
    await person.press('#train-here')
    expect(await person.says('#seen', /^GRU.*at step 60$/)).toBe('GRU, 2 × 16 units, at step 60')
    expect(await person.overflows()).toBe(false)

    // Another layer, another quantity, another unit: another picture each time.
    let seen = await picture(person)
    for (const act of [
      () => person.choose('layer', '1'),
      () => person.choose('quantity', 'z'),
      () => person.fill('[name=unit]', '3'),
      () => person.press('[name=sorted]'),
    ]) {
      await act()
      expect(await changes(person, seen)).toBe(true)
      seen = await picture(person)
    }
    expect(await person.text('#one-unit-title')).toBe('Unit 3 through the text')

    // The list: its values fall, and a press follows the unit.
    await person.choose('place', 'lineEnd')
    const listed = await person.page.$$eval('#responses .responses-list button', (buttons) =>
      buttons.map((button) => Math.abs(Number((button as HTMLElement).innerText.split(/\s+/).at(-1)!.replace('−', '-')))),
    )
    expect(listed).toHaveLength(10)
    expect(listed.toSorted((a, b) => b - a)).toEqual(listed)
    await person.press('#responses .responses-list li:nth-child(3) button')
    const unit = (await pressed(person)).match(/\d+/)![0]
    expect(await person.text('#one-unit-title')).toBe(`Unit ${unit} through the text`)
    expect(await person.page.$eval('[name=unit]', (field) => (field as HTMLInputElement).value)).toBe(unit)
    expect(await person.page.$eval('#heat canvas', (canvas) => canvas.ariaLabel)).toContain(`Unit ${unit} is highest`)

    // A link keeps the choices, and a visitor finds them in a network of one's own.
    const address = new URL(person.page.url())
    expect(Object.fromEntries([...address.searchParams].filter(([name]) => name.startsWith('xray.')))).toEqual({
      'xray.layer': '2',
      'xray.quantity': 'z',
      'xray.unit': unit,
      'xray.place': 'lineEnd',
      'xray.sorted': 'false',
    })
    await person.page.reload()
    await person.says('#seen', /at step 60$/)
    expect(
      await person.page.$$eval('.xray :checked', (found) => found.map((one) => `${(one as HTMLInputElement).name} ${(one as HTMLInputElement).value}`)),
    ).toEqual(['layer 1', 'quantity z', 'live on', 'place lineEnd'])
    expect(await person.text('#one-unit-title')).toBe(`Unit ${unit} through the text`)

    // By keyboard: along the text, and from unit to unit.
    await person.page.focus('#heat .columns')
    await person.page.keyboard.press('ArrowRight')
    await person.page.keyboard.press('ArrowRight')
    expect(await person.says('#here', /position 2/)).toMatch(/^After “h” \(position 2\)\s+z = 0\.\d\d\s+It expects next: \S+ \d/)
    await person.page.keyboard.press('ArrowDown')
    expect(await person.text('#one-unit-title')).not.toBe(`Unit ${unit} through the text`)

    // What made it expect the next character, and the step of the cell there: what is kept and what is written make the new state.
    expect(await person.says('#why', /It expects/)).toMatch(/It expects “\S+” with .*%/)
    await person.page.focus('#cell-step [role=group]')
    await person.page.keyboard.press('ArrowRight')
    expect(await person.says('#cell-step', /position 3/)).toContain('It reads e (position 3).')
    const sums = await person.page.$$eval('.xray-flow-line.strong', (lines) =>
      lines.map((line) => [...line.querySelectorAll('.xray-number')].map((number) => Number((number as HTMLElement).innerText.replace('−', '-')))),
    )
    expect(sums).toHaveLength(3)
    for (const [kept, written, state] of sums) expect(Math.abs(kept! + written! - state!)).toBeLessThan(0.0151)

    // The same step backwards, on demand: what arrives along the paths adds up, in every unit, and the shares to 100 %.
    await person.press('#cell-back summary')
    expect(await person.says('#cell-back', /together/)).toMatch(/makes the gradient \S+ times as large\. −?\d+\s%/)
    const back = Object.fromEntries(
      await person.page.$$eval('#cell-back tr[data-path]', (rows) =>
        rows.map((row) => [(row as HTMLElement).dataset['path']!, [...row.querySelectorAll('td')].map((cell) => cell.innerText)] as const),
      ),
    )
    const paths = ['kept', 'n', 'r', 'z'].map((path) => back[path]!)
    expect(Math.abs(paths.reduce((sum, [, share]) => sum + numberOf(share!), 0) - 100)).toBeLessThan(2.5)
    for (const unit of [2, 3, 4]) {
      const parts = paths.map((path) => numberOf(path[unit]!))
      const rounding = 0.06 * Math.max(...parts.map(Math.abs)) * parts.length
      expect(Math.abs(parts.reduce((a, b) => a + b) - numberOf(back['before']![unit]!))).toBeLessThan(rounding)
    }

    expect(await person.text('#gates .xray-legend')).toMatch(/r, reset 0\.\d\d\s+z, update 0\.\d\d/)
    // Long and short memory: the lists are sorted, and lie beyond what the middle unit has.
    const memory = await person.page.$$eval('.xray-memory-pair > div', (parts) =>
      parts
        .map((part) => [part.querySelector('p')!.innerText, ...[...part.querySelectorAll('button > :last-child')].map((value) => value.textContent!)])
        .map(([about, ...values]) => [...about!.match(/\d+\.\d+/g)!, ...values].map(Number)),
    )
    const [[middle, least, ...longest], [middleReset, most, ...lowest]] = memory as [number[], number[]]
    expect(longest).toHaveLength(5)
    expect(longest.toSorted((a, b) => b - a)).toEqual(longest)
    expect(longest[0]).toBeGreaterThanOrEqual(middle!)
    expect(middle).toBeGreaterThanOrEqual(least!)
    expect(lowest.toSorted((a, b) => a - b)).toEqual(lowest)
    expect(lowest[0]).toBeLessThan(middleReset!)
    expect(middleReset).toBeLessThan(most!)
    await person.press('#heat summary')
    expect(await person.says('#heat table', /1 T/)).toMatch(/z, Mean of all units\s+1 T\s+0\.\d\d\s+0\.\d\d\s+2 h/)
    expect(await person.accessibilityFaults()).toEqual([])
  })
})

inTurn(4)('reads what is typed, and says which character the network does not know', async () => {
  const person = await visit({ view: 'xray', settings: { ...small, cell: 'lstm', iterations: '20', lang: 'en' } })
  await person.press('#train-here')
  await person.says('#seen', /at step 20$/)
  await person.fill('#passage', 'the lock')
  await person.page.waitForFunction(() => document.querySelectorAll('#one-unit [data-at]').length === 8)
  expect(await person.text('#gates .xray-legend')).toMatch(/i, input 0\.\d\d\s+f, forget 0\.\d\d/)
  expect(await person.page.$$eval('#memory h4', (found) => found.map((title) => title.textContent))).toEqual(['Forget gate: how long a unit remembers'])
  await person.fill('#passage', 'the 锁')
  expect(await person.says('.xray-passage .failure', /./)).toContain('has never seen this character')
})

inTurn(4)('leaves what is being typed alone while the network learns', async () => {
  const person = await visit({ view: 'xray', settings: { ...small, lang: 'en' } })
  await person.press('#train-here')
  await person.says('#seen', /at step \d/)
  await person.page.focus('#passage')
  await person.page.$eval('#passage', (field) => (field as HTMLTextAreaElement).select())
  // Slower than the network is looked at.
  await person.page.type('#passage', 'the old keeper', { delay: 250 })
  expect(await person.page.$eval('#passage', (field) => (field as HTMLTextAreaElement).value)).toBe('the old keeper')
  await person.page.waitForFunction(() => document.querySelectorAll('#one-unit [data-at]').length === 14)
})

inTurn(4)('shows the nearest there is to choices that the network has not', async () => {
  const person = await visit({
    view: 'xray',
    settings: { ...small, cell: 'rnn', iterations: '20', 'xray.layer': '3', 'xray.quantity': 'z', 'xray.unit': '99', 'xray.place': 'moon' },
  })
  await person.press('#train-here')
  await person.says('#seen', /at step 20$/)
  expect(await person.text('#one-unit-title')).toBe('Unit 16 through the text')
  expect(await person.page.$eval('[name=quantity]:checked', (one) => (one as HTMLInputElement).value)).toBe('h')
})

inTurn(4)('keeps looking while the network learns, and when it was trained on Train', async () => {
  const person = await visit({ settings: { ...small, cell: 'rnn' } })
  await person.press('#primary')
  await person.says('#samples', /Before training/)
  await person.page.locator('nav a ::-p-text(X-ray)').click()
  const first = await person.says('#seen', /at step \d/)
  await person.page.waitForFunction((first) => document.querySelector<HTMLElement>('#seen')?.innerText !== first, {}, first)
  const work: number[] = []
  for (const place of ['lineEnd', 'quote', 'space', 'inQuotes']) work.push(await person.answering(`input[name=place][value=${place}]`))
  expect(Math.max(...work)).toBeLessThan(100)
  expect(await person.text('.xray-gates')).toContain('A plain RNN has no gates')
  expect(await person.page.$$eval('[name=quantity]', (found) => found.map((one) => (one as HTMLInputElement).value))).toEqual(['h'])
})
