// The page's side of a run: what its controls say and do, whatever the worker tells.
import { signal } from '@preact/signals'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { RunSummary, RunConfig } from '../../demo/shared/run-config'
import type { runner as Runner } from '../../demo/session/runner'
import type * as Texts from '../../demo/session/text'

/** What was asked of the worker, and how it answers. */
const worker = vi.hoisted(() => ({ asked: [] as unknown[][], savedRun: null as unknown, move: () => {} }))
vi.mock('../../demo/client/client', () => ({
  canceled: 'canceled',
  call: async (name: string, args: unknown) => {
    worker.asked.push([name, args])
    return name === 'findSavedRun' ? worker.savedRun : undefined
  },
  failureOf: (error: Error) => ({ code: 'unexpected', message: error.message }),
  follow: (run: { move: () => void }) => (worker.move = run.move),
}))

/** A recording of three events, each after a turn; the last one waits for the next recording, or for a run. */
vi.mock('../../demo/session/recording', () => ({
  async *playing(name: string, signal: AbortSignal, atOnce: boolean) {
    for (const kind of [`${name} 1`, `${name} 2`]) {
      if (signal.aborted) return
      yield { recording: { steps: 7, config: {} }, event: { kind } }
    }
    if (!atOnce) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  },
}))

let runner: typeof Runner
let texts: typeof Texts
beforeAll(async () => {
  vi.stubGlobal('location', { search: '', href: 'http://localhost/' })
  vi.stubGlobal('history', { state: null, replaceState() {} })
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('navigator', { languages: ['en'] })
  vi.stubGlobal('document', { documentElement: {} })
  ;({ runner } = await import('../../demo/session/runner'))
  texts = await import('../../demo/session/text')
})
beforeEach(() => {
  worker.asked.length = 0
  worker.savedRun = null
  texts.paste('abc')
})

interface Settings {
  readonly iterations: number
}
type Start = { readonly config: RunConfig<Settings>; readonly from: string | null; readonly waits: boolean }

