// What is refused before anything is allocated or sent: descriptions that make no network, batches that do not fit one.
import { isDetached } from './bytes'
import { cellNames, cells } from './cells'
import { checkCount, checkFlag, checkNumber, checkList, checkOptions, float32, show, SluiceError, typedArrayName, type Known } from './errors'
import { checkFinite, firstNotFinite } from './finite'
import { headSize, ignored, parameterShapes, type Head, type LayerSpec, type NetworkSpec, type ParameterShapes } from './spec'

/** Layers that a network may have: more is a mistake, and would be noticed only when nothing answers any more. */
export const mostLayers = 1000

/** The names of a description: `Network.create` has some more. */
export const specNames = { input: true, layers: true, dropout: true, head: true } satisfies Known<NetworkSpec>
const inputNames = { ids: true, embedding: true, features: true } satisfies Known<NetworkSpec['input']>
const headNames = { classes: true, numbers: true, at: true } satisfies Known<Head>
const layerNames = { cell: true, hidden: true, bidirectional: true, bias: true, peepholes: true, learnInitial: true } satisfies Known<LayerSpec>
const layerFlags = ['bidirectional', 'bias', 'peepholes', 'learnInitial'] as const satisfies readonly (keyof LayerSpec)[]

/** The description as it was checked: a copy, so that what the caller changes later changes no network.
 * @throws SluiceError `bad-value` for one that makes no network, and what is wrong with it. */
export function checkSpec(spec: NetworkSpec): NetworkSpec {
  const { input: givenInput, layers: givenLayers, dropout, head: givenHead } = checkOptions('spec', spec, 'network.spec', specNames)
  const input = checkOptions('input', givenInput, '{ ids: 28 } or { features: 3 }', inputNames)
  if ('features' in input && 'ids' in input)
    throw new SluiceError('bad-value', 'input has both ids and features, expected one of them: a network reads ids below a count or vectors of a size')
  if ('features' in input) checkCount('input.features', input.features)
  else {
    checkCount('input.ids', input.ids)
    if (input.embedding !== undefined) checkCount('input.embedding', input.embedding)
  }
  const list = checkList('layers', givenLayers, "of at least one layer such as { cell: 'gru', hidden: 128 }", { min: 1, max: mostLayers })
  const layers = list.map((given, l) => {
    const layer = checkOptions(`layers[${l}]`, given, "{ cell: 'gru', hidden: 128 }", layerNames)
    if (typeof layer.cell !== 'string' || !Object.hasOwn(cells, layer.cell))
      throw new SluiceError('bad-value', `layers[${l}].cell is ${show(layer.cell)}, expected one of ${cellNames.join(', ')}`)
    checkCount(`layers[${l}].hidden`, layer.hidden)
    for (const flag of layerFlags) checkFlag(`layers[${l}].${flag}`, layer[flag])
    if (layer.peepholes && !cells[layer.cell].peepholes)
      throw new SluiceError(
        'bad-value',
        `layers[${l}].peepholes is set, but the cell is ${layer.cell}: only ${cellNames.filter((name) => cells[name].peepholes).join(', ')} has a cell state to peep at`,
      )
    return layer
  })
  if (dropout !== undefined) {
    checkNumber('dropout', dropout, { min: 0, max: 1 })
    if (Math.fround(dropout) === 1)
      throw new SluiceError(
        'bad-value',
        `dropout is ${dropout}, expected less than 1${dropout < 1 ? ', which is what float32 makes of it' : ''}: nothing would be left`,
      )
  }
  const checked = { input, layers, ...(dropout !== undefined && { dropout }) }
  if (givenHead === undefined) return checked
  const head = checkOptions('head', givenHead, '{ classes: 28 } or { numbers: 1 }', headNames)
  if ('classes' in head && 'numbers' in head)
    throw new SluiceError('bad-value', 'head has both classes and numbers, expected one of them: its loss is cross-entropy or the squared error')
  if (head.at !== undefined && head.at !== 'every' && head.at !== 'last')
    throw new SluiceError('bad-value', `head.at is ${show(head.at)}, expected 'every' or 'last'`)
  if ('numbers' in head) checkCount('head.numbers', head.numbers)
  else checkCount('head.classes', head.classes)
  return { ...checked, head }
}

