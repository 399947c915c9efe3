// The view Race as a person meets it, and what it counts on.
import { parameterShapes } from 'sluice'
import { describe, expect, it } from 'vitest'
import { Curve } from '../../demo/shared/curve'
import { presets, type Lane } from '../../demo/shared/race/lanes'
import { equalSizes, specOf } from '../../demo/shared/race/sizes'
import { lineOf, secondsAt, standingsOf } from '../../demo/views/race/standing'
import type { Race, Racer } from '../../demo/shared/race/record'
import { defaults } from '../../demo/shared/race/settings'
import { factsOf, standingFacts } from '../../demo/views/race/verdict'
import { useBrowser, visit, type Person } from './person'
import { screensOf } from './screens'
import { inTurn } from '../support/sampled'

useBrowser()

const tiny = { 'race.budget': '1500', 'race.batch': '4', 'race.steps': '8', 'race.rate': '0.02', 'race.iterations': '4000' }
const cell = (person: Person, lane: number, column: string) => person.text(`#standing [data-lane="${lane}"] [data-column=${column}]`)
const number = (text: string) => Number(text.replace(/[^\d.]/g, ''))
const racedFor = (person: Person, steps: number) =>
  person.page.waitForFunction(
    (steps) => Number(/step ([\d,]+)/.exec(document.querySelector('#status')?.textContent ?? '')?.[1]?.replace(',', '')) >= steps,
    { polling: 50 },
    steps,
  )

describe('sizes', () => {
  const lanes: Lane[] = [...presets.all.lanes, ...presets.deep.lanes, ...presets.sides.lanes]

  it.each([2000, 12_000, 300_000])('are equal at a budget of %d, and are what the library counts', (budget) => {
    for (const task of ['write', 'blanks'] as const) {
      const reading = { task, vocabulary: 60 }
      const racing = task === 'write' ? lanes.filter(({ both }) => !both) : lanes
      const sizes = equalSizes(racing, budget, reading)
      for (const [i, { hidden, parameters }] of sizes.entries()) {
        const shapes = [...parameterShapes(specOf(racing[i]!, hidden, reading)).values()]
        expect(parameters).toBe(shapes.map((shape) => shape.reduce((a, b) => a * b)).reduce((a, b) => a + b))
      }
      const counts = sizes.map(({ parameters }) => parameters)
      // Whole units are as fine as it gets: the largest and the smallest differ by no more than one unit of the one that can
      // choose least finely, and to come so near they leave the budget by a few at most.
      const grain = Math.max(...racing.map((lane, i) => unitOf(lane, sizes[i]!.hidden, reading)))
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(grain)
      for (const count of counts) expect(Math.abs(count - budget)).toBeLessThanOrEqual(4 * grain)
    }
  })

  it('suit the text where no budget is given', () => {
    for (const vocabulary of [30, 2000]) {
      const sizes = equalSizes(presets.cells.lanes, Infinity, { task: 'write', vocabulary })
      for (const { hidden } of sizes) expect(hidden).toBeGreaterThan(20)
    }
  })

  it('refuses a budget that is none', () => {
    expect(() => equalSizes(presets.cells.lanes, NaN, { task: 'write', vocabulary: 9 })).toThrow('weights is NaN')
  })
})

/** Parameters that one hidden unit more costs. */
function unitOf(lane: Lane, hidden: number, reading: Parameters<typeof specOf>[2]): number {
  const count = (H: number) => [...parameterShapes(specOf(lane, H, reading)).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0)
  return count(hidden + 1) - count(hidden)
}

it('compares after equal steps, or after equal time', () => {
  const racer = (losses: number[], seconds: number, out: Racer['out'] = null): Racer => {
    const curve = new Curve()
    losses.forEach((loss, i) => curve.add({ step: i + 1, loss }))
    return {
      lane: presets.cells.lanes[0],
      size: { hidden: 1, parameters: 1 },
      curve,
      marks: [
        { step: 1, seconds: 0 },
        { step: losses.length, seconds },
      ],
      clipped: 2,
      out,
      accuracy: null,
    }
  }
  // One is better at every step, and ten times slower.
  const slow = racer([5, 4, 3, 2, 1], 40)
  const fast = racer([5, 4.5, 4, 3.5, 3], 4)
  expect(secondsAt(slow, 3)).toBe(20)
  expect(lineOf(fast, 'training', 'time').x).toEqual([0, 1, 2, 3, 4])
  const order = (axis: 'steps' | 'time') =>
    standingsOf({ racers: [fast, slow, racer([1], 0, { step: 2, message: '' })], charactersPerStep: 10 }, 'training', axis)
  expect(order('steps').ranking.map(({ index }) => index)).toEqual([1, 0, 2])
  expect(order('time')).toMatchObject({ at: 4, ranking: [{ index: 0, charactersPerSecond: 10, clipped: 0.4 }, { index: 1 }, { index: 2 }] })
})

