// The training of the view Train: its run, and what it has shown so far. Other views use it too.
import { computed, effect, signal, untracked } from '@preact/signals'
import { call, stream } from '../client/client'
import type { Failure } from '../shared/protocol'
import { advance, unpack, emptyRecord, type Learning, type LearningData, type TrainConfig, type TrainEvent } from '../shared/train/record'
import { samplingOf, trainingOf, type Settings } from '../shared/train/settings'
import { isStory } from '../shared/texts'
import { runner } from './runner'
import { language } from '../page/language'
import { isRunLocked } from './run-lock'
import { isGiven, ownText, replaceSettings, settings } from './settings'
import { chooseSource, isMeantText, text } from './text'

/** The config of the run, and what it has shown; a new object at each event. */
const shown = signal<{ readonly config: TrainConfig; readonly learning: Learning } | null>(null)
/** Why the run could not sample with the present settings. */
export const samplingFailure = signal<Failure | null>(null)

const sampling = computed(() => samplingOf(settings.value))

function take(event: TrainEvent, config: TrainConfig): void {
  if (event.kind === 'sampling-refused') samplingFailure.value = event.failure
  else if (event.kind === 'evaluation') samplingFailure.value = null
  const learning = advance(shown.value?.learning ?? null, event)
  shown.value = learning && { config, learning }
}

function show(data: LearningData | null, config: TrainConfig | null): void {
  samplingFailure.value = null
  shown.value = data && config && { config, learning: unpack(data) }
}

export const training = runner<Settings, TrainEvent, LearningData>({
  key: 'current',
  settings: { settings: computed(() => trainingOf(settings.value)), assign: replaceSettings, isGiven },
  reads: () => 'text and prefix',
  // An address without parameters of a training asks for the saved run, whatever its text.
  meansText: (source) => !isGiven() || isMeantText(source),
  follow: (start, signal) => stream('train', { ...start, sampling: sampling.peek() }, signal),
  apply: take,
  show,
})

/** The config of the run, and its number of parameters; null if there is no run. */
export const about = computed(() => shown.value && { ...shown.value.config, parameters: shown.value.learning.parameters })
/** What the run has shown so far. */
export const learning = computed(() => shown.value?.learning ?? nothing)
const nothing: Learning = unpack(emptyRecord(0, 0))

// New settings of the sampling act without a restart.
effect(() => {
  const now = sampling.value
  if (training.isLive.value) void call('setSampling', { key: 'current', sampling: now })
})

// Who changes the language gets the built-in text in it, unless a run has begun on the other.
let spoken = language.peek()
effect(() => {
  const now = language.value
  if (now === spoken) return
  spoken = now
  untracked(() => {
    const { source } = text.value
    if (isStory(source) && training.status.value === 'idle' && !isRunLocked()) chooseSource(ownText(now))
  })
})
