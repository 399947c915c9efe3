// The network of a state_dict of PyTorch, by the names and shapes of its tensors.
import { UserError } from '../errors.mjs'

/** @typedef {import('../internals.ts').NetworkSpec} NetworkSpec */

const cellsByGates = { 1: 'rnn', 3: 'gru-reset-after', 4: 'lstm' }

/**
 * @param {ReadonlyMap<string, { shape: readonly number[] }>} tensors
 * @param {string} [cell] in place of the one that has so many gates: rnn-relu
 * @returns {{ spec: NetworkSpec, prefix: string | string[], head: string, embedding: string }}
 */
export function describe(tensors, cell) {
  /** @type {Map<string, number>} prefixes of modules, and how many layers each has */
  const modules = new Map()
  for (const name of tensors.keys()) {
    const [, prefix, layer] = /^(.*)weight_ih_l(\d+)$/.exec(name) ?? []
    if (prefix !== undefined) modules.set(prefix, Math.max(modules.get(prefix) ?? 0, Number(layer) + 1))
  }
  if (modules.size === 0)
    throw new UserError(`The file has no recurrent layer of PyTorch (a tensor such as weight_ih_l0). It has ${[...tensors.keys()].slice(0, 6).join(', ')}.`)
  if (modules.size > 1 && [...modules.values()].some((layers) => layers > 1))
    throw new UserError(
      `The file has several recurrent modules (${[...modules.keys()].join(', ')}), some of them with several layers. Convert it with fromPyTorch of the library.`,
    )
  const shape = (/** @type {string} */ name) => tensors.get(name)?.shape ?? []
  const layers = [...modules].flatMap(([prefix, count]) =>
    Array.from({ length: count }, (_, l) => {
      const [rows = 0, hidden = 1] = shape(`${prefix}weight_hh_l${l}`)
      const found = cell ?? cellsByGates[/** @type {1} */ (rows / hidden)]
      if (!found)
        throw new UserError(`${prefix}weight_hh_l${l} is [${rows}, ${hidden}], expected 1, 3 or 4 times as many rows as columns (nn.RNN, nn.GRU, nn.LSTM).`)
      return {
        cell: /** @type {any} */ (found),
        hidden,
        bidirectional: tensors.has(`${prefix}weight_ih_l${l}_reverse`),
        bias: tensors.has(`${prefix}bias_ih_l${l}`),
      }
    }),
  )
  const [first, last] = [[...modules.keys()][0] ?? '', layers.at(-1)]
  const [, width = 1] = shape(`${first}weight_ih_l0`)
  const outputs = (last?.hidden ?? 1) * (last?.bidirectional ? 2 : 1)
  const matrices = [...tensors].filter(([name, tensor]) => name.endsWith('weight') && tensor.shape.length === 2)
  const head = matrices.find(([name, tensor]) => tensor.shape[1] === outputs && tensors.has(name.replace(/weight$/, 'bias')))
  const embedding = matrices.find(([name, tensor]) => name !== head?.[0] && tensor.shape[1] === width)
  const classes = head?.[1].shape[0]
  const input = embedding ? { ids: embedding[1].shape[0] ?? 1, embedding: width } : classes === width ? { ids: width } : { features: width }
  const prefix = modules.size === 1 ? first : [...modules.keys()]
  const before = (/** @type {string | undefined} */ name, /** @type {string} */ other) => name?.replace(/weight$/, '') ?? other
  return {
    spec: /** @type {NetworkSpec} */ ({ input, layers, ...(classes !== undefined && { head: 'features' in input ? { numbers: classes } : { classes } }) }),
    prefix,
    head: before(head?.[0], 'head.'),
    embedding: before(embedding?.[0], 'embedding.'),
  }
}