describe('what happened, and why', () => {
  const racer = (lane: Lane, hidden: number, heldOut: readonly number[]): Racer => {
    const curve = new Curve()
    for (let step = 1; step <= 100; step++) curve.add({ step, loss: 3 })
    heldOut.forEach((perplexity, i) => curve.addHeldOut({ step: 25 * i, loss: Math.log(perplexity) }))
    return {
      lane,
      size: { hidden, parameters: 1000 },
      curve,
      marks: [
        { step: 1, seconds: 0 },
        { step: 100, seconds: 1 },
      ],
      clipped: 0,
      out: null,
      accuracy: null,
    }
  }
  const raced = (racers: readonly Racer[], task: Race['settings']['task'] = 'write', goesOn = false): string[] => {
    const race: Race = { racers, step: 100, evaluations: [], passage: null, charactersPerStep: 1, settings: { ...defaults, task }, textName: '' }
    const facts = factsOf(race, standingsOf(race, 'heldOut', 'steps').ranking, 'heldOut')
    return (goesOn ? standingFacts(facts) : facts).map((fact) => {
      const shown = Object.entries(fact).map(([name, value]) =>
        name === 'kind' ? value : typeof value === 'number' ? `${name} ${Number(value.toFixed(2))}` : value?.lane ? `${name} ${value.lane.cell}` : name,
      )
      return shown.join(', ')
    })
  }
  const [rnn, gru, lstm] = presets.cells.lanes

  it('is told of the numbers of the race: who leads, since when, and what the weights bought', () => {
    expect(raced([racer(rnn, 60, [60, 20, 10, 9, 8.5]), racer(gru, 36, [60, 30, 9.9, 8, 6]), racer(lstm, 30, [60, 40, 20, 12, 9])])).toEqual([
      'ahead, best gru, figure 6, last lstm, lastFigure 9, more 0.5',
      'overtook, best gru, who rnn, step 25',
      'units, many gru, few lstm',
      'pace, last lstm, fell 0.25, best gru, bestFell 0.25',
    ])
  })

  it('does not call one of two that are level better', () => {
    expect(raced([racer(rnn, 60, [60, 20, 8]), racer(gru, 36, [60, 19, 7.95])])).toEqual(['level, best gru, figure 7.95, second rnn, secondFigure 8'])
  })

  it('tells whether depth paid', () => {
    const [one, two, three] = presets.deep.lanes
    const facts = raced([racer(one, 36, [60, 20, 6]), racer(two!, 25, [60, 20, 7]), racer(three!, 20, [60, 20, 8])])
    expect(facts).toContain('depth, racers, figures, pays')
    expect(facts.some((fact) => fact.startsWith('units'))).toBe(false)
  })

  it('is not judged while the race goes on', () => {
    const racers = [racer(rnn, 60, [60, 20, 10, 9, 8.5]), racer(gru, 36, [60, 30, 9.9, 8, 6]), racer(lstm, 30, [60, 40, 20, 12, 9])]
    expect(raced(racers, 'write', true)).toEqual(['ahead, best gru, figure 6, last lstm, lastFigure 9, more 0.5'])
    const [one, two] = presets.deep.lanes
    expect(raced([racer(one, 36, [60, 20, 6]), racer(two!, 25, [60, 20, 7])], 'write', true).map((fact) => fact.split(',')[0])).toEqual(['ahead'])
    expect(raced([racer(rnn, 60, [8, 8, 7.9]), racer(gru, 36, [8, 4, 1.1])], 'memory', true)).toEqual(['remembers, who gru, step 50'])
  })

  it('tells who remembers, and who does not', () => {
    expect(raced([racer(rnn, 60, [8, 8, 7.9]), racer(gru, 36, [8, 4, 1.1])], 'memory')).toEqual(['remembers, who gru, step 50', 'forgets, racers, back 31'])
  })
})

