// A kind of run that the page starts, pauses and goes on with. It trains in rounds, is kept between them, is found again after a
// reload, and goes on by itself when the GPU was lost.
import { isStateChange, type RunSummary, type Restored, type Recovered, type RunConfig, type RunKey, type StateChange } from '../shared/run-config'
import { Autosave } from './autosave'
import { oneAtATime } from './one-at-a-time'
import { recovering } from './recovering'
import type { Files, SavedRun } from './saved-run'
import { StepBudget } from './step-budget'
import { loadRun } from './storage'

/** A run as it lives. */
export interface RunContext<Event, Data> {
  readonly budget: StepBudget
  readonly signal: AbortSignal
  /** Where it stood, for a run that goes on: it begins with the round after that. */
  readonly saved: Pick<SavedRun<object, Data>, 'files' | 'shown' | 'step' | 'state'> | null
  /** Tells how its networks are saved between two rounds; of a kind that is saved at any time, also what a round that is not over
   * would tell by now. */
  readonly onSave: (save: () => Promise<Files>, sofar?: () => Event | null) => void
}

interface StartArgs {
  readonly config: RunConfig<{ readonly iterations: number }>
}

/** How it lives, and how what it has shown grows with its events, in the worker as in the page. */
interface Kind<Args extends StartArgs, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data> {
  readonly key: RunKey
  readonly train: (args: Args, life: RunContext<Event, Data>) => AsyncGenerator<Event | StateChange>
  readonly advance: (shown: Shown | null, event: Event, config: Args['config']) => Shown | null
  /** As plain data, and back. */
  readonly pack: (shown: Shown) => Data
  readonly unpack: (data: Data) => Shown
  /** It can be saved in the middle of a round, and trains on meanwhile; others wait for it. */
  readonly savesAnyTime?: true
}

export function roundRunner<Args extends StartArgs, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data>({
  key,
  train: live,
  advance,
  pack,
  unpack,
  savesAnyTime: anyTime,
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
    readonly autosave: Autosave<Saved>
    readonly snapshot: { save(): Promise<Saved> }
    /** Whether there is anything to save. */
    hasStarted(): boolean
  }
  let current: Current | null = null

  async function* runOnce(start: Start, signal: AbortSignal): AsyncGenerator<Event | StateChange | Restored<Data> | Recovered> {
    const saved = start.from === null ? null : await loadRun<Saved>(start.from)
    const config: Args['config'] = saved ? configOf(saved, start.config) : start.config
    const args = { ...start, config }
    const budget = new StepBudget(signal, saved?.run.limit ?? config.settings.iterations)
    if (saved && (start.waits || saved.run.state !== 'running')) budget.allow(0)
    let shown: Shown | null = null
    let finished = saved?.run.state === 'finished'
    let save = async (): Promise<Files> => []
    let pending = (): Event | null => null
    const state = (): RunSummary['state'] => (finished ? 'finished' : budget.left > 0 ? 'running' : 'paused')
    const snapshot = {
      config,
      get step() {
        return shown?.step ?? 0
      },
      async save(): Promise<Saved> {
        const { text: _, ...rest } = config
        const more = pending()
        const now = more ? advance(unpack(structuredClone(pack(shown!))), more, config)! : shown!
        const standing = { config: rest, step: now.step, state: state(), limit: budget.limit, shown: structuredClone(pack(now)) }
        // In the same breath: what is saved is as it is now.
        return { ...standing, files: await save() }
      },
    }
    const autosave = new Autosave<Saved>(key, snapshot)

    async function* from(saved: Saved | null): AsyncGenerator<Event | StateChange | Restored<Data>> {
      shown = saved && unpack(structuredClone(saved.shown))
      pending = () => null
      let restoredSent = saved === null
      const savedBy: RunContext<Event, Data>['onSave'] = (how, what = () => null) => ([save, pending] = [how, what])
      for await (const event of live(args, { budget, signal, saved, onSave: savedBy })) {
        if (!restoredSent) yield { kind: 'restored', config, shown: saved!.shown }
        restoredSent = true
        if (!isStateChange(event)) shown = advance(shown, event, config)
        else if (event.kind !== 'refused') finished = event.kind === 'rested' && event.finished
        yield event
        // The networks stand where the event says until the next one is asked for.
        if (!shown || (shown.step === 0 && !saved)) continue
        const saving = autosave.tick(event.kind === 'rested')
        if (!anyTime) await saving
      }
    }

    current = { args, budget, autosave: autosave, snapshot: snapshot, hasStarted: () => shown !== null }
    try {
      yield* recovering<Saved, Event | StateChange | Restored<Data>>(saved && saved.run, { live: from, stood: () => autosave.latest, signal })
    } finally {
      current = null
    }
  }

  return {
    /** Trains, and tells of it until the page stops listening, which ends the run and frees its networks. */
    follow: oneAtATime(runOnce),
    /** Lets the run take so many steps from now on: 0 pauses it, Infinity lets it go on. */
    allow: (steps: number): void => current?.budget.allow(steps),
    /** Changes what may change while it lives. */
    change: (some: Partial<Omit<Args, 'config'>>): void => void (current && Object.assign(current.args, some)),
    /** Keeps the run as it stands now. For a kind that can be saved at any time. */
    saveNow: async (): Promise<void> => {
      if (current?.hasStarted()) await current.autosave.save()
    },
    /** The run as it stands now, and its text; null when there is none. For a kind that can be saved at any time. */
    saved: async (): Promise<{ readonly run: Saved; readonly text: string } | null> => {
      return current?.hasStarted() ? { text: current.args.config.text, run: await current.snapshot.save() } : null
    },
  }
}

/** What a kept run is given again. A model that was imported has no text: it tries the one that is set. */
function configOf<Settings>({ run: { config }, text }: { readonly run: RunSummary<Settings>; readonly text: string }, now: RunConfig): RunConfig<Settings> {
  const { settings, source } = config
  return text === '' && source !== null ? { ...now, settings } : { ...config, text }
}
