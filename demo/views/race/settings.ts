// The settings of a race, and its contestants.
import { computed } from '@preact/signals'
import { addressSettings } from '../../page/address-settings'
import { choices } from '../../shared/train/settings'
import { defaults, type RaceSettings } from '../../shared/race/settings'
import { lanesOf, presets, tasks, wordsOf, type Lane, type PresetName, type PresetSettings, type Task } from '../../shared/race/lanes'

export const keptSettings = addressSettings<RaceSettings>('race', defaults, { task: tasks })
export const { settings, set, assign } = keptSettings

export const lanes = computed(() => lanesOf(settings.value.lanes, settings.value.task, choices.cell))
export const race = (chosen: readonly Lane[]) => set('lanes', wordsOf(chosen))

/** Sets the task. Only blanks has bidirectional networks. */
export function setTask(task: Task): void {
  assign({ task, lanes: wordsOf(lanes.value.map((lane) => ({ ...lane, both: lane.both && task === 'blanks' }))) })
}

/** The preset with the present task and contestants, if there is one. */
export const preset = computed(() =>
  (Object.keys(presets) as PresetName[]).find((name) => presets[name].task === settings.value.task && wordsOf(presets[name].lanes) === wordsOf(lanes.value)),
)

const ownOf = (name: PresetName | undefined): PresetSettings => (name && (presets[name] as { settings?: PresetSettings }).settings) ?? {}

/** Sets task and contestants, and settings of the preset's own. Those that the preset before has set become the usual ones again; what the
 * person chose stays. */
export function choosePreset(name: PresetName): void {
  const { task, lanes } = presets[name]
  const left = Object.entries(ownOf(preset.value)) as [keyof PresetSettings, number][]
  const usual = Object.fromEntries(left.filter(([key, value]) => settings.value[key] === value).map(([key]) => [key, defaults[key]]))
  assign({ task, lanes: wordsOf(lanes), ...usual, ...ownOf(name) })
}
