// Checks the arrays of a batch against the network, before anything is sent to the GPU.
import { isDetached } from './bytes'
import { cells } from './cells'
import { checkCount, checkNumber, checkList, checkOptions, float32, show, SluiceError, typedArrayName } from './errors'
import { checkFinite, firstNotFinite } from './finite'
import { isRead, type ReadSteps } from './packing'
import { headSize, ignored, recurrentLayers, type NetworkSpec } from './spec'

/** The arrays of a batch, and its shape. */
export interface BatchArrays extends ReadSteps {
  readonly steps: number
  readonly batch: number
  readonly ids?: Uint32Array | undefined
  readonly features?: Float32Array | undefined
  readonly targets?: Uint32Array | Float32Array | undefined
  readonly weights?: Float32Array | undefined
}

/** Values past the end of a row and of skipped steps are not read, so they are not checked.
 * @throws SluiceError `bad-shape` or `bad-value` for arrays that do not fit the network. */
export function checkBatch(spec: NetworkSpec, { steps: T, batch: B, ids, features, targets, weights, lengths, mask }: BatchArrays): void {
  const { input, head } = spec
  checkCount('steps', T)
  checkCount('batch', B)
  if (lengths !== undefined) checkLengths(lengths, T, B)
  if (mask !== undefined) checkMask(mask, T, B, lengths)
  const read = isRead({ lengths, mask }, B)
  if ('ids' in input) {
    if (features !== undefined) throw new SluiceError('bad-value', 'batch has features, but this network reads ids. Pass ids')
    expectArray('ids', ids, 'Uint32Array', [
      ['steps', T],
      ['batch', B],
    ])
    checkIds(ids!, input.ids, 'ids', read)
  } else {
    if (ids !== undefined) throw new SluiceError('bad-value', 'batch has ids, but this network reads features. Pass features')
    expectArray('features', features, 'Float32Array', [
      ['steps', T],
      ['batch', B],
      ['features', input.features],
    ])
    checkRows('features', features!, { rows: T * B, read, advice: 'Fill in missing values, end the row before them by lengths, or skip them by a mask' })
  }
  if (targets !== undefined) {
    if (!head)
      throw new SluiceError(
        'bad-value',
        'batch has targets, but the network has no head to compare with them. Leave them out, or create the network with a head',
      )
    const last = head.at === 'last'
    const rows: [string, number][] = last
      ? [['batch', B]]
      : [
          ['steps', T],
          ['batch', B],
        ]
    const counts = last ? () => true : read
    if ('numbers' in head) {
      expectArray('targets', targets, 'Float32Array', [...rows, ['numbers', headSize(spec)]])
      checkRows('targets', targets as Float32Array, { rows: last ? B : T * B, read: counts, allowNaN: true, advice: 'NaN marks a row that does not count' })
      if (head.loss === 'binary-cross-entropy') checkLabels(targets as Float32Array, (i) => counts(Math.floor(i / headSize(spec))))
    } else {
      expectArray('targets', targets, 'Uint32Array', rows)
      checkTargets(targets as Uint32Array, head.classes, counts)
    }
  }
  if (weights !== undefined) checkWeights(spec, weights, { T, B, read, hasTargets: targets !== undefined })
}

/** Whether each step is read, [T, B]. @throws SluiceError `bad-shape`, `bad-value`. */
function checkMask(mask: Uint8Array, T: number, B: number, lengths: unknown): void {
  expectArray('mask', mask, 'Uint8Array', [
    ['steps', T],
    ['batch', B],
  ])
  const wrong = mask.findIndex((reads) => reads > 1)
  if (wrong >= 0) throw new SluiceError('bad-value', `mask[${wrong}] is ${mask[wrong]}, expected 1 for a step that is read or 0 for one that is skipped`)
  if (lengths !== undefined)
    throw new SluiceError('bad-value', 'batch has both lengths and mask, expected one of them: set the mask to 0 past the end of a row')
}