/** A run whose events the test tells. */
async function told(isGiven = false) {
  const settings = signal<Settings>({ iterations: 5 })
  const starts: Start[] = []
  const shown: unknown[] = []
  let [tell, fail] = [(_: object) => {}, (_: Error) => {}]
  async function* follow(start: Start, ending: AbortSignal): AsyncGenerator<never> {
    starts.push(start)
    const events: object[] = []
    let [wake, failed] = [() => {}, null as Error | null]
    tell = (event) => (events.push(event), wake())
    fail = (error) => ((failed = error), wake())
    ending.addEventListener('abort', () => wake())
    while (!ending.aborted) {
      if (failed) throw failed
      if (events.length > 0) yield events.shift() as never
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  const run = runner<{ iterations: number }, { kind: string }, string>({
    key: 'race',
    settings: { settings, assign: (some) => (settings.value = { ...settings.value, ...some }), isGiven: () => isGiven },
    reads: () => 'text and prefix',
    follow,
    apply: (event) => void shown.push(event.kind),
    show: (data) => void shown.push(data),
  })
  await settled()
  worker.asked.length = 0
  return {
    run,
    settings,
    starts,
    shown,
    tell: async (...events: object[]) => (events.forEach((event) => tell(event)), settled()),
    fail: async (message: string) => (fail(new Error(message)), settled()),
    begin: async () => (void run.start(), await settled()),
  }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5))
const started = { kind: 'started' }
const [running, paused, finished] = [{ kind: 'resumed' }, { kind: 'rested', finished: false }, { kind: 'rested', finished: true }]

it('starts, pauses, goes on, ends, and is reset', async () => {
  const { run, starts, tell, begin, settings, shown } = await told()
  await begin()
  expect(run.status.value).toBe('starting')
  expect(starts[0]).toMatchObject({ from: null, waits: false, config: { text: 'abc', source: 'paste', settings: { iterations: 5 } } })
  await tell(started)
  expect([run.status.value, run.isLive.value, run.changed.value]).toEqual(['running', true, false])
  run.pause()
  await tell(paused)
  expect(run.status.value).toBe('paused')
  settings.value = { iterations: 6 }
  expect(run.changed.value).toBe(true)
  run.resume()
  await tell(running)
  expect(run.status.value).toBe('running')
  await tell(finished)
  expect(run.status.value).toBe('finished')
  expect(worker.asked).toEqual([
    ['allow', { key: 'race', steps: 0 }],
    ['allow', { key: 'race', steps: Infinity }],
  ])
  run.reset()
  await settled()
  expect([run.status.value, run.changed.value, shown]).toEqual(['idle', false, ['started', null]])
  expect(worker.asked.at(-1)).toEqual(['deleteRun', { key: 'race' }])
})

it('plays a recording, whose end stays, until a run of one\u2019s own begins from nothing', async () => {
  const { run, shown, tell, begin } = await told()
  const state = () => [run.status.value, run.recording.value?.steps, run.plays.value, run.isNew.value]
  void run.play('race-english')
  await settled()
  expect(state()).toEqual(['idle', 7, true, false])
  run.replay(true)
  await settled()
  expect(state()).toEqual(['idle', 7, false, false])
  // Each time it begins in an empty view.
  expect(shown).toEqual(['race-english 1', 'race-english 2', null, 'race-english 1', 'race-english 2'])
  run.replay(false)
  await settled()
  shown.length = 0
  await begin()
  expect(state()).toEqual(['starting', 7, true, false])
  await tell(started)
  expect([state(), shown]).toEqual([
    ['running', undefined, false, true],
    [null, 'started'],
  ])
  // Who has had a run of one's own needs none.
  void run.play('race-english')
  run.replay(true)
  await settled()
  expect(state()).toEqual(['running', undefined, false, true])
  run.reset()
  await settled()
  expect(state()).toEqual(['idle', undefined, false, false])
})

it('does not call a saved run one from nothing', async () => {
  const { run, tell } = await told()
  void run.open('a model')
  await settled()
  await tell({ kind: 'restored', config: { text: 'abc', textName: '', source: 'paste', prefix: 'a', settings: { iterations: 5 } }, shown: 'data' }, paused)
  expect([run.status.value, run.isNew.value]).toEqual(['paused', false])
  run.reset()
})

it('says why it could not begin, until the settings change; and why it ended, beside what it had shown', async () => {
  const { run, tell, fail, begin, settings, shown } = await told()
  await begin()
  await fail('too large')
  expect([run.status.value, run.failure.value?.message]).toEqual(['idle', 'too large'])
  settings.value = { iterations: 7 }
  expect(run.failure.value).toBeNull()
  await begin()
  worker.savedRun = { config: {}, step: 3, state: 'running' }
  await tell(started)
  await fail('lost')
  expect([run.status.value, run.failure.value?.message, run.savedRun.value]).toEqual(['failed', 'lost', worker.savedRun])
  // One that does not begin leaves it there.
  shown.length = 0
  await begin()
  await fail('too large')
  expect([run.status.value, run.failure.value?.message, shown]).toEqual(['failed', 'too large', []])
})

it('finds a saved run; one that the address does not ask for is only offered', async () => {
  const config: RunSummary<Settings>['config'] = { textName: '', source: 'paste', prefix: 'a', settings: { iterations: 9 } }
  worker.savedRun = { config, step: 3, state: 'paused' }
  const found = await told()
  expect(found.starts[0]).toMatchObject({ from: 'race', waits: true })
  await found.tell({ kind: 'restored', config: { ...config, text: 'abc' }, shown: 'data' }, paused)
  expect([found.run.status.value, found.settings.value, found.run.changed.value, found.shown]).toEqual(['paused', { iterations: 9 }, false, ['data']])
  found.run.reset()
  const offered = await told(true)
  expect([offered.starts, offered.run.status.value, offered.run.savedRun.value]).toEqual([[], 'idle', worker.savedRun])
})

it('goes on by itself after a loss of the GPU, with what is set meanwhile; and tells a text that it cannot learn', async () => {
  const { run, tell, begin, settings } = await told()
  await begin()
  await tell(started)
  settings.value = { iterations: 8 }
  await tell(
    { kind: 'recovered', step: 4 },
    { kind: 'restored', config: { text: 'abc', textName: '', source: 'paste', prefix: 'a', settings: { iterations: 5 } }, shown: 'data' },
  )
  expect([run.recovered.value, run.status.value, settings.value, run.changed.value]).toEqual([4, 'running', { iterations: 8 }, true])
  await tell({ kind: 'refused', failure: { code: 'unknown-character', message: '' } }, finished)
  expect([run.failure.value?.code, run.status.value]).toEqual(['unknown-character', 'finished'])
  await tell(running)
  expect(run.failure.value).toBeNull()
  run.reset()
})

it('moves to a new worker, and trains there only if it was told to meanwhile; opens a saved run, which waits', async () => {
  const { run, tell, begin, starts } = await told()
  await begin()
  await tell(started, paused)
  run.resume()
  worker.asked.length = 0
  worker.move()
  await settled()
  expect(starts.at(-1)).toMatchObject({ from: 'race', waits: true })
  const restored = { kind: 'restored', config: starts[0]!.config, shown: 'data' }
  await tell(restored, paused)
  expect(worker.asked).toEqual([['allow', { key: 'race', steps: Infinity }]])
  // One step too; and what has begun is not asked for again.
  await tell(running, paused)
  run.stepOnce()
  worker.asked.length = 0
  worker.move()
  await settled()
  await tell(restored, paused)
  expect(worker.asked).toEqual([['allow', { key: 'race', steps: 1 }]])
  await tell(running, paused)
  worker.asked.length = 0
  worker.move()
  await settled()
  await tell(restored, paused)
  expect(worker.asked).toEqual([])
  run.pause()
  worker.asked.length = 0
  void run.open('a model')
  await settled()
  await tell(restored, paused)
  expect([starts.at(-1)!.from, starts.at(-1)!.waits, run.status.value, worker.asked]).toEqual(['a model', true, 'paused', []])
  run.reset()
})
