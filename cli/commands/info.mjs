// `sluice info`: what is in a file. It needs no GPU.
import { UsageError } from '../errors.mjs'
import { readBytes } from '../files.mjs'
import { formatOf } from '../formats.mjs'
import { put, say } from '../output.mjs'
import { fileTools } from '../runtime/runtime.mjs'
import { printable } from '../terminal-view.mjs'
import { asUserError } from './convert.mjs'

/** @type {import('./index.mjs').Command} */
export const info = {
  usage: 'info FILE',
  about: 'what is in a file',
  options: { tensors: { about: 'every tensor, with its shape', kind: 'flag' } },
  examples: ['sluice info my.safetensors'],
  most: 1,
  async run({ options, positionals: [file] }) {
    if (file === undefined) throw new UsageError('info needs a file: sluice info my.safetensors')
    const tools = await fileTools()
    try {
      const format = formatOf(file, tools)
      const { model, spec, parameters, vocabulary, training } = await format.read(file, tools, {})
      const isSafetensors = ['sluice', 'pytorch'].includes(format.name)
      /** @type {{ name: string, shape: readonly number[], dtype: string }[]} Of another format, those that the network has of it. */
      const tensors = isSafetensors
        ? [...tools.readSafetensors(readBytes(file)).tensors].map(([name, { shape, dtype }]) => ({ name, shape, dtype }))
        : [...tools.parameterShapes(spec)].map(([name, shape]) => ({ name, shape, dtype: 'F32' }))
      const count = [...parameters.values()].reduce((sum, { length }) => sum + length, 0)
      const characters = /** @type {{ characters: string[] } | undefined} */ (vocabulary)?.characters
      const loop = /** @type {any} */ (training?.loop)
      // Some may be done that its loop has not told of yet; `train` saves those as well.
      const steps = (training?.step ?? 0) - (loop?.pending.length ?? 0)
      put({
        kind: 'info',
        file,
        format: format.name,
        model,
        spec: tools.completeSpec(spec),
        parameters: count,
        ...(characters && { characters }),
        ...(training && {
          training: { step: steps, optimizer: training.optimizer, settings: training.settings, strategy: training.strategy, options: loop?.options },
        }),
        tensors,
      })
      const number = (/** @type {number} */ n) => n.toLocaleString('en')
      const rows = [
        ['format', `${format.name}${format.name === 'sluice' ? ', its checksum is right' : ''}`],
        ['model', model],
        ['network', networkOf(spec)],
        ['parameters', number(count)],
        ...(characters
          ? [['characters', `${characters.length}: ${printable(JSON.stringify(characters.slice(0, 40).join('')))}${characters.length > 40 ? ' …' : ''}`]]
          : []),
        ...(training
          ? [
              [
                'training',
                `${number(steps)} steps, ${training.optimizer}${loop ? `, batch ${loop.options.batch}, steps ${loop.options.steps}, seed ${loop.options.seed}` : ''}`,
              ],
              ...(loop ? [['text', `${number(loop.options.characters)} characters, epoch ${loop.place.epoch + 1}`]] : []),
            ]
          : []),
        ['tensors', `${tensors.length}${options.tensors === undefined && tensors.length > 0 ? ' (--tensors lists them)' : ''}`],
      ]
      for (const [name = '', value] of rows) say(`${name.padEnd(12)}${value}`)
      if (options.tensors !== undefined) for (const { name, shape, dtype } of tensors) say(`  ${name.padEnd(36)} ${dtype} [${shape.join(', ')}]`)
      return 0
    } catch (error) {
      throw asUserError(error)
    }
  },
}

/** `28 ids → 2 × gru 128 → 28 classes`. @param {import('../internals.ts').NetworkSpec} spec */
function networkOf({ input, layers, head }) {
  const from = 'ids' in input ? `${input.ids} ids${input.embedding ? ` → embedding ${input.embedding}` : ''}` : `${input.features} features`
  const words = layers.map((layer) => {
    const reads = layer.inputs ? ` of ${layer.inputs.join(' + ')}` : ''
    if ('dense' in layer) return `dense ${layer.dense}${layer.activation && layer.activation !== 'linear' ? ` ${layer.activation}` : ''}${reads}`
    return `${layer.bidirectional ? 'bidirectional ' : layer.backwards ? 'backwards ' : ''}${layer.cell} ${layer.hidden}${reads}`
  })
  const middle = words.every((word) => word === words[0]) && words.length > 1 ? [`${words.length} × ${words[0]}`] : words
  const to = !head ? [] : 'classes' in head ? [`${head.classes} classes`] : [`${head.numbers} numbers`]
  return [from, ...middle, ...to].join(' → ')
}
