// What a file says of a series model, beside its network.
import { checkCount, checkOptions, show, SluiceError } from '../errors'
import type { ModelFile } from '../formats/model-file'
import { checkScale, type Scale } from './scale'

/** What the outputs of the network are: values, or means and log-variances. */
export type Outputs = 'values' | 'gaussian'

/** The names are those of the JSON. */
export interface SavedSeries {
  readonly outputs: Outputs
  readonly window: number
  readonly scale: Scale
}

/** Most rows of a window. */
export const maxWindow = 2 ** 20

/** Outputs of the network for each row. */
export const outputsOf = (outputs: Outputs, variables: number): number => (outputs === 'gaussian' ? 2 : 1) * variables

/** @throws SluiceError `bad-file`. */
export function savedSeries({ model, spec: { input, head }, series }: ModelFile): SavedSeries {
  if (model !== 'SeriesModel') throw new SluiceError('bad-file', `the file has a ${model}, expected a SeriesModel. Load it with ${model}.load.`)
  const saved = readSaved(series)
  const K = saved.scale.mean.length
  const fits = 'features' in input && input.features === K && head && 'numbers' in head && head.numbers === outputsOf(saved.outputs, K) && head.at !== 'last'
  if (fits) return saved
  throw new SluiceError(
    'bad-file',
    `the file has the scale of ${K} variables and a network with input ${JSON.stringify(input)} and head ${JSON.stringify(head)}, ` +
      `expected ${K} features and ${outputsOf(saved.outputs, K)} numbers at every step. Was the file put together from two models?`,
  )
}

function readSaved(series: unknown): SavedSeries {
  try {
    const names = { outputs: true, window: true, scale: true } as const
    const { outputs, window, scale } = checkOptions('series', series as SavedSeries, "{ outputs: 'values', window: 64, scale }", names)
    if (outputs !== 'values' && outputs !== 'gaussian') throw new SluiceError('bad-file', `outputs is ${show(outputs)}, expected 'values' or 'gaussian'`)
    checkCount('window', window, { max: maxWindow })
    return { outputs, window, scale: checkScale(scale) }
  } catch (cause) {
    throw new SluiceError('bad-file', `the model file's series is damaged: ${(cause as Error).message}`, { cause })
  }
}
