// The alternation and the checking of peers, with peers and a clock of the test's own.
import { describe, expect, test } from 'vitest'
import { measure, stepsInARow, whatIsWrong } from '../../src/measure/turns'
import { NotOffered, type Job, type Outcome, type Peer } from '../../src/measure/peer'
import type { Measured } from '../../src/measure/rows'
import { work } from '../../src/measure/works'

describe('measuring', () => {
  const task = {
    kind: 'train' as const,
    work: work({ cell: 'lstm', B: 2, T: 3, V: 8, H: 4 }),
    weights: new Map(),
    inputs: new Uint32Array(6),
    targets: new Uint32Array(6),
  }
  const start = Math.log(8)
  const good = Array.from({ length: 40 }, (_, n) => start * 0.9 ** n)

  /** Steps take `ms` of a clock of the test's own. */
  const clock = { time: 0 }
  const log: string[] = []
  const peer = (name: string, outcomes: Outcome[], ms: number, destroyed?: () => void, strategy?: string): Peer => ({
    title: name,
    open: async () => {},
    start: async (): Promise<Job> => {
      let n = 0
      return {
        ...(strategy && { strategy }),
        step: async () => {
          clock.time += ms
          log.push(name)
          const outcome = outcomes[n++]
          if (outcome === undefined) throw new Error('no more\nstack')
          return outcome
        },
        destroy: () => destroyed?.(),
      }
    },
  })
  const run = (peers: [string, Peer][], runs = 3, budget = 1e6) => {
    log.length = 0
    return measure(task, new Map(peers), { runs, budget, now: () => clock.time, settle: async () => void log.push('.') })
  }

  test('peers take turns with a rest between, four steps timed after one that is not, and each is closed', async () => {
    let closed = 0
    const rows = await run([
      ['sluice', peer('s', good, 10, () => closed++)],
      ['other', peer('o', good, 30, () => closed++)],
    ])
    expect(log.join('')).toBe(`.ss.oo${'.sssss.ooooo'.repeat(3)}`)
    expect(rows['sluice']).toMatchObject({ status: 'measured', median: 10, mad: 0, runs: 3, first: 10, bytes: null })
    expect(rows['other']).toMatchObject({ status: 'measured', median: 30, beside: 10 })
    expect((rows['other'] as Measured).losses).toEqual(good.slice(0, 5))
    expect(closed).toBe(2)
  })

  test('after each turn of the reference the best products are measured, for its row alone', async () => {
    log.length = 0
    let n = 0
    const rates = async () => (log.push('p'), { best: [30, 10, 20][n]!, tiles: [3, 2, 1][n++]! })
    const peers = new Map([
      ['sluice', peer('s', good, 10)],
      ['other', peer('o', good, 30)],
    ])
    const rows = await measure(task, peers, { runs: 3, budget: 1e6, now: () => clock.time, settle: async () => void log.push('.'), rates })
    expect(log.join('')).toBe(`.ss.oo${'.sssss.p.ooooo'.repeat(3)}`)
    expect(rows['sluice']).toMatchObject({ median: 10, productRates: { best: 20, tiles: 2 } })
    expect(rows['other']).not.toHaveProperty('productRates')
  })

  test('the plan of a training goes into its row, where there is one', async () => {
    const rows = await run([
      ['sluice', peer('s', good, 10, undefined, 'whole-16')],
      ['other', peer('o', good, 30)],
    ])
    expect(rows['sluice']).toMatchObject({ strategy: 'whole-16' })
    expect(rows['other']).not.toHaveProperty('strategy')
  })

  test('a wrong loss is not timed: at the start, after an update, or later', async () => {
    const bad = (at: number) => good.map((loss, n) => (n === at ? loss * 1.01 : loss))
    for (const at of [0, 1, 3]) {
      const rows = await run([
        ['sluice', peer('s', good, 10)],
        ['other', peer('o', bad(at), 1)],
      ])
      expect(rows['other']).toMatchObject({ status: 'wrong', why: expect.stringContaining(`step ${at}`) })
      expect(rows['sluice']).toMatchObject({ status: 'measured', runs: 3 })
    }
    const zero = await run([
      ['sluice', peer('s', good, 10)],
      ['other', peer('o', [0, 0, 0], 1)],
    ])
    expect(zero['other']).toMatchObject({ status: 'wrong', why: expect.stringContaining('ln V = 2.079') })
  })

  test('a peer that cannot or that breaks does not stop the others; a wrong reference does', async () => {
    const cannot: Peer = { title: 'x', open: async () => {}, start: () => Promise.reject(new NotOffered('no such cell')) }
    const rows = await run([
      ['sluice', peer('s', good, 10)],
      ['cannot', cannot],
      ['breaks', peer('b', good.slice(0, 3), 1)],
    ])
    expect(rows).toMatchObject({ sluice: { runs: 3 }, cannot: { status: 'not offered', why: 'no such cell' }, breaks: { status: 'failed', why: 'no more' } })
    await expect(run([['sluice', peer('s', [0], 10)]])).rejects.toThrow(/ln V/)
  })

  test('what takes a second is timed at once after a rest, and the reference goes as far as who is compared with it', async () => {
    const rows = await run([
      ['sluice', peer('s', good, 1000)],
      ['slow', peer('l', good, 1000)],
      ['quick', peer('q', good, 999)],
    ])
    expect(log.join('')).toBe('.ss.ll.qq.s.l.qqqqqssss.s.l.qqqqqssss.s.l.qqqqqssss')
    expect(rows).toMatchObject({ sluice: { runs: 3 }, slow: { runs: 3, median: 1000 }, quick: { runs: 3, median: 999 } })
  })

  test('where a job can, the next step is asked for before the last has come back; time goes from result to result, and rests follow', async () => {
    const events: string[] = []
    let [asked, time, failing] = [0, 0, -1]
    const job: Job = {
      ahead: true,
      step: async () => {
        const n = asked++
        events.push(`ask ${n}`)
        await new Promise((resolve) => setTimeout(resolve))
        if (n === failing) throw new Error('no more')
        time += n < 1 ? 100 : n < 4 ? 10 : 1000
        events.push(`got ${n}`)
        return n
      },
      rest: async () => void events.push('rest'),
      destroy: () => {},
    }
    expect(await stepsInARow(job, 3, () => time)).toEqual({ ms: 10, outcomes: [0, 1, 2, 3, 4] })
    expect(events).toEqual(['ask 0', 'ask 1', 'got 0', 'ask 2', 'got 1', 'ask 3', 'got 2', 'ask 4', 'got 3', 'got 4', 'rest'])
    // What is under way when a step fails is waited for.
    events.length = asked = 0
    failing = 1
    await expect(stepsInARow(job, 3, () => time)).rejects.toThrow('no more')
    expect(events).toEqual(['ask 0', 'ask 1', 'got 0', 'ask 2', 'got 2', 'rest'])
  })

  test.each([
    [4000, 3, 5],
    [6000, 3, 4],
    [11_000, 1, 2],
  ])('a step of %i ms is timed %i times, of %i in all', async (ms, timed, all) => {
    const rows = await run(
      [
        ['sluice', peer('s', good, 1)],
        ['slow', peer('l', good, ms)],
      ],
      11,
      5000,
    )
    expect(rows['slow']).toMatchObject({ runs: timed, median: ms })
    expect(log.filter((name) => name === 'l').length).toBe(all)
  })

  test('logits and texts are compared too', () => {
    const logits = Float32Array.of(1, -2, 0.5)
    const at = { step: 0, V: 3 }
    expect(whatIsWrong(Float32Array.of(1, -2.001, 0.5), logits, at)).toBeUndefined()
    expect(whatIsWrong(Float32Array.of(1, -2.01, 0.5), logits, at)).toMatch(/differ/)
    expect(whatIsWrong(Float32Array.of(1, NaN, 0.5), logits, at)).toMatch(/differ/)
    expect(whatIsWrong(Float32Array.of(1, -2), logits, at)).toMatch(/2 logits/)
    const text = Uint32Array.from({ length: 32 }, (_, i) => i % 3)
    expect(whatIsWrong(text.slice(), text, at)).toBeUndefined()
    expect(
      whatIsWrong(
        text.map((id, i) => (i === 20 ? 7 : id)),
        text,
        at,
      ),
    ).toBeUndefined()
    expect(
      whatIsWrong(
        text.map((id, i) => (i === 4 ? 7 : id)),
        text,
        at,
      ),
    ).toMatch(/character 4/)
  })
})