describe.each(screensOf('race'))('$name', ({ screen }) => {
  it('races three cells of equal size, pauses with equal steps, and is reset', async () => {
    const person = await visit({ view: 'race', settings: tiny, screen })
    await person.says('#grid-equal', /differ by at most [\d.]+ %/)
    expect(await person.overflows()).toBe(false)
    await person.press('#primary')
    await racedFor(person, 60)
    expect(await person.says('#status', /leads/)).toMatch(/(RNN|GRU|LSTM) leads with perplexity [\d.]+/)

    await person.press('#primary')
    await person.says('#status', /Paused/)
    const losses = await Promise.all([0, 1, 2].map(async (lane) => number(await cell(person, lane, 'training'))))
    for (const loss of losses) expect(loss).toBeLessThan(35) // of some sixty characters
    const weights = await Promise.all([0, 1, 2].map(async (lane) => number(await cell(person, lane, 'weights'))))
    expect(Math.max(...weights) / Math.min(...weights)).toBeLessThan(1.1)
    for (const lane of [0, 1, 2]) expect(number(await cell(person, lane, 'speed'))).toBeGreaterThan(0)
    const beginnings = await person.page.$$eval('#race-samples .prefix', (found) => found.map((prefix) => prefix.textContent))
    expect(beginnings).toEqual(['The river', 'The river', 'The river'])

    const step = number(/step [\d,]+/.exec(await person.text('#status'))![0])
    await person.press('#step')
    await racedFor(person, step + 1)
    await person.says('#status', /Paused/)
    expect(number(/step [\d,]+/.exec(await person.text('#status'))![0])).toBe(step + 1)

    // It may go on: nothing is decided.
    expect(await person.says('#verdict', /./)).toMatch(/^So far, at step \d+: .*(is ahead with a perplexity of|are level)/s)
    await person.choose('axis', 'time')
    expect(await person.says('#standing caption', /./)).toMatch(/after [\d.]+ s of training each/)
    await person.choose('measure', 'training')
    expect(await person.overflows()).toBe(false)
    expect(await person.accessibilityFaults()).toEqual([])

    await person.reset()
    await person.says('#primary', /Start/)
    expect(await person.page.$('#standing')).toBeNull()
  })
})

inTurn(5)('answers a click with less than 100 ms of work while they race, rests while another view trains, and is found as it was left', async () => {
  const person = await visit({ view: 'race', settings: { ...tiny, 'race.budget': '12000', 'race.batch': '16', 'race.steps': '32', 'gradients.steps': '12' } })
  await person.press('#primary')
  await racedFor(person, 5)
  const work: number[] = []
  for (const axis of ['time', 'steps', 'time', 'steps']) work.push(await person.answering(`input[name=axis][value=${axis}]`))
  expect(Math.max(...work)).toBeLessThan(100)

  const go = (view: string) => person.page.evaluate((view) => void (location.hash = view), view)
  await go('gradients')
  await person.press('.gradients #primary')
  await person.says('.gradients #status', /step \d/)
  await go('race')
  expect(await person.says('.race #status', /Paused/)).toMatch(/step \d+/)
  expect(await person.page.$$('#standing tbody tr')).toHaveLength(3)
  await person.press('#primary')
  await person.says('.race #status', /Learning/)
})

inTurn(5)('lets one add and remove contestants, and keeps them in the address', async () => {
  const person = await visit({ view: 'race', settings: tiny })
  await person.choose('preset', 'deep')
  await person.page.waitForFunction(() => document.querySelectorAll('#grid li').length === 3)
  await person.press('#add')
  await person.press('#grid li:first-child .grid-remove')
  await person.page.waitForFunction(() => new URLSearchParams(location.search).get('race.lanes') === 'gru.2 gru.3 gru')
  await person.page.reload()
  await person.page.waitForFunction(() => document.querySelectorAll('#grid li').length === 3)
  expect(await person.page.$$eval('#grid select', (found) => found.map((select) => (select as HTMLSelectElement).value))).toEqual([
    'gru',
    '2',
    'gru',
    '3',
    'gru',
    '1',
  ])
})

