// The command line of `npm start`.
import { parseArgs } from 'node:util'
import { encodingNamed } from '../../src/text/encodings.js'
import { UserError } from './errors.mjs'

/** The cells of the library. A test holds this list equal to src/cells, which Node cannot read here: it is TypeScript. */
export const cells = ['rnn', 'rnn-relu', 'gru', 'gru-reset-after', 'mgu', 'lstm']

/**
 * @typedef {object} Setting a setting of the training, which goes to the page as a parameter of its address
 * @property {string} argument how the help names the value
 * @property {string} about
 * @property {'count' | 'positive' | 'notNegative' | 'seed' | 'text' | readonly string[]} kind
 */

/** @type {Record<string, Setting>} */
const settings = {
  corpus: { argument: 'NAME', about: 'the built-in text: english or chinese', kind: ['english', 'chinese'] },
  cell: { argument: 'NAME', about: cells.join(', '), kind: cells },
  hidden: { argument: 'N', about: 'hidden units', kind: 'count' },
  layers: { argument: 'N', about: 'recurrent layers', kind: 'count' },
  steps: { argument: 'N', about: 'time steps that the gradient goes back through, in characters', kind: 'count' },
  batch: { argument: 'N', about: 'sequences in a batch', kind: 'count' },
  epochs: { argument: 'N', about: 'passes over the text', kind: 'count' },
  iterations: { argument: 'N', about: 'training steps, instead of epochs', kind: 'count' },
  rate: { argument: 'X', about: 'learning rate', kind: 'positive' },
  temperature: { argument: 'X', about: 'of the samples: above 1 more random, below 1 less, 0 always the most likely', kind: 'notNegative' },
  symbols: { argument: 'NAME', about: 'what one symbol is: characters, or graphemes (a family emoji counts as one)', kind: ['characters', 'graphemes'] },
  seed: { argument: 'N', about: 'of the initial parameters and the samples', kind: 'seed' },
  prefix: { argument: 'TEXT', about: 'what the samples begin with', kind: 'text' },
}

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {boolean | undefined} headless true and false are forced; undefined goes by whether there is a display
 * @property {string | undefined} text path of the file to train on
 * @property {string | undefined} [encoding] of that file, by TextDecoder's name
 * @property {Record<string, string>} settings those that were given, checked
 */

/**
 * @param {string[]} args
 * @returns {Options}
 */
export function parseOptions(args) {
  const { tokens } = parseArgs({
    args,
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      headless: { type: 'boolean' },
      browser: { type: 'boolean' },
      text: { type: 'string' },
      encoding: { type: 'string' },
      ...Object.fromEntries(Object.keys(settings).map((name) => [name, { type: /** @type {const} */ ('string') }])),
    },
  })
  /** @type {Map<string, string>} */
  const given = new Map()
  for (const token of tokens) {
    if (token.kind === 'option') setOption(given, token.name, token.rawName, token.value)
    else if (token.kind === 'positional') setText(given, token.value)
  }
  refuseBoth(given, 'text', 'corpus')
  if (given.has('encoding') && !given.has('text'))
    throw new UserError('--encoding came without a text file, expected the file in this encoding. Give both, or leave --encoding out.')
  refuseBoth(given, 'headless', 'browser')
  refuseBoth(given, 'epochs', 'iterations')
  return {
    help: given.has('help'),
    headless: given.has('headless') ? true : given.has('browser') ? false : undefined,
    text: given.get('text'),
    encoding: encodingNamed(given.get('encoding')),
    settings: Object.fromEntries([...given].filter(([name]) => Object.hasOwn(settings, name))),
  }
}

/**
 * @param {Map<string, string>} given
 * @param {string} name
 * @param {string} rawName as it was written
 * @param {string | undefined} value
 */
