// `sluice convert`: from one format to another, by the table of ../formats.mjs.
import { isAbsolute, relative } from 'node:path'
import { UsageError, UserError } from '../errors.mjs'
import { checkFree } from '../files.mjs'
import { formatOf, formats } from '../formats.mjs'
import { put, say } from '../output.mjs'
import { fileTools } from '../runtime/runtime.mjs'

const written = formats.filter(({ write }) => write).map(({ name }) => name)

/** @type {import('./index.mjs').Command} */
export const convert = {
  usage: 'convert FROM TO',
  about: 'write a file in another format',
  options: {
    to: { argument: 'NAME', about: `${written.join(', ')} (default: by name)`, kind: written },
    cell: { argument: 'NAME', about: 'of a state_dict: rnn-relu, which shapes do not tell', kind: ['rnn', 'rnn-relu'] },
    force: { about: 'replace TO', kind: 'flag' },
  },
  examples: ['sluice convert my.safetensors state-dict.safetensors', 'sluice convert model.keras my.safetensors'],
  most: 2,
  async run({ options, positionals: [from, to] }) {
    if (from === undefined || to === undefined) throw new UsageError('convert needs two files: sluice convert FROM TO')
    if (relative(from, to) === '' && isAbsolute(from) === isAbsolute(to)) throw new UsageError('FROM and TO are one file. Name another one.')
    checkFree(to, options.force !== undefined)
    const tools = await fileTools()
    try {
      const source = formatOf(from, tools)
      const named = formats.find(({ endings }) => endings?.some((ending) => to.endsWith(ending)))
      const target =
        options.to === undefined && named ? named : formats.find(({ name }) => name === (options.to ?? (source.name === 'sluice' ? 'pytorch' : 'sluice')))
      const model = await source.read(from, tools, { cell: options.cell })
      await target?.write?.(to, model, tools)
      const lost = model.training && target?.name !== 'sluice' ? ' The state of its training stays behind.' : ''
      put({ kind: 'converted', from: source.name, to: target?.name, file: to, trainingKept: lost === '' && model.training !== undefined })
      say(`${to}: ${target?.name}, from ${source.name}.${lost}`)
      return 0
    } catch (error) {
      throw asUserError(error)
    }
  },
}

/** What the library says of a file is for the person. @param {unknown} error */
export function asUserError(error) {
  if (!(error instanceof Error) || error.name !== 'SluiceError') return error
  return Object.assign(new UserError(error.message), { code: /** @type {any} */ (error).code })
}
