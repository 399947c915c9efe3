// `sluice generate` and `sluice fill`: what a saved model writes.
import { UsageError } from '../errors.mjs'
import { readBytes } from '../files.mjs'
import { numberOf } from '../options.mjs'
import { inJson, put, say } from '../output.mjs'
import { runTask } from '../runtime/runtime.mjs'
import { printable } from '../terminal-view.mjs'

/** @type {import('./index.mjs').Command} */
export const generate = {
  usage: 'generate MODEL [PREFIX]',
  about: 'write text with a model',
  options: {
    length: { argument: 'N', about: 'characters to write (default 500)', kind: 'count' },
    temperature: { argument: 'X', about: '0 the most likely, 1 as learned (default 0.8)', kind: 'notNegative' },
    'top-k': { argument: 'N', about: 'only among the N most likely characters', kind: 'count' },
    seed: { argument: 'N', about: 'another seed, another text (default 0)', kind: 'seed' },
  },
  examples: ['sluice generate my.safetensors "Once upon" --length 200'],
  most: 2,
  async run({ options, positionals: [file, prefix] }) {
    if (file === undefined) throw new UsageError('generate needs a model: sluice generate my.safetensors')
    const model = readBytes(file)
    const write = (/** @type {string} */ text) => void (inJson() || process.stdout.write(printable(text)))
    // A model needs something to go on from: a line break if it knows one, as most texts begin a line after it.
    const start = prefix ?? firstOf(model)
    if (prefix !== undefined) write(prefix)
    const parameters = {
      prefix: start,
      length: numberOf(options.length) ?? 500,
      temperature: numberOf(options.temperature) ?? 0.8,
      topK: numberOf(options['top-k']) ?? 0,
      seed: numberOf(options.seed) ?? 0,
    }
    const job = {
      task: 'generate',
      parameters,
      files: { model },
      tell: (/** @type {any} */ event) => void (event.kind === 'piece' ? write(event.text) : undefined),
      onStop: () => {},
    }
    const result = await runTask(job, options.runtime)
    put({ kind: 'generated', prefix: start, ...result })
    say('')
    return 0
  },
}

/** What a text may begin after: a line break, or the most frequent character. @param {Buffer} file */
function firstOf(file) {
  try {
    const { __metadata__: metadata } = JSON.parse(file.toString('utf8', 8, 8 + Number(file.readBigUInt64LE(0))))
    const { characters } = JSON.parse(metadata.vocabulary)
    return characters.includes('\n') ? '\n' : String(characters[0])
  } catch {
    return '\n' // the library says what is wrong with the file
  }
}

/** @type {import('./index.mjs').Command} */
export const fill = {
  usage: 'fill MODEL TEXT',
  about: 'fill in the characters marked by _',
  options: {
    blank: { argument: 'C', about: 'the mark (default _)', kind: 'text' },
    top: { argument: 'N', about: 'guesses of each (default 3)', kind: 'count' },
  },
  examples: ['sluice train my.txt --fill', 'sluice fill my.safetensors "the r_ver r_n"'],
  most: 2,
  async run({ options, positionals: [file, text] }) {
    if (file === undefined || text === undefined) throw new UsageError('fill needs a model and a text: sluice fill my.safetensors "the r_ver"')
    const parameters = { text, blank: options.blank ?? '_', top: numberOf(options.top) ?? 3 }
    const filled = await runTask({ task: 'fill', parameters, files: { model: readBytes(file) } }, options.runtime)
    put({ kind: 'filled', ...filled })
    say(printable(filled.text))
    for (const { position, guesses } of filled.blanks)
      say(
        `  ${String(position).padStart(4)}  ${guesses.map((/** @type {any} */ { character, probability }) => `${printable(JSON.stringify(character))} ${(100 * probability).toFixed(0)} %`).join('  ')}`,
      )
    return 0
  },
}