/** As `parameterShapes` of spec.ts, of a description that nobody has checked. @throws SluiceError `bad-value`. */
export const shapesOf = (spec: NetworkSpec): ParameterShapes => parameterShapes(checkSpec(spec))

/** Refuses dropout that would do nothing. Files that have it are read all the same.
 * @throws SluiceError `bad-value`. */
export function checkDropout({ dropout = 0, layers }: NetworkSpec): void {
  if (dropout > 0 && layers.length === 1)
    throw new SluiceError(
      'bad-value',
      `dropout is ${dropout}, but the network has one layer: dropout acts between layers, so it would do nothing here. Add a layer, or leave dropout out.`,
    )
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

/** What lies past the end of a row is not read, so it may be anything.
 * @throws SluiceError `bad-shape` or `bad-value`, saying what came and what was expected. */
export function checkBatch(spec: NetworkSpec, { steps: T, batch: B, ids, features, targets, lengths }: BatchArrays): void {
  const { input, head } = spec
  checkCount('steps', T)
  checkCount('batch', B)
  if (lengths !== undefined) checkLengths(lengths, T, B)
  const read = (row: number) => !lengths || Math.floor(row / B) < lengths[row % B]!
  if ('ids' in input) {
    if (features !== undefined) throw new SluiceError('bad-value', 'features came, but this network reads ids')
    expectArray('ids', ids, 'Uint32Array', [
      ['steps', T],
      ['batch', B],
    ])
    checkIds(ids!, input.ids, 'ids', read)
  } else {
    if (ids !== undefined) throw new SluiceError('bad-value', 'ids came, but this network reads features')
    expectArray('features', features, 'Float32Array', [
      ['steps', T],
      ['batch', B],
      ['features', input.features],
    ])
    checkRows('features', features!, { rows: T * B, read, advice: 'Fill in what is missing, or end the row before it by lengths' })
  }
  if (targets !== undefined) {
    if (!head) throw new SluiceError('bad-value', 'targets came, but the network has no head to compare them with')
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
      checkRows('targets', targets as Float32Array, { rows: last ? B : T * B, read: counts, nan: true, advice: 'NaN marks a row that is not counted' })
    } else {
      expectArray('targets', targets, 'Uint32Array', rows)
      checkTargets(targets as Uint32Array, head.classes, counts)
    }
  }
}

/** Numbers [rows, …] of a step, of the rows that are `read`: one that is infinite would make all weights NaN. `nan`: whether NaN has a
 * meaning. @throws SluiceError `bad-value`. */
export function checkRows(
  name: string,
  values: Float32Array,
  { rows, read, nan = false, advice = '' }: { rows: number; read: (row: number) => boolean; nan?: boolean; advice?: string },
): void {
  const width = values.length / rows
  for (let i = firstNotFinite(values); i >= 0; i = firstNotFinite(values, i + 1))
    if (!(nan && Number.isNaN(values[i])) && read(Math.floor(i / width)))
      throw new SluiceError('bad-value', `${name}[${i}] is ${values[i]}, expected a finite number${advice && `. ${advice}.`}`)
}

/** Classes of the rows that are `read`. @throws SluiceError `bad-value` for one that there is not. */
function checkTargets(targets: Uint32Array, V: number, read: (row: number) => boolean): void {
  for (let n = 0; n < targets.length; n++) {
    const target = targets[n]!
    if (target < V || target === ignored || !read(n)) continue
    const others = targets.filter((other, m) => other !== ignored && read(m))
    // A loop, as a batch may have more than a call may be given.
    let [least, most] = [target, target]
    for (const other of others) [least, most] = [Math.min(least, other), Math.max(most, other)]
    const advice = most === V && least > 0 ? `. Do the labels begin at 1? Subtract 1` : ''
    throw new SluiceError(
      'bad-value',
      `targets[${n}] is ${target}, expected less than ${V}, the classes of the head, or \`ignored\` (${ignored}) for what does not count${advice}`,
    )
  }
}

/** Steps of each row, [B]. @throws SluiceError `bad-shape`, `bad-value`. */
export function checkLengths(lengths: Uint32Array, T: number, B: number): void {
  expectArray('lengths', lengths, 'Uint32Array', [['batch', B]])
  const wrong = lengths.findIndex((length) => length > T)
  if (wrong >= 0) throw new SluiceError('bad-value', `lengths[${wrong}] is ${lengths[wrong]}, expected at most ${T}, the steps of the batch`)
}

