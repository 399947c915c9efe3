// The options of a training, for `sluice train` and `npm start`.
import { encodingNamed } from '../src/text/encodings.js'
import { UsageError } from './errors.mjs'
import { cells, refuseBoth } from './options.mjs'

/** What the training is. `npm start` passes these to the page as parameters of its address. @satisfies {import('./options.mjs').Options} */
export const settings = {
  corpus: { argument: 'NAME', about: 'the built-in text: english (default) or chinese', kind: ['english', 'chinese'] },
  cell: { argument: 'NAME', about: cells.join(', ').replace('gru,', 'gru (default),'), kind: cells },
  hidden: { argument: 'N', about: 'hidden units (default 128)', kind: 'count' },
  layers: { argument: 'N', about: 'recurrent layers (default 1)', kind: 'count' },
  steps: { argument: 'N', about: 'characters the gradient goes back through (default 35)', kind: 'count' },
  batch: { argument: 'N', about: 'sequences in a batch (default 32)', kind: 'count' },
  epochs: { argument: 'N', about: 'passes over the text', kind: 'count' },
  iterations: { argument: 'N', about: 'training steps, instead of epochs (default 2000)', kind: 'count' },
  rate: { argument: 'X', about: 'learning rate at the start (default 0.008)', kind: 'positive' },
  schedule: { argument: 'NAME', about: 'of the rate: cosine (default) or constant', kind: ['cosine', 'constant'] },
  temperature: { argument: 'X', about: 'of samples: 0 the most likely, 1 as learned (0.8)', kind: 'notNegative' },
  symbols: { argument: 'NAME', about: 'characters, or graphemes (a family emoji is one)', kind: ['characters', 'graphemes'] },
  seed: { argument: 'N', about: 'of the initial weights and the samples (default 0)', kind: 'seed' },
  prefix: { argument: 'TEXT', about: 'what the samples begin with', kind: 'text' },
}

/** The learning rate at the start. */
export const defaultRate = 0.008

/** @type {import('./options.mjs').Options} */
export const textOptions = { encoding: { argument: 'NAME', about: 'of the text file, such as gb18030 (default utf-8)', kind: 'encoding' } }

/** Refuses what does not go together.
 * @param {import('./options.mjs').Given['options']} options @param {string | undefined} text the file */
export function checkTraining(options, text) {
  refuseBoth({ text, corpus: options.corpus }, 'text', 'corpus')
  if (options.encoding !== undefined && text === undefined)
    throw new UsageError('--encoding came without a text file, expected the file in this encoding. Give both, or leave --encoding out.')
  refuseBoth(options, 'epochs', 'iterations')
}

/** The name by which TextDecoder knows the encoding. @param {import('./options.mjs').Given['options']} options */
export const encodingOf = ({ encoding }) => encodingNamed(encoding)