function setOption(given, name, rawName, value) {
  if (given.has(name)) throw new UserError(`${rawName} was given twice. Give it once.`)
  if (name === 'help' || name === 'headless' || name === 'browser') {
    if (value !== undefined) throw new UserError(`${rawName} takes no value, but came with ${show(value)}. Leave it out.`)
    return void given.set(name, '')
  }
  const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
  if (name !== 'text' && name !== 'encoding' && setting === undefined) {
    throw new UserError(`${rawName} is not an option.${suggestion(name)} npm start -- --help lists the options.`)
  }
  if (value === undefined) {
    throw new UserError(`${rawName} came without a value. Write it as ${rawName} ${setting?.argument ?? (name === 'text' ? 'FILE' : 'NAME')}.`)
  }
  if (setting !== undefined) check(rawName, value, setting.kind)
  else if (name === 'encoding' && encodingNamed(value) === undefined) {
    throw new UserError(
      `--encoding is ${show(value)}, expected a name that TextDecoder knows, such as utf-8, gb18030, big5, shift_jis, euc-kr, utf-16le or windows-1252.`,
    )
  } else if (value === '') throw new UserError('--text is empty, expected the path of a text file.')
  given.set(name, value)
}

/**
 * @param {Map<string, string>} given
 * @param {string} file
 */
function setText(given, file) {
  if (given.has('text')) {
    throw new UserError(
      `${show(file)} came after the text file ${show(given.get('text') ?? '')}, expected one file. ` +
        'Join the files first, or check the quotes of an option before it.',
    )
  }
  if (file === '') throw new UserError('The name of the text file is empty, expected the path of a text file.')
  given.set('text', file)
}

/**
 * @param {string} option
 * @param {string} value
 * @param {Setting['kind']} kind
 */
function check(option, value, kind) {
  /** @param {string} expected */
  const refuse = (expected) => {
    throw new UserError(`${option} is ${show(value)}, expected ${expected}.`)
  }
  if (typeof kind === 'object') {
    if (!kind.includes(value)) refuse(`one of ${kind.join(', ')}`)
  } else if (kind === 'count') {
    if (!/^\d+$/.test(value) || Number(value) < 1 || !Number.isSafeInteger(Number(value))) {
      refuse('a whole number of at least 1, such as 32')
    }
  } else if (kind === 'seed') {
    if (!/^\d+$/.test(value) || Number(value) > 0xffffffff) refuse('a whole number from 0 to 4294967295')
  } else if (kind === 'positive' || kind === 'notNegative') {
    const plain = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value))
    if (kind === 'positive' && !(plain && Number(value) > 0)) refuse('a number above 0, such as 0.002')
    if (kind === 'notNegative' && !plain) refuse('a number of at least 0, such as 0.8')
  }
}

/**
 * @param {Map<string, string>} given
 * @param {string} one
 * @param {string} other
 */
function refuseBoth(given, one, other) {
  if (!given.has(one) || !given.has(other)) return
  throw new UserError(`--${one} and --${other} were both given, and they contradict each other. Give one of them.`)
}

/** @param {string} name an option that does not exist */
function suggestion(name) {
  const all = ['help', 'headless', 'browser', 'text', 'encoding', ...Object.keys(settings)]
  const near = all.find((known) => distance(known, name) <= (known.length > 4 ? 2 : 1))
  return near === undefined ? '' : ` Did you mean --${near}?`
}

/**
 * Edits between two words (Levenshtein).
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const [diagonal = 0, above = 0, left = 0] = [row[j], row[j + 1], next[j]]
      next.push(Math.min(diagonal + (letter === other ? 0 : 1), above + 1, left + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** @param {string} value */
const show = (value) => JSON.stringify(value)

export function helpText() {
  const rows = Object.entries(settings).map(([name, { argument, about }]) => [`--${name} ${argument}`, about])
  const table = [
    ['--text FILE', 'train on this text file (or give FILE alone)'],
    ['--encoding NAME', 'encoding of the file, such as gb18030 (default: UTF-8)'],
    ...rows,
    ['--headless', 'train in this terminal even if there is a display'],
    ['--browser', 'open the page in a browser even if no display was found'],
    ['--help', 'show this list'],
  ]
  return [
    'Trains a recurrent network on a text with WebGPU: on a page in the browser, or in the terminal if there is no display.',
    '',
    'npm start -- [FILE] [options]',
    '',
    ...table.map(([option = '', about]) => `  ${option.padEnd(18)} ${about}`),
  ].join('\n')
}