/** @param read whether a place counts; every one unless given
 * @throws SluiceError `bad-value` for the first id of `limit` or more. */
export function checkIds(ids: Uint32Array, limit: number, name = 'ids', read: (n: number) => boolean = () => true): void {
  const wrong = ids.findIndex((id, n) => id >= limit && read(n))
  if (wrong >= 0) throw new SluiceError('bad-value', `${name}[${wrong}] is ${ids[wrong]}, expected less than ${limit}, the number of ids the network reads`)
}

/** @param rows of the head: so many weights are added up in a loss
 * @throws SluiceError `bad-value`, `bad-shape` for weights that are not one number of at least 0 for each class. */
export function checkClassWeights({ head }: NetworkSpec, weights: Float32Array, rows: number): void {
  if (!head || !('classes' in head)) throw new SluiceError('bad-value', 'classWeights came, but the network has no head of classes to weigh')
  expectArray('classWeights', weights, 'Float32Array', [['classes', head.classes]])
  weights.forEach((weight, v) => checkNumber(`classWeights[${v}]`, weight, { above: 0, orZero: true }))
  // Room for a loss of a thousand nats each.
  const most = weights.findIndex((weight) => weight * rows * 1024 > float32.max)
  if (most >= 0)
    throw new SluiceError(
      'bad-value',
      `classWeights[${most}] is ${weights[most]}, expected less: over ${rows} rows the sum overflows float32. What counts is how they compare, so divide all by the largest.`,
    )
}

/** States by layer, or their gradients: only those that the network has; their sizes are checked where they are written.
 * @throws SluiceError `bad-shape` for a layer, `bad-value` for a state there is not or a number that is not finite. */
export function checkStates<State extends { readonly h?: unknown; readonly c?: unknown }>(
  name: string,
  { layers }: NetworkSpec,
  states: readonly (State | undefined)[],
): (State | undefined)[] {
  const list = checkList(name, states, 'of states by layer such as [{ h: … }]')
  if (list.length > layers.length) throw new SluiceError('bad-shape', `${name} has states of ${list.length} layers, but the network has ${layers.length}`)
  return list.map((given, l) => {
    if (given === undefined) return undefined
    const state = checkOptions<{ readonly h?: unknown; readonly c?: unknown }>(`${name}[${l}]`, given, '{ h: … }', { h: true, c: true })
    const { states: known } = cells[layers[l]!.cell]
    if (state.c !== undefined && !known.includes('c'))
      throw new SluiceError('bad-value', `${name}[${l}] has c, but the state of ${layers[l]!.cell} is ${known.join(' and ')}`)
    for (const [kind, values] of Object.entries(state)) {
      if (values === undefined) continue
      const what = `${name}[${l}].${kind}`
      if (typeof values !== 'object' || values === null) throw new SluiceError('bad-value', `${what} is ${show(values)}, expected numbers [B, D, H]`)
      checkFinite(what, values as ArrayLike<number>)
    }
    return state as State
  })
}

/** @throws SluiceError if the array is missing, of another type or of another length than its shape has. */
export function expectArray(
  name: string,
  array: (ArrayBufferView & { readonly length: number }) | undefined,
  type: 'Uint32Array' | 'Float32Array',
  shape: readonly [string, number][],
): void {
  const words = `[${shape.map(([what, n]) => `${what} ${n}`).join(', ')}]`
  if (array === undefined) throw new SluiceError('bad-value', `${name} is missing, expected a ${type} ${words}`)
  if (typedArrayName(array) === type && isDetached(array))
    throw new SluiceError(
      'bad-value',
      `${name} is detached: its memory was transferred, to a worker for instance, and is empty here. Give a copy away instead (${name}.slice())`,
    )
  if (typedArrayName(array) !== type) throw new SluiceError('bad-value', `${name} is ${show(array)}, expected a ${type} ${words}`)
  const expected = shape.reduce((n, [, size]) => n * size, 1)
  if (array.length !== expected) throw new SluiceError('bad-shape', `${name} has ${array.length} numbers, expected ${expected}: ${words}`)
}
