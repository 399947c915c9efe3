// The options of the command line: what each takes, and what is wrong with one that was given.
import { parseArgs } from 'node:util'
import { encodingNamed } from '../src/text/encodings.js'
import { UsageError } from './errors.mjs'

/** The cells of the library. A test holds this list equal to src/cells, which Node cannot read here: it is TypeScript. */
export const cells = ['rnn', 'rnn-relu', 'gru', 'gru-reset-after', 'mgu', 'lstm']

/**
 * @typedef {object} Option
 * @property {string} [argument] how the help names the value; none for a flag
 * @property {string} about
 * @property {'flag' | 'count' | 'positive' | 'notNegative' | 'share' | 'seed' | 'text' | 'file' | 'encoding' | readonly string[]} kind
 * @property {string} [short] a letter
 */

/** @typedef {Record<string, Option>} Options */

/** What was given: options by name, checked, as they were written; and the arguments.
 * @typedef {{ options: Record<string, string | undefined>, positionals: string[] }} Given */

/**
 * @param {readonly string[]} args
 * @param {Options} known
 * @param {{ help: string, most?: number, excess?: (extra: string, first: string) => string }} how `help`: the command that lists the options; `most`: arguments
 * @returns {Given}
 */
export function parse(args, known, { help, most = Infinity, excess }) {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(known).map(([name, { kind, short }]) => [
        name,
        { type: kind === 'flag' ? /** @type {const} */ ('boolean') : /** @type {const} */ ('string'), ...(short && { short }) },
      ]),
    ),
  })
  /** @type {Record<string, string | undefined>} */
  const options = {}
  /** @type {string[]} */
  const positionals = []
  for (const token of tokens) {
    if (token.kind === 'option') {
      const { name, rawName, value } = token
      if (Object.hasOwn(options, name)) throw new UsageError(`${rawName} was given twice. Give it once.`)
      const option = Object.hasOwn(known, name) ? known[name] : undefined
      if (!option) throw new UsageError(`${rawName} is not an option.${suggestion(name, Object.keys(known), '--')} ${help} lists the options.`)
      options[name] = checked(rawName, value, option)
    } else if (token.kind === 'positional') {
      if (positionals.length >= most)
        throw new UsageError(excess?.(token.value, positionals[0] ?? '') ?? `${show(token.value)} was not understood. ${help} shows what the command takes.`)
      positionals.push(token.value)
    }
  }
  return { options, positionals }
}

/** @param {string} name as it was written @param {string | undefined} value @param {Option} option */
function checked(name, value, { kind, argument = '' }) {
  /** @param {string} expected */
  const refuse = (expected) => {
    throw new UsageError(`${name} is ${show(value ?? '')}, expected ${expected}.`)
  }
  if (kind === 'flag') {
    if (value !== undefined) throw new UsageError(`${name} takes no value, but came with ${show(value)}. Leave it out.`)
    return ''
  }
  if (value === undefined) throw new UsageError(`${name} came without a value. Write it as ${name} ${argument}.`)
  const isNumber = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value))
  if (typeof kind === 'object') {
    if (!kind.includes(value)) refuse(`one of ${kind.join(', ')}`)
  } else if (kind === 'count') {
    if (!/^\d+$/.test(value) || Number(value) < 1 || !Number.isSafeInteger(Number(value))) refuse('a whole number of at least 1, such as 32')
  } else if (kind === 'seed') {
    if (!/^\d+$/.test(value) || Number(value) > 0xffffffff) refuse('a whole number from 0 to 4294967295')
  } else if (kind === 'positive') {
    if (!(isNumber && Number(value) > 0)) refuse('a number above 0, such as 0.002')
  } else if (kind === 'notNegative') {
    if (!isNumber) refuse('a number of at least 0, such as 0.8')
  } else if (kind === 'share') {
    if (!(isNumber && Number(value) < 1)) refuse('a number from 0 to below 1, such as 0.2')
  } else if (kind === 'encoding') {
    if (encodingNamed(value) === undefined) refuse('a name that TextDecoder knows, such as utf-8, gb18030, big5, shift_jis, euc-kr, utf-16le or windows-1252')
  } else if (kind === 'file' && value === '') throw new UsageError(`${name} is empty, expected the path of a file.`)
  return value
}

/** Refuses two options that contradict each other. @param {Given['options']} options @param {string} one @param {string} other */
export function refuseBoth(options, one, other) {
  if (options[one] === undefined || options[other] === undefined) return
  throw new UsageError(`--${one} and --${other} were both given, and they contradict each other. Give one of them.`)
}

/** @param {string | undefined} value */
export const numberOf = (value) => (value === undefined ? undefined : Number(value))

/** What somebody may have meant. @param {string} name @param {readonly string[]} names @param {string} [before] */
export function suggestion(name, names, before = '') {
  const near = names.find((known) => distance(known, name) <= (known.length > 4 ? 2 : 1))
  return near === undefined ? '' : ` Did you mean ${before}${near}?`
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

/** The options as rows of a help, at most 80 columns wide. @param {Options} options @returns {string[]} */
export const rowsOf = (options) =>
  Object.entries(options).map(
    ([name, { argument, about, short }]) => `  ${`--${name}${argument ? ` ${argument}` : ''}${short ? `, -${short}` : ''}`.padEnd(20)} ${about}`,
  )