/** Weights of the rows of the head, or of all steps of each row. @throws SluiceError `bad-shape`, `bad-value`. */
function checkWeights(
  { head }: NetworkSpec,
  weights: Float32Array,
  { T, B, read, hasTargets }: { T: number; B: number; read: (row: number) => boolean; hasTargets: boolean },
): void {
  if (!hasTargets) throw new SluiceError('bad-value', 'batch has weights, but no targets whose loss they would weigh. Leave them out, or pass targets')
  const ofRows = head?.at === 'last' || (typedArrayName(weights) === 'Float32Array' && weights.length === B)
  expectArray('weights', weights, 'Float32Array', ofRows ? [['batch', B]] : [['steps', T], ['batch', B]]) // prettier-ignore
  let sum = 0
  for (let n = 0; n < weights.length; n++) {
    if (!ofRows && !read(n)) continue
    sum += checkNumber(`weights[${n}]`, weights[n], { above: 0, orZero: true })
  }
  // So that even losses of a thousand nats each do not overflow.
  if (sum * (ofRows ? T : 1) * 1024 > float32.max)
    throw new SluiceError(
      'bad-value',
      `the weights add up to ${sum}, expected less: the loss may overflow float32. Only their ratios matter, so divide all by the largest.`,
    )
}

/** Checks numbers [rows, …] in the rows that are `read`, because one infinite number would make all weights NaN.
 * @param allowNaN whether NaN has a meaning
 * @throws SluiceError `bad-value`. */
export function checkRows(
  name: string,
  values: Float32Array,
  { rows, read, allowNaN = false, advice = '' }: { rows: number; read: (row: number) => boolean; allowNaN?: boolean; advice?: string },
): void {
  const width = values.length / rows
  for (let i = firstNotFinite(values); i >= 0; i = firstNotFinite(values, i + 1))
    if (!(allowNaN && Number.isNaN(values[i])) && read(Math.floor(i / width)))
      throw new SluiceError('bad-value', `${name}[${i}] is ${values[i]}, expected a finite number${advice && `. ${advice}.`}`)
}

/** Checks the targets of labels that are `read`. @throws SluiceError `bad-value` for one that is not 0 to 1. */
function checkLabels(targets: Float32Array, read: (i: number) => boolean): void {
  const wrong = targets.findIndex((target, i) => (target < 0 || target > 1) && read(i))
  if (wrong >= 0)
    throw new SluiceError(
      'bad-value',
      `targets[${wrong}] is ${targets[wrong]}, expected 0 to 1, how likely the label holds, as the loss is binary-cross-entropy`,
    )
}

/** Checks the classes of the rows that are `read`. @throws SluiceError `bad-value` for a class of V or more. */
function checkTargets(targets: Uint32Array, V: number, read: (row: number) => boolean): void {
  for (let n = 0; n < targets.length; n++) {
    const target = targets[n]!
    if (target < V || target === ignored || !read(n)) continue
    const others = targets.filter((other, m) => other !== ignored && read(m))
    // A loop, because Math.min(...others) fails for large batches.
    let [least, most] = [target, target]
    for (const other of others) [least, most] = [Math.min(least, other), Math.max(most, other)]
    const advice = most === V && least > 0 ? `. Do the labels start at 1? Subtract 1` : ''
    throw new SluiceError(
      'bad-value',
      `targets[${n}] is ${target}, expected less than ${V}, the number of classes, or \`ignored\` (${ignored}) for a target that does not count${advice}`,
    )
  }
}

/** Steps of each row, [B]. @throws SluiceError `bad-shape`, `bad-value`. */
export function checkLengths(lengths: Uint32Array, T: number, B: number): void {
  expectArray('lengths', lengths, 'Uint32Array', [['batch', B]])
  const wrong = lengths.findIndex((length) => length > T)
  if (wrong >= 0) throw new SluiceError('bad-value', `lengths[${wrong}] is ${lengths[wrong]}, expected at most ${T}, the steps of the batch`)
}

/** @param read whether the id at an index is read; by default all are
 * @throws SluiceError `bad-value` for the first id of `limit` or more. */
