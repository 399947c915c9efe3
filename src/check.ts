// What is refused before anything is allocated or sent: descriptions that make no network, batches that do not fit one.
import { cellNames, cells } from './cells'
import { checkCount, checkNumber, show, SluiceError } from './errors'
import { headSize, type NetworkSpec } from './spec'

/** Refuses a description that makes no network, and says what is wrong with it. */
export function checkSpec({ input, layers, head, dropout }: NetworkSpec): void {
  if ('features' in input) checkCount('input.features', input.features)
  else {
    checkCount('input.ids', input.ids)
    if (input.embedding !== undefined) checkCount('input.embedding', input.embedding)
  }
  if (!Array.isArray(layers) || layers.length === 0)
    throw new SluiceError('bad-value', `layers is ${show(layers)}, expected a list of at least one layer such as { cell: 'gru', hidden: 128 }`)
  layers.forEach((layer, l) => {
    if (!Object.hasOwn(cells, layer.cell))
      throw new SluiceError('bad-value', `layers[${l}].cell is ${show(layer.cell)}, expected one of ${cellNames.join(', ')}`)
    checkCount(`layers[${l}].hidden`, layer.hidden)
    if (layer.peepholes && layer.cell !== 'lstm')
      throw new SluiceError('bad-value', `layers[${l}].peepholes is set, but the cell is ${layer.cell}: only an lstm has a cell state to peep at`)
  })
  if (dropout !== undefined) {
    checkNumber('dropout', dropout, { min: 0, max: 1 })
    if (dropout === 1) throw new SluiceError('bad-value', 'dropout is 1, expected less than 1: nothing would be left')
  }
  if (!head) return
  if (head.at !== undefined && head.at !== 'every' && head.at !== 'last')
    throw new SluiceError('bad-value', `head.at is ${show(head.at)}, expected 'every' or 'last'`)
  if ('numbers' in head) checkCount('head.numbers', head.numbers)
  else checkCount('head.classes', head.classes)
}

/** What a batch must be to fit the network. */
export interface BatchArrays {
  readonly steps: number
  readonly batch: number
  readonly ids?: Uint32Array | undefined
  readonly features?: Float32Array | undefined
  readonly targets?: Uint32Array | Float32Array | undefined
  readonly lengths?: Uint32Array | undefined
}

/** @throws SluiceError `bad-shape` or `bad-value`, saying what came and what was expected. */
export function checkBatch(spec: NetworkSpec, { steps: T, batch: B, ids, features, targets, lengths }: BatchArrays): void {
  const { input, head } = spec
  if ('ids' in input) {
    expectArray('ids', ids, 'Uint32Array', [['steps', T], ['batch', B]])
    const wrong = ids!.findIndex((id) => id >= input.ids)
    if (wrong >= 0) throw new SluiceError('bad-value', `ids[${wrong}] is ${ids![wrong]}, expected less than ${input.ids}, the number of ids the network reads`)
  } else expectArray('features', features, 'Float32Array', [['steps', T], ['batch', B], ['features', input.features]])
  if (targets) {
    if (!head) throw new SluiceError('bad-value', 'targets came, but the network has no head to compare them with')
    const rows: [string, number][] = head.at === 'last' ? [['batch', B]] : [['steps', T], ['batch', B]]
    if ('numbers' in head) expectArray('targets', targets, 'Float32Array', [...rows, ['numbers', headSize(spec)]])
    else expectArray('targets', targets, 'Uint32Array', rows)
  }
  if (lengths) {
    expectArray('lengths', lengths, 'Uint32Array', [['batch', B]])
    const wrong = lengths.findIndex((length) => length > T)
    if (wrong >= 0) throw new SluiceError('bad-value', `lengths[${wrong}] is ${lengths[wrong]}, expected at most ${T}, the steps of the batch`)
  }
}

/** @throws SluiceError if the array is missing, of another type or of another length than its shape has. */
export function expectArray(name: string, array: { readonly length: number } | undefined, type: 'Uint32Array' | 'Float32Array', shape: readonly [string, number][]): void {
  const words = `[${shape.map(([what, n]) => `${what} ${n}`).join(', ')}]`
  if (array === undefined) throw new SluiceError('bad-value', `${name} is missing, expected a ${type} ${words}`)
  if (Object.prototype.toString.call(array) !== `[object ${type}]`)
    throw new SluiceError('bad-value', `${name} is ${show(array)}, expected a ${type} ${words}`)
  const expected = shape.reduce((n, [, size]) => n * size, 1)
  if (array.length !== expected) throw new SluiceError('bad-shape', `${name} has ${array.length} numbers, expected ${expected}: ${words}`)
}
