// The name and the stroke of a contestant.
import { cellNames } from '../../parts/cells'
import type { Series } from '../../parts/chart'
import type { Lane } from '../../shared/race/lanes'
import { words } from './strings'

export const nameOf = ({ cell, layers, both }: Lane): string =>
  [cellNames[cell], ...(layers > 1 ? [words.value.layersOf(layers)] : []), ...(both ? [words.value.both] : [])].join(words.value.comma)

const family = ({ cell }: Lane) => cell.split('-')[0]!

/** The cell's colour. Contestants of the same colour differ in the stroke. */
export function strokeOf(lanes: readonly Lane[], index: number): Pick<Series, 'colour' | 'dashed' | 'dotted' | 'strength'> {
  const nth = lanes.slice(0, index).filter((lane) => family(lane) === family(lanes[index]!)).length
  return { colour: `--${family(lanes[index]!)}`, dashed: nth % 3 === 1, dotted: nth % 3 === 2, strength: nth < 3 ? 1 : 0.6 }
}
