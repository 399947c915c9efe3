// What Train, Race, Gradients and Blanks have in common in the worker: they train in rounds, rest, are saved and go on.
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { RunConfig, StateChange } from '../../demo/shared/run-config'
import { inRounds } from '../../demo/worker/rounds'
import type { RunContext, roundRunner as RoundRunner } from '../../demo/worker/round-runner'
import type { SavedRun } from '../../demo/worker/saved-run'

const stored = vi.hoisted(() => new Map<string, { run: unknown; text: string }>())
vi.mock('../../demo/worker/storage', () => ({
  StorageError: class extends Error {},
  saveRun: async (key: string, run: unknown, text?: string) => void stored.set(key, { run, text: text ?? stored.get(key)?.text ?? '' }),
  loadRun: async (key: string) => stored.get(key) ?? null,
}))

let roundRunner: typeof RoundRunner
beforeAll(async () => {
  vi.stubGlobal('navigator', { locks: { request: async (_name: string, _options: object, granted: () => unknown) => granted() } })
  ;({ roundRunner } = await import('../../demo/worker/round-runner'))
})
beforeEach(() => stored.clear())

type Event = { kind: 'started' } | { kind: 'progress'; step: number } | { kind: 'evaluation' } | { kind: 'extended' }
type Args = { config: RunConfig<{ iterations: number }> }
type Shown = { step: number }

const config: Args['config'] = { text: 'abc', textName: 'abc.txt', source: 'file', prefix: 'a', settings: { iterations: 5 } }

/** Counts steps in place of a training. @param before each step, what is waited for */
function counting(before: (step: number) => Promise<void> = async () => {}) {
  async function* live(
    { config: { settings } }: Args,
    { budget, signal, saved, onSave: savedBy }: RunContext<Event, Shown>,
  ): AsyncGenerator<Event | StateChange> {
    const rounds = {
      step: saved?.step ?? 0,
      isOver: false,
      async train(steps: number): Promise<Event> {
        for (let i = 0; i < steps; i++) {
          await before(this.step)
          this.step++
        }
        return { kind: 'progress', step: this.step }
      },
      evaluate: async (): Promise<Event> => ({ kind: 'evaluation' }),
      resume: (finished: boolean): Event | null => (finished ? { kind: 'extended' } : null),
    }
    savedBy(
      async () => [Uint8Array.of(rounds.step)],
      () => ({ kind: 'progress', step: rounds.step }),
    )
    if (!saved) yield { kind: 'started' }
    yield* inRounds<Event>(rounds, {
      gpu: { lost: new Promise(() => {}) },
      budget,
      signal,
      iterations: settings.iterations,
      schedule: { due: () => false, evaluated() {} },
    })
  }
  const advance = (shown: Shown | null, event: Event): Shown | null =>
    event.kind === 'started' ? { step: 0 } : event.kind === 'progress' ? { step: event.step } : shown
  return roundRunner<Args, Event, Shown, Shown>({ key: 'current', train: live, advance, pack: (shown) => shown, unpack: (data) => data, savesAnyTime: true })
}

/** The kinds of its events until it rests. */
async function untilRest(events: AsyncGenerator<{ readonly kind: string }>): Promise<string[]> {
  const kinds: string[] = []
  while (kinds.at(-1) !== 'rested') kinds.push((await events.next()).value!.kind)
  return kinds
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 10))

it('trains to its limit, evaluates, rests, and trains as far again when it is resumed', async () => {
  const run = counting()
  const ending = new AbortController()
  const events = run.follow({ config, from: null, waits: false }, ending.signal)
  const first = await untilRest(events)
  expect(first.filter((kind) => kind !== 'progress')).toEqual(['started', 'evaluation', 'rested'])
  const next = events.next() // it is paused
  expect(stored.get('current')).toMatchObject({ text: 'abc', run: { step: 5, state: 'finished', limit: 5, shown: { step: 5 }, files: [Uint8Array.of(5)] } })
  run.allow(Infinity)
  expect((await next).value).toEqual({ kind: 'resumed' })
  expect((await untilRest(events)).filter((kind) => kind !== 'progress')).toEqual(['extended', 'evaluation', 'rested'])
  const last = events.next()
  await settled()
  expect(stored.get('current')!.run).toMatchObject({ step: 10, limit: 10 })
  ending.abort()
  expect((await last).done).toBe(true)
})

it('is saved before it is called paused, as it is told then', async () => {
  const run = counting()
  const events = run.follow({ config: { ...config, settings: { iterations: 1000 } }, from: null, waits: false }, new AbortController().signal)
  await events.next()
  run.allow(3)
  await untilRest(events)
  expect(stored.get('current')!.run).toMatchObject({ step: 3, state: 'paused', shown: { step: 3 }, files: [Uint8Array.of(3)] })
  // So again, though its save at the pause before was one of a run that trained on.
  run.allow(2)
  expect((await events.next()).value).toEqual({ kind: 'resumed' })
  await untilRest(events)
  expect(stored.get('current')!.run).toMatchObject({ step: 5, state: 'paused', shown: { step: 5 } })
  await events.return(undefined)
})

it('is saved in the middle of a round as it stands there', async () => {
  let go = () => {}
  const run = counting((step) => (step === 3 ? new Promise<void>((resolve) => (go = resolve)) : Promise.resolve()))
  const ending = new AbortController()
  const events = run.follow({ config, from: null, waits: false }, ending.signal)
  const rest = untilRest(events)
  await settled()
  // Rounds of one step, two steps, and the two that are left: of these none is done.
  expect((await run.saved())!.run).toMatchObject({ step: 3, state: 'running', shown: { step: 3 }, files: [Uint8Array.of(3)] })
  run.allow(0)
  expect((await run.saved())!.run).toMatchObject({ step: 3, state: 'paused' })
  go()
  await rest
  ending.abort()
  await events.return(undefined)
  expect(await run.saved()).toBeNull()
})

it('starts at its saved step, and waits to be resumed', async () => {
  const { text, ...rest } = config
  const saved: SavedRun = { config: rest, step: 2, state: 'running', files: [Uint8Array.of(2)], shown: { step: 2 }, limit: 5 }
  stored.set('a model', { run: saved, text })
  const run = counting()
  const events = run.follow({ config: { ...config, settings: { iterations: 99 } }, from: 'a model', waits: true }, new AbortController().signal)
  expect((await events.next()).value).toEqual({ kind: 'restored', config, shown: { step: 2 } })
  expect(await untilRest(events)).toEqual(['rested'])
  const next = events.next()
  run.allow(1)
  await next
  expect((await events.next()).value).toEqual({ kind: 'progress', step: 3 })
  await events.return(undefined)
})

it('gives a saved run without a text the chosen one', async () => {
  const { text: _, ...rest } = config
  const saved: SavedRun = { config: { ...rest, textName: '' }, step: 2, state: 'paused', files: [Uint8Array.of(2)], shown: { step: 2 }, limit: 5 }
  stored.set('imported', { run: saved, text: '' })
  const now: Args['config'] = { text: 'xyz', textName: 'xyz.txt', source: 'paste', prefix: 'x', settings: { iterations: 99 } }
  const events = counting().follow({ config: now, from: 'imported', waits: true }, new AbortController().signal)
  expect((await events.next()).value).toEqual({ kind: 'restored', config: { ...now, settings: { iterations: 5 } }, shown: { step: 2 } })
  await events.return(undefined)
})