export function checkIds(ids: Uint32Array, limit: number, name = 'ids', read: (n: number) => boolean = () => true): void {
  const wrong = ids.findIndex((id, n) => id >= limit && read(n))
  if (wrong >= 0)
    throw new SluiceError('bad-value', `${name}[${wrong}] is ${ids[wrong]}, expected less than ${limit}, the number of ids that the network knows`)
}

/** @param rows rows of the head: the number of weights that a loss adds up
 * @throws SluiceError `bad-value`, `bad-shape` unless there is one number of at least 0 for each class. */
export function checkClassWeights({ head }: NetworkSpec, weights: Float32Array, rows: number): void {
  if (!head || !('classes' in head)) throw new SluiceError('bad-value', 'classWeights has no effect: the network has no head of classes. Leave it out')
  expectArray('classWeights', weights, 'Float32Array', [['classes', head.classes]])
  weights.forEach((weight, v) => checkNumber(`classWeights[${v}]`, weight, { above: 0, orZero: true }))
  // So that even losses of a thousand nats each do not overflow.
  const most = weights.findIndex((weight) => weight * rows * 1024 > float32.max)
  if (most >= 0)
    throw new SluiceError(
      'bad-value',
      `classWeights[${most}] is ${weights[most]}, expected less: over ${rows} rows the sum may overflow float32. Only the ratios of the weights matter, so divide all by the largest.`,
    )
}

/** A checked copy of states by recurrent layer, or of their gradients. Their sizes are checked when they are written.
 * @throws SluiceError `bad-shape` for too many layers; `bad-value` for a state that the cell does not have, or a number that is not finite. */
export function checkStates<State extends { readonly h?: unknown; readonly c?: unknown }>(
  name: string,
  spec: NetworkSpec,
  states: readonly (State | undefined)[],
): (State | undefined)[] {
  const list = checkList(name, states, 'of states by layer, such as [{ h: … }]')
  const layers = recurrentLayers(spec)
  if (list.length > layers.length)
    throw new SluiceError(
      'bad-shape',
      `${name} has states of ${list.length} layers, but the network has ${layers.length}${layers.length < spec.layers.length ? ' recurrent ones: dense layers have no state' : ''}`,
    )
  return list.map((unchecked, l) => {
    if (unchecked === undefined) return undefined
    const state = checkOptions<{ readonly h?: unknown; readonly c?: unknown }>(`${name}[${l}]`, unchecked, '{ h: … }', { h: true, c: true })
    const { cell } = layers[l]!.layer
    const { states: known } = cells[cell]
    if (state.c !== undefined && !known.includes('c'))
      throw new SluiceError('bad-value', `${name}[${l}] has c, but the state of ${cell} is ${known.join(' and ')}`)
    for (const [kind, values] of Object.entries(state)) {
      if (values === undefined) continue
      const path = `${name}[${l}].${kind}`
      if (typeof values !== 'object' || values === null) throw new SluiceError('bad-value', `${path} is ${show(values)}, expected numbers [B, D, H]`)
      checkFinite(path, values as ArrayLike<number>)
    }
    return state as State
  })
}

/** @throws SluiceError `bad-value` for an array that is missing or of another type, `bad-shape` for another length. */
export function expectArray(
  name: string,
  array: (ArrayBufferView & { readonly length: number }) | undefined,
  type: 'Uint32Array' | 'Float32Array' | 'Uint8Array',
  shape: readonly [string, number][],
): void {
  const shapeText = `[${shape.map(([dimension, n]) => `${dimension} ${n}`).join(', ')}]`
  if (array === undefined) throw new SluiceError('bad-value', `${name} is missing, expected a ${type} ${shapeText}`)
  if (typedArrayName(array) === type && isDetached(array))
    throw new SluiceError(
      'bad-value',
      `${name} is detached: its memory was transferred, to a worker for instance, and is empty here. Transfer a copy instead (${name}.slice())`,
    )
  if (typedArrayName(array) !== type) throw new SluiceError('bad-value', `${name} is ${show(array)}, expected a ${type} ${shapeText}`)
  const expected = shape.reduce((n, [, size]) => n * size, 1)
  if (array.length !== expected) throw new SluiceError('bad-shape', `${name} has ${array.length} numbers, expected ${expected}: ${shapeText}`)
}
