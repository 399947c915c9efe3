// The contestants of a race, and their notation in the page's address: `gru`, `lstm.2` with two layers, `lstm.1.both` bidirectional.
import { cellNames, type CellName } from 'sluice'

/** write: predict the next character; blanks: guess hidden characters; memory: name the first symbol of a sequence at its end. */
export const tasks = ['write', 'blanks', 'memory'] as const
export type Task = (typeof tasks)[number]

export interface Lane {
  readonly cell: CellName
  readonly layers: number
  /** Bidirectional. */
  readonly both: boolean
}

export const [maxLanes, maxLayers] = [6, 3]

const lane = (cell: CellName, layers = 1, both = false): Lane => ({ cell, layers, both })

/** Settings of a preset that differ from the usual ones. */
export interface PresetSettings {
  readonly steps?: number
  readonly batch?: number
  readonly iterations?: number
}

interface Preset {
  readonly task: Task
  readonly lanes: readonly Lane[]
  readonly settings?: PresetSettings
}

export const presets = {
  cells: { task: 'write', lanes: [lane('rnn'), lane('gru'), lane('lstm')] },
  all: { task: 'write', lanes: cellNames.map((cell) => lane(cell)) },
  memory: { task: 'memory', lanes: [lane('rnn'), lane('gru'), lane('lstm')], settings: { steps: 40, batch: 32, iterations: 300 } },
  deep: { task: 'write', lanes: [lane('gru'), lane('gru', 2), lane('gru', 3)] },
  sides: { task: 'blanks', lanes: [lane('gru'), lane('gru', 1, true), lane('lstm'), lane('lstm', 1, true)] },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof presets

export const wordOf = ({ cell, layers, both }: Lane): string => (both ? `${cell}.${layers}.both` : layers > 1 ? `${cell}.${layers}` : cell)
export const wordsOf = (lanes: readonly Lane[]): string => lanes.map(wordOf).join(' ')

/** The contestants in an address. Unknown words are left out; if none is left, the first preset is used. */
export function lanesOf(words: string, task: Task, cells: readonly CellName[]): readonly Lane[] {
  const lanes = words.split(/[\s,]+/).flatMap((word): Lane[] => {
    const [name, layers = '1', sides] = word.split('.')
    const cell = cells.find((known) => known === name)
    const deep = Number(layers)
    return cell && Number.isInteger(deep) && deep >= 1 && deep <= maxLayers ? [lane(cell, deep, task === 'blanks' && sides === 'both')] : []
  })
  return lanes.length > 0 ? lanes.slice(0, maxLanes) : presets.cells.lanes
}
