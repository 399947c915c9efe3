// The view Gates as a person meets it, and what its lines are.
import { describe, expect, it } from 'vitest'
import { pieces, random } from '../../demo/lessons/tasks'
import { shares, weighted } from '../../demo/shared/gates/carriers'
import { answerAt, atMarks, counting, furthest, type Item } from '../../demo/shared/gates/record'
import { kinds } from '../../demo/shared/gates/settings'
import { useBrowser, visit } from './person'
import { numberOf } from './numbers'
import { screensOf } from './screens'

useBrowser()

describe('the lines', () => {
  it('are means over the units, each with its share in the answer', () => {
    // The first unit swings by 1 and counts 3, the second by 2 and counts −1, the third stands still.
    const h = Float32Array.of(1, 2, 0.5, -1, -2, 0.5)
    expect([...shares(h, Float32Array.of(3, -1, 9), 3)].map((one) => Number(one.toFixed(6)))).toEqual([0.6, 0.4, 0])
    expect([...weighted(Float32Array.of(1, 0, 1, 0, 1, 1), Float64Array.of(0.6, 0.4, 0))]).toEqual([0.6, 0.4])
    // A network that says nothing has no carriers: all count the same.
    expect([...shares(new Float32Array(4), new Float32Array(2), 2)]).toEqual([0.5, 0.5])
  })

  it('have their means at the marks and elsewhere, without the first', () => {
    const sequence = [true, false, false, true, false].map((first): Item => ({ first, number: 0 }))
    expect(atMarks([9, 0.5, 0.7, 0.1, 0.9], sequence)).toEqual({ marked: 0.1, others: expect.closeTo(0.7) })
    expect(furthest(sequence)).toBe(2)
  })

  it.each(kinds)('ask what the task asks (%s)', (kind) => {
    const [T, B] = [30, 3]
    const { features, targets } = pieces(kind, T, B, random(5))
    const sequence = Array.from({ length: T }, (_, t): Item => ({ number: features[2 * t * B]!, first: features[2 * t * B + 1] === 1 }))
    expect(sequence[0]!.first).toBe(true)
    expect(sequence.filter(({ first }) => first).length).toBeGreaterThan(1)
    expect(targets[0]).toBeNaN()
    for (let t = 1; t < T; t++) {
      expect(answerAt(kind, sequence, t)).toBeCloseTo(targets[t * B]!, 6)
      // No other number changes the answer.
      for (let other = 0; other < T; other++) {
        const changed = sequence.map((item, i) => (i === other ? { ...item, number: item.number + 1 } : item))
        expect(answerAt(kind, changed, t) !== answerAt(kind, sequence, t)).toBe(counting(kind, sequence, t).includes(other))
      }
    }
  })
})

const small = { 'gates.steps': '20', 'gates.batch': '16', 'gates.iterations': '200' }

describe.each(screensOf('gates'))('$name', ({ screen }) => {
  it('learns both questions, and shows gates that open at a mark where the first number counts', async () => {
    const person = await visit({ view: 'gates', settings: small, screen })
    expect(await person.says('h2', /./)).toBe('What the gates do')
    expect(await person.overflows()).toBe(false)
    await person.press('#primary')
    await person.says('#status', /Done/)
    const figure = async (lane: number, column: string) => numberOf(await person.text(`#figures [data-lane="${lane}"] [data-column=${column}]`))
    // In the order of the lanes: GRU and LSTM on the last two numbers, then on the first.
    for (const lane of [2, 3]) {
      expect(await figure(lane, 'loss')).toBeLessThan(1 / 12 / 4)
      const opens = (await figure(lane, 'others')) - (await figure(lane, 'marked'))
      expect(opens).toBeGreaterThan(0.1)
      expect(opens).toBeGreaterThan((await figure(lane - 2, 'others')) - (await figure(lane - 2, 'marked')) + 0.05)
    }

    // What 1 and 0 of each gate mean stands there, and the axes say no more.
    const ends = await person.page.$$eval('.gates-ends dl > div', (all) => all.map((one) => [...one.children].map((child) => child.textContent!.trim())))
    expect(ends.map(([gate]) => gate![0])).toEqual(['r', 'z', 'f'])
    for (const [, one, zero] of ends) expect([one!.slice(0, 2), zero!.slice(0, 2)]).toEqual(['1:', '0:'])
    expect(await person.page.$$eval('.gates-axis', (all) => all.map((one) => one.textContent))).toEqual(['1', '0', '1', '0'])

    // By keyboard from number to number: those that count are marked.
    await person.page.focus('[name=number]')
    await person.page.keyboard.press('Home')
    expect(await person.says('#gates-short .gates-answer', /Nothing/)).toBe('Nothing is asked after the first number.')
    await person.page.keyboard.press('ArrowRight')
    expect(await person.says('#gates-short .gates-answer', /After number 2/)).toMatch(/right is 0\.\d\d\. The GRU says −?\d\.\d\d, the LSTM/)
    const counts = (kind: string) =>
      person.page.$$eval(`#gates-${kind} .gates-number`, (all) => all.flatMap((one, i) => (one.classList.contains('counts') ? [i] : [])))
    expect(await counts('short')).toEqual([0, 1])
    expect(await counts('long')).toHaveLength(1)

    expect(await person.overflows()).toBe(false)
    expect(await person.accessibilityFaults()).toEqual([])
    // It is found again after a reload.
    const found = await person.text('#figures')
    await person.page.reload()
    await person.says('#status', /Done/)
    expect(await person.text('#figures')).toBe(found)
  })
})
