// Runs that the page steers: they train in rounds while they may, else sleep; so pausing is nothing but not taking the
// next round. They are kept between two rounds, as the training of the view Train is.
import { StepBudget } from './step-budget'
import { loss } from './device'
import { Keeper } from './keeper'
import { oneAtATime } from './one-at-a-time'
import { isPace, type KeptRun, type RunConfig, type Pace, type Recalled, type Recovered, type RunKey } from '../shared/run-config'
import { recovering } from './recovering'
import { recallRun } from './storage'

/** What trains in rounds. */
export interface Rounds<Event> {
  /** Takes so many steps. */
  take(steps: number): Promise<Event>
  /** Looks at what is trained, between two rounds. */
  look(step: number): Promise<Event>
  /** Whether nothing is left that could train. */
  readonly over: boolean
}

interface RoundOptions {
  /** Where it trains. */
  readonly gpu: { readonly lost: Promise<string> }
  readonly allowance: StepBudget
  readonly signal: AbortSignal
  /** Steps taken already. */
  readonly step: number
  /** Steps after the limit of the allowance at which it rests again. */
  readonly iterations: number
  readonly looks: { due(step: number): boolean; looked(step: number, from: number): void }
}

/** Milliseconds of a round: short enough for the eye and for a pause, long enough to keep the GPU busy. */
const [briefest, longest] = [120, 360]

export async function* inRounds<Event>(rounds: Rounds<Event>, { gpu, allowance, signal, step, iterations, looks }: RoundOptions): AsyncGenerator<Event | Pace> {
  let size = 1
  const lost = loss(gpu)
  lost.catch(() => {}) // heard while it rests: what trains hears of it by itself
  while (!signal.aborted) {
    const finished = step >= allowance.limit || rounds.over
    if (finished && allowance.left > 0) {
      yield rounds.look(step)
      allowance.allow(0)
    }
    if (allowance.left <= 0) {
      yield { kind: 'rested', finished }
      await Promise.race([allowance.granted(), lost])
      if (finished) allowance.limit = step + iterations
      if (!signal.aborted) yield { kind: 'resumed' }
      continue
    }
    const from = performance.now()
    const steps = Math.min(size, allowance.left, allowance.limit - step)
    yield rounds.take(steps)
    step += steps
    allowance.spend(steps)
    const took = performance.now() - from
    if (steps === size && took < briefest) size *= 2
    else if (took > longest) size = Math.max(1, size >> 1)
    if (looks.due(step)) {
      const from = performance.now()
      yield rounds.look(step)
      looks.looked(step, from)
    }
  }
}

/** A file of Sluice's for each network; null for one that trains no more. */
export type Files = readonly (Uint8Array<ArrayBuffer> | null)[]

/** What is kept of a run in rounds: its networks, and what it has shown. */
interface SavedRounds<Settings, Data> extends KeptRun<Settings> {
  readonly files: Files
  readonly shown: Data
  readonly limit: number
}

/** A run as it lives. */
export interface Life<Data> {
  readonly allowance: StepBudget
  readonly signal: AbortSignal
  /** Where it stood, for a run that goes on: it begins with the round after that. */
  readonly saved: { readonly files: Files; readonly shown: Data; readonly step: number } | null
  /** Tells how its networks are saved between two rounds. */
  readonly savedBy: (save: () => Promise<Files>) => void
}

/** A kind of run: how it lives, and how what it has shown grows with its events, in the worker as in the page. */
interface Kind<Args extends { readonly order: RunConfig<{ readonly iterations: number }> }, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data> {
  readonly key: RunKey
  readonly live: (args: Args, life: Life<Data>) => AsyncGenerator<Event | Pace>
  readonly advance: (shown: Shown | null, event: Event, order: Args['order']) => Shown | null
  /** As plain data, and back. */
  readonly pack: (shown: Shown) => Data
  readonly unpack: (data: Data) => Shown
}

/** The two calls of a kind of run: to follow one, which ends the one before, and to allow it steps. */
export function steered<Args extends { readonly order: RunConfig<{ readonly iterations: number }> }, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data>({ key, live, advance, pack, unpack }: Kind<Args, Event, Shown, Data>) {
  type Asked = Args & {
    /** Whether to go on with the run that was kept; the order then is that one's. */
    readonly recall: boolean
    /** Whether it does not train before it is told to, however it was left. */
    readonly waits: boolean
  }
  let current: StepBudget | null = null

  type Saved = SavedRounds<Args['order']['settings'], Data>

  async function* lived(asked: Asked, signal: AbortSignal): AsyncGenerator<Event | Pace | Recalled<Data> | Recovered> {
    const kept = asked.recall ? await recallRun<Saved>(key) : null
    const order: Args['order'] = kept ? { ...kept.run.order, text: kept.text } : asked.order
    const allowance = (current = new StepBudget(signal, kept?.run.limit ?? order.settings.iterations))
    if (kept && (asked.waits || kept.run.state !== 'running')) allowance.allow(0)
    let shown: Shown | null = null
    let state: KeptRun['state'] = 'running'
    let save = async (): Promise<Files> => []
    const keeper = new Keeper<Saved>(key, {
      order,
      get step() {
        return shown?.step ?? 0
      },
      async save(): Promise<Saved> {
        const { text: _, ...rest } = order
        const now = { order: rest, step: shown!.step, state, limit: allowance.limit, shown: structuredClone(pack(shown!)) }
        return { ...now, files: await save() }
      },
    })

    async function* from(saved: Saved | null): AsyncGenerator<Event | Pace | Recalled<Data>> {
      shown = saved && unpack(structuredClone(saved.shown))
      let told = saved === null
      for await (const event of live({ ...asked, order }, { allowance, signal, saved, savedBy: (how) => (save = how) })) {
        if (!told) yield { kind: 'recalled', order, shown: saved!.shown }
        told = true
        if (!isPace(event)) shown = advance(shown, event, order)
        state = event.kind !== 'rested' ? 'running' : (event as Pace & { readonly kind: 'rested' }).finished ? 'finished' : 'paused'
        yield event
        // The networks stand where the event says until the next one is asked for.
        if (shown && shown.step > 0) await keeper.tick(event.kind === 'rested')
      }
    }
    yield* recovering<Saved, Event | Pace | Recalled<Data>>(kept && kept.run, { live: from, stood: () => keeper.latest, signal })
  }

  return {
    /** Trains, and tells of it until the page stops listening, which ends the run and frees its networks. */
    follow: oneAtATime(lived),
    async allow({ steps }: { steps: number }): Promise<void> {
      current?.allow(steps)
    },
  }
}
