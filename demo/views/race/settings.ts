// The settings of a race, and its contestants.
import { computed } from '@preact/signals'
import { addressSettings } from '../../page/address-settings'
import { choices } from '../../shared/train/settings'
import { defaults, type RaceSettings } from '../../shared/race/settings'
import { lanesOf, presets, tasks, wordsOf, type Lane, type PresetName, type Task } from '../../shared/race/lanes'

export const keptSettings = addressSettings<RaceSettings>('race', defaults, { task: tasks })
export const { settings, set, assign } = keptSettings

export const lanes = computed(() => lanesOf(settings.value.lanes, settings.value.task, choices.cell))
export const race = (chosen: readonly Lane[]) => set('lanes', wordsOf(chosen))

/** Sets the task. Only blanks has bidirectional networks. */
export function setTask(task: Task): void {
  assign({ task, lanes: wordsOf(lanes.value.map((lane) => ({ ...lane, both: lane.both && task === 'blanks' }))) })
}

/** What a preset sets: beside the task and the contestants, the usual sizes of a batch, unless it has its own. */
function settingsOf(name: PresetName): Partial<RaceSettings> {
  const { task, lanes, ...own } = presets[name]
  const { steps, batch, iterations } = defaults
  return { task, lanes: wordsOf(lanes), steps, batch, iterations, ...('settings' in own && own.settings) }
}

/** The preset with the present task and contestants, if there is one. */
export const preset = computed(() =>
  (Object.keys(presets) as PresetName[]).find((name) => presets[name].task === settings.value.task && wordsOf(presets[name].lanes) === wordsOf(lanes.value)),
)
export const choosePreset = (name: PresetName) => assign(settingsOf(name))
