// The command line of `npm start`: the options of a training, and where it runs.
import { UsageError } from '../../cli/errors.mjs'
import { parse, refuseBoth, rowsOf } from '../../cli/options.mjs'
import { checkTraining, encodingOf, settings, textOptions } from '../../cli/train-options.mjs'

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {boolean | undefined} headless true and false are forced; undefined goes by whether there is a display
 * @property {string | undefined} text path of the file to train on
 * @property {string | undefined} [encoding] of that file, by TextDecoder's name
 * @property {string | undefined} [out] where the model is saved, of a training in the terminal
 * @property {Record<string, string>} settings those that were given, checked
 */

/** @satisfies {import('../../cli/options.mjs').Options} */
const known = {
  text: { argument: 'FILE', about: 'train on this text file (or give FILE alone)', kind: 'file' },
  ...textOptions,
  ...settings,
  out: { argument: 'FILE', about: 'in the terminal: the model (default dist/TEXT.safetensors)', kind: 'file' },
  headless: { about: 'train in this terminal even if there is a display', kind: 'flag' },
  browser: { about: 'open the page in a browser even if no display was found', kind: 'flag' },
  help: { about: 'show this list', kind: 'flag', short: 'h' },
}

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function parseOptions(args) {
  /** @param {string} file @param {string} first */
  const excess = (file, first) =>
    `${JSON.stringify(file)} came after the text file ${JSON.stringify(first)}, expected one file. Join the files first, or check the quotes of an option before it.`
  const { options, positionals } = parse(args, known, { help: 'npm start -- --help', most: 1, excess })
  const [file] = positionals
  if (file === '') throw new UsageError('The name of the text file is empty, expected the path of a text file.')
  if (file !== undefined && options.text !== undefined) throw new UsageError(excess(file, options.text))
  const text = options.text ?? file
  checkTraining(options, text)
  refuseBoth(options, 'headless', 'browser')
  return {
    help: options.help !== undefined,
    headless: options.headless !== undefined ? true : options.browser !== undefined ? false : undefined,
    text,
    encoding: encodingOf(options),
    out: options.out,
    settings: /** @type {Record<string, string>} */ (Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(settings, name)))),
  }
}

export function helpText() {
  return [
    'Trains a recurrent network on a text with WebGPU: on a page in the browser, or in the terminal if there is no display.',
    '',
    'npm start -- [FILE] [options]',
    '',
    ...rowsOf(known),
  ].join('\n')
}
