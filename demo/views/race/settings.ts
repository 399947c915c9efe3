// What a race is set to, its defaults, and who races.
import { computed } from '@preact/signals'
import { kept } from '../../session/kept'
import { choices } from '../../session/defaults'
import { lanesOf, presets, wordsOf, type Lane, type PresetName, type Task } from './lanes'

export interface RaceSettings {
  readonly task: Task
  /** As in lanes.ts. */
  readonly lanes: string
  /** Weights that each network is to have; Infinity for what suits the text. */
  readonly budget: number
  readonly rate: number
  /** Infinity for none. */
  readonly clipNorm: number
  readonly batch: number
  readonly steps: number
  /** Training steps of each contestant. */
  readonly iterations: number
  readonly seed: number
}

const defaults: RaceSettings = {
  task: presets.cells.task,
  lanes: wordsOf(presets.cells.lanes),
  budget: Infinity,
  rate: 0.01,
  clipNorm: 1,
  batch: 16,
  steps: 32,
  iterations: 800,
  seed: 0,
}

export const keptSettings = kept<RaceSettings>('race', defaults, { task: ['write', 'blanks'] })
export const { settings, set, assign } = keptSettings

export const lanes = computed(() => lanesOf(settings.value.lanes, settings.value.task, choices.cell))
export const race = (chosen: readonly Lane[]) => set('lanes', wordsOf(chosen))

/** One that writes reads forwards only, so a change of the task makes everybody do so. */
export function setTask(task: Task): void {
  assign({ task, lanes: wordsOf(lanes.value.map((lane) => ({ ...lane, both: lane.both && task === 'blanks' }))) })
}

export const preset = computed(() =>
  (Object.keys(presets) as PresetName[]).find((name) => presets[name].task === settings.value.task && wordsOf(presets[name].lanes) === wordsOf(lanes.value)),
)
export const choosePreset = (name: PresetName) => assign({ task: presets[name].task, lanes: wordsOf(presets[name].lanes) })
