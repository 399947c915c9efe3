// A kind of run that the page starts, pauses and resumes. It trains in rounds, is saved between them, is found again after a
// reload, and resumes by itself when the GPU was lost.
import { isStateChange, type RunSummary, type Restored, type Recovered, type RunConfig, type RunKey, type StateChange } from '../shared/run-config'
import { Autosave } from './autosave'
import { oneAtATime } from './one-at-a-time'
import { recovering } from './recovering'
import type { Files, SavedRun } from './saved-run'
import { StepBudget } from './step-budget'
import { loadRun } from './storage'

/** What a run needs from its runner. */
export interface RunContext<Event, Data> {
  readonly budget: StepBudget
  readonly signal: AbortSignal
  /** The saved state, for a run that resumes: it starts with the next round. */
  readonly saved: Pick<SavedRun<object, Data>, 'files' | 'shown' | 'step' | 'state'> | null
  /** Sets how the networks are saved between two rounds. A kind that can be saved at any time also gives the progress of the
   * round under way. */
  readonly onSave: (save: () => Promise<Files>, sofar?: () => Event | null) => void
}

interface StartArgs {
  readonly config: RunConfig<{ readonly iterations: number }>
}

/** How a kind of run trains, and how its events change what the view shows. The worker and the page compute the same. */
interface Kind<Args extends StartArgs, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data> {
  readonly key: RunKey
  readonly train: (args: Args, life: RunContext<Event, Data>) => AsyncGenerator<Event | StateChange>
  readonly advance: (shown: Shown | null, event: Event, config: Args['config']) => Shown | null
  /** To plain data and back. */
  readonly pack: (shown: Shown) => Data
  readonly unpack: (data: Data) => Shown
  /** It can be saved in the middle of a round and trains meanwhile. Other kinds wait until they are saved. */
  readonly savesAnyTime?: true
}

export function roundRunner<Args extends StartArgs, Event extends { readonly kind: string }, Shown extends { readonly step: number }, Data>({
  key,
  train,
  advance,
  pack,
  unpack,
  savesAnyTime,
}: Kind<Args, Event, Shown, Data>) {
  type Saved = SavedRun<Args['config']['settings'], Data>
  type Start = Args & {
    /** The key of a saved run to resume, with its own config; null for a new run. */
    readonly from: string | null
    /** Whether it stays paused, whatever its saved state. */
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
        const summary = { config: rest, step: now.step, state: state(), limit: budget.limit, shown: structuredClone(pack(now)) }
        // No await before this line: the files must be of the same step.
        return { ...summary, files: await save() }
      },
    }
    const autosave = new Autosave<Saved>(key, snapshot)

    async function* from(saved: Saved | null): AsyncGenerator<Event | StateChange | Restored<Data>> {
      shown = saved && unpack(structuredClone(saved.shown))
      pending = () => null
      let restoredSent = saved === null
      const onSave: RunContext<Event, Data>['onSave'] = (how, what = () => null) => ([save, pending] = [how, what])
      for await (const event of train(args, { budget, signal, saved, onSave })) {
        if (!restoredSent) yield { kind: 'restored', config, shown: saved!.shown }
        restoredSent = true
        if (!isStateChange(event)) shown = advance(shown, event, config)
        else if (event.kind !== 'refused') finished = event.kind === 'rested' && event.finished
        const canSave = shown !== null && (shown.step > 0 || saved !== null)
        // It is called paused once it is saved: who then leaves the page finds it as it was.
        const rests = event.kind === 'rested'
        if (canSave && rests) await autosave.tick(true)
        yield event
        // The networks stay at the step of the event until the next event is requested.
        if (!canSave || rests) continue
        const saving = autosave.tick(false)
        if (!savesAnyTime) await saving
      }
    }

    current = { args, budget, autosave, snapshot, hasStarted: () => shown !== null }
    try {
      yield* recovering<Saved, Event | StateChange | Restored<Data>>(saved && saved.run, { train: from, latest: () => autosave.latest, signal })
    } finally {
      current = null
    }
  }

  return {
    /** Trains and yields events until the page stops listening. That ends the run and frees its networks. */
    follow: oneAtATime(runOnce),
    /** Sets how many steps the run may take from now on: 0 pauses it, Infinity resumes it. */
    allow: (steps: number): void => current?.budget.allow(steps),
    /** Changes arguments that may change while it runs. */
    change: (some: Partial<Omit<Args, 'config'>>): void => void (current && Object.assign(current.args, some)),
    /** Saves the run now. For a kind that can be saved at any time. */
    saveNow: async (): Promise<void> => {
      if (current?.hasStarted()) await current.autosave.save()
    },
    /** The run as it is now, and its text; null if there is none. For a kind that can be saved at any time. */
    saved: async (): Promise<{ readonly run: Saved; readonly text: string } | null> => {
      return current?.hasStarted() ? { text: current.args.config.text, run: await current.snapshot.save() } : null
    },
  }
}

/** The config of a saved run. An imported model has no text, so it gets the chosen one. */
function configOf<Settings>({ run: { config }, text }: { readonly run: RunSummary<Settings>; readonly text: string }, now: RunConfig): RunConfig<Settings> {
  const { settings, source } = config
  return text === '' && source !== null ? { ...now, settings } : { ...config, text }
}
