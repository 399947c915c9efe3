// A kind of run that the page starts, pauses and goes on with. It trains in rounds, is kept between them, is found again after a
// reload, and goes on by itself when the GPU was lost.
import { isStateChange, type KeptRun, type Recalled, type Recovered, type RunConfig, type RunKey, type StateChange } from '../shared/run-config'
import { Keeper } from './keeper'
import { oneAtATime } from './one-at-a-time'
import { recovering } from './recovering'
import type { Files, SavedRun } from './saved-run'
import { StepBudget } from './step-budget'
import { recallRun } from './storage'

/** A run as it lives. */
export interface Life<Event, Data> {
  readonly budget: StepBudget
  readonly signal: AbortSignal
  /** Where it stood, for a run that goes on: it begins with the round after that. */
  readonly saved: Pick<SavedRun<object, Data>, 'files' | 'shown' | 'step' | 'state'> | null
  /** Tells how its networks are saved between two rounds; of a kind that is saved at any time, also what a round that is not over
   * would tell by now. */
  readonly savedBy: (save: () => Promise<Files>, sofar?: () => Event | null) => void
}

interface Asked {
  readonly config: RunConfig<{ readonly iterations: number }>
}

/** How it lives, and how what it has shown grows with its events, in the worker as in the page. */
interface Kind<Args extends Asked, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data> {
  readonly key: RunKey
  readonly live: (args: Args, life: Life<Event, Data>) => AsyncGenerator<Event | StateChange>
  readonly advance: (shown: Shown | null, event: Event, config: Args['config']) => Shown | null
  /** As plain data, and back. */
  readonly pack: (shown: Shown) => Data
  readonly unpack: (data: Data) => Shown
  /** It can be saved in the middle of a round, and trains on meanwhile; others wait for it. */
  readonly anyTime?: true
}

export function roundRunner<Args extends Asked, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data>({
  key,
  live,
  advance,
  pack,
  unpack,
  anyTime,
}: Kind<Args, Event, Shown, Data>) {
  type Saved = SavedRun<Args['config']['settings'], Data>
  type Start = Args & {
    /** The key of a kept run to go on with; the config then is that one's. */
    readonly from: string | null
    /** Whether it does not train before it is told to, however it was left. */
    readonly waits: boolean
  }
  interface Current {
    readonly args: Args
    readonly budget: StepBudget
    readonly keeper: Keeper<Saved>
    readonly run: { save(): Promise<Saved> }
    /** Whether there is anything to save. */
    hasBegun(): boolean
  }
  let current: Current | null = null

  async function* lived(start: Start, signal: AbortSignal): AsyncGenerator<Event | StateChange | Recalled<Data> | Recovered> {
    const kept = start.from === null ? null : await recallRun<Saved>(start.from)
    const config: Args['config'] = kept ? configOf(kept, start.config) : start.config
    const args = { ...start, config }
    const budget = new StepBudget(signal, kept?.run.limit ?? config.settings.iterations)
    if (kept && (start.waits || kept.run.state !== 'running')) budget.allow(0)
    let shown: Shown | null = null
    let finished = kept?.run.state === 'finished'
    let save = async (): Promise<Files> => []
    let sofar = (): Event | null => null
    const state = (): KeptRun['state'] => (finished ? 'finished' : budget.left > 0 ? 'running' : 'paused')
    const run = {
      config,
      get step() {
        return shown?.step ?? 0
      },
      async save(): Promise<Saved> {
        const { text: _, ...rest } = config
        const more = sofar()
        const now = more ? advance(unpack(structuredClone(pack(shown!))), more, config)! : shown!
        const standing = { config: rest, step: now.step, state: state(), limit: budget.limit, shown: structuredClone(pack(now)) }
        // In the same breath: what is saved is as it is now.
        return { ...standing, files: await save() }
      },
    }
    const keeper = new Keeper<Saved>(key, run)

    async function* from(saved: Saved | null): AsyncGenerator<Event | StateChange | Recalled<Data>> {
      shown = saved && unpack(structuredClone(saved.shown))
      sofar = () => null
      let told = saved === null
      const savedBy: Life<Event, Data>['savedBy'] = (how, what = () => null) => ([save, sofar] = [how, what])
      for await (const event of live(args, { budget, signal, saved, savedBy })) {
        if (!told) yield { kind: 'recalled', config, shown: saved!.shown }
        told = true
        if (!isStateChange(event)) shown = advance(shown, event, config)
        else if (event.kind !== 'refused') finished = event.kind === 'rested' && event.finished
        yield event
        // The networks stand where the event says until the next one is asked for.
        if (!shown || (shown.step === 0 && !saved)) continue
        const keeping = keeper.tick(event.kind === 'rested')
        if (!anyTime) await keeping
      }
    }

    current = { args, budget, keeper, run, hasBegun: () => shown !== null }
    try {
      yield* recovering<Saved, Event | StateChange | Recalled<Data>>(kept && kept.run, { live: from, stood: () => keeper.latest, signal })
    } finally {
      current = null
    }
  }

  return {
    /** Trains, and tells of it until the page stops listening, which ends the run and frees its networks. */
    follow: oneAtATime(lived),
    /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
    allow: (steps: number): void => current?.budget.allow(steps),
    /** Changes what may change while it lives. */
    change: (some: Partial<Omit<Args, 'config'>>): void => void (current && Object.assign(current.args, some)),
    /** Keeps the run as it stands now. For a kind that can be saved at any time. */
    keep: async (): Promise<void> => {
      if (current?.hasBegun()) await current.keeper.keep()
    },
    /** The run as it stands now, and its text; null when there is none. For a kind that can be saved at any time. */
    saved: async (): Promise<{ readonly run: Saved; readonly text: string } | null> => {
      return current?.hasBegun() ? { text: current.args.config.text, run: await current.run.save() } : null
    },
  }
}

/** What a kept run is given again. A model that was imported has no text: it tries the one that is set. */
function configOf<Settings>({ run: { config }, text }: { readonly run: KeptRun<Settings>; readonly text: string }, now: RunConfig): RunConfig<Settings> {
  const { settings, source } = config
  return text === '' && source !== null ? { ...now, settings } : { ...config, text }
}