inTurn(5)('races in filling blanks, from one side and from both', async () => {
  const person = await visit({ view: 'race', settings: tiny })
  await person.choose('preset', 'sides')
  await person.press('#primary')
  await racedFor(person, 30)
  await person.says('#race-samples', /\d+ of \d+ right/)
  expect(await person.page.$$eval('#standing tbody th', (found) => found.map((name) => name.textContent!).sort())).toEqual([
    'GRU',
    'GRU, bidirectional',
    'LSTM',
    'LSTM, bidirectional',
  ])
  expect(await cell(person, 1, 'accuracy')).toMatch(/%/)
  expect([await cell(person, 0, 'hidden'), await cell(person, 1, 'hidden')]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^2 × \d+$/)])
})

inTurn(5)('races in remembering, without a text', async () => {
  const person = await visit({ view: 'race', settings: { ...tiny, 'race.task': 'memory', 'race.steps': '4', 'race.iterations': '150' } })
  expect(await person.page.$('#race-text')).toBe(null)
  await person.press('#primary')
  await person.says('#status', /Done/)
  expect(await person.says('#race-samples', /right/)).toMatch(/\d of 4 right/)
  expect(await person.says('#verdict', /has learned to remember/)).toMatch(/GRU has learned to remember, since step \d+/)
  expect(await person.accessibilityFaults()).toEqual([])
})

inTurn(5)('is found again after a reload, and goes on as if it had not stopped', async () => {
  const figures = (person: Person) =>
    person.page.$$eval('#standing tbody tr', (rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('th, [data-column=training], [data-column=heldOut], [data-column=clipped]')].map((cell) => (cell as HTMLElement).innerText),
      ),
    )
  for (const preset of ['cells', 'sides']) {
    const raced = async (iterations: string) => {
      const person = await visit({ view: 'race', settings: { ...tiny, 'race.iterations': iterations } })
      await person.choose('preset', preset)
      await person.press('#primary')
      await person.says('#status', /Done/)
      return person
    }
    const whole = await figures(await raced('60'))
    const person = await raced('30')
    const [status, half] = [await person.text('#status'), await figures(person)]
    await person.page.reload()
    expect(await person.says('#status', /Done/)).toBe(status)
    expect(await figures(person)).toEqual(half)
    expect(await person.page.$('#changed')).toBeNull()
    await person.press('#primary')
    await person.says('#status', /Done.*step 60/)
    expect(await figures(person)).toEqual(whole)
  }
})

inTurn(5)('offers a kept race to a link that means another one, goes on where it was left running, and keeps nothing after Reset', async () => {
  const person = await visit({ view: 'race', settings: tiny })
  const { page } = person
  await person.press('#primary')
  await racedFor(person, 20)
  await person.saved('race', 'running')
  await page.reload()
  await person.says('#status', /Learning/)
  await racedFor(person, 20)
  await person.pause('race')
  const url = new URL(page.url())
  url.searchParams.set('race.lanes', 'lstm')
  await page.goto(url.href)
  expect(await person.says('#saved-run', /./)).toMatch(/This browser has a saved run: RNN, GRU, LSTM, \d+ steps, trained on The Keeper/)
  expect(await person.accessibilityFaults()).toEqual([])
  await person.press('#resume-saved')
  await person.says('#status', /Paused/)
  expect(await page.$$eval('#grid li', (found) => found.length)).toBe(3)
  await person.reset()
  await page.reload()
  await person.says('#adapter', /·/)
  await person.says('#primary', /Start/)
  expect(await person.text('#status')).toBe('Ready')
})

inTurn(5)('says who is out when a training runs away, and goes on with the others', async () => {
  const person = await visit({ view: 'race', settings: { ...tiny, 'race.lanes': 'rnn-relu gru', 'race.rate': '3', 'race.clipNorm': '', 'race.steps': '24' } })
  await person.press('#primary')
  expect(await person.says('#standing [data-lane="0"] .scoreboard-fault', /out/)).toMatch(/out: at step \d+ its loss became NaN/)
  await racedFor(person, 40)
})

it('says what is wrong with the settings', async () => {
  const person = await visit({ view: 'race', settings: { ...tiny, 'race.budget': '0' } })
  await person.press('#primary')
  expect(await person.says('.run-controls .failure', /./)).toContain('weights is 0, expected a whole number')
})
