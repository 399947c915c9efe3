// The name and the stroke of a network.
import { cellNames } from '../../parts/cells'
import type { Series } from '../../parts/chart'
import type { Gradients, Lane } from '../../shared/gradients/record'
import { words } from './strings'

/** Where only the clipping differs, the name tells it. */
export const nameOf = ({ settings }: Pick<Gradients, 'settings'>, { cell, clipNorm }: Pick<Lane, 'cell' | 'clipNorm'>): string =>
  settings.compare === 'clipping'
    ? `${cellNames[cell]}${words.value.comma}${clipNorm === Infinity ? words.value.unclipped : words.value.clippedAt(String(clipNorm))}`
    : cellNames[cell]

export const strokeOf = ({ settings }: Pick<Gradients, 'settings'>, { cell, clipNorm }: Pick<Lane, 'cell' | 'clipNorm'>): Pick<Series, 'colour' | 'dashed'> =>
  settings.compare === 'clipping' ? { colour: clipNorm === Infinity ? '--error' : '--rnn' } : { colour: `--${cell.split('-')[0]}` }
