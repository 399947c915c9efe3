// Checks the description of a network, before anything is allocated.
import { cellNames, cells, type CellName } from './cells'
import { checkInputs, checkWiring } from './check-inputs'
import { checkCount, checkFlag, checkNumber, checkList, checkOptions, readSafely, show, SluiceError, type Known } from './errors'
import {
  hardSlope,
  hasUsualActivations,
  looksUp,
  parameterShapes,
  recurrentLayers,
  type Activation,
  type DenseSpec,
  type Head,
  type LayerSpec,
  type NetworkSpec,
  type NumbersHead,
  type ParameterShapes,
} from './spec'

/** Most layers of a network. More is a mistake, and would block the page for long. */
export const maxLayers = 1000

/** Option names of a description; `Network.create` has more. */
export const specNames = { input: true, layers: true, dropout: true, head: true } satisfies Known<NetworkSpec>
const inputNames = { ids: true, embedding: true, features: true } satisfies Known<NetworkSpec['input']>
const headNames = { classes: true, numbers: true, loss: true, delta: true, at: true, inputs: true } satisfies Known<Head>
const losses: readonly unknown[] = ['squared-error', 'huber', 'binary-cross-entropy'] satisfies NumbersHead['loss'][]
const layerNames = {
  cell: true,
  hidden: true,
  projection: true,
  bidirectional: true,
  merge: true,
  backwards: true,
  bias: true,
  peepholes: true,
  learnInitial: true,
  recurrentActivation: true,
  activation: true,
  inputDropout: true,
  recurrentDropout: true,
  inputs: true,
} satisfies Known<LayerSpec>
const merges: readonly unknown[] = ['concat', 'sum', 'mean', 'product'] satisfies LayerSpec['merge'][]
const recurrentActivations: readonly unknown[] = ['sigmoid', 'hard-sigmoid', 'hard-sigmoid-0.2'] satisfies LayerSpec['recurrentActivation'][]
const activations: readonly unknown[] = ['tanh', 'relu'] satisfies LayerSpec['activation'][]
const layerFlags = ['bidirectional', 'backwards', 'peepholes', 'learnInitial'] as const satisfies readonly (keyof LayerSpec)[]
const denseNames = { dense: true, activation: true, bias: true, inputs: true } satisfies Known<DenseSpec>
const denseActivations: readonly unknown[] = ['linear', 'relu', 'tanh', 'sigmoid'] satisfies Activation[]

/** A checked copy of the description, so later changes of the caller's object have no effect.
 * @throws SluiceError `bad-value` for a description that is not valid; the message says what is wrong. */
export function checkSpec(spec: NetworkSpec): NetworkSpec {
  const { input: uncheckedInput, layers: uncheckedLayers, dropout, head: uncheckedHead } = checkOptions('spec', spec, 'network.spec', specNames)
  const input = checkOptions('input', uncheckedInput, '{ ids: 28 } or { features: 3 }', inputNames)
  if ('features' in input && 'ids' in input)
    throw new SluiceError('bad-value', 'input has both ids and features, expected one of them: a network reads either ids or vectors')
  if ('features' in input) checkCount('input.features', input.features)
  else {
    checkCount('input.ids', input.ids)
    if (input.embedding !== undefined) checkCount('input.embedding', input.embedding)
  }
  const list = checkList<LayerSpec | DenseSpec>('layers', uncheckedLayers, "of at least one layer, such as { cell: 'gru', hidden: 128 }", {
    min: 1,
    max: maxLayers,
  })
  const layers = list.map((unchecked, l) => {
    const isDense = readSafely(`layers[${l}]`, unchecked, () => typeof unchecked === 'object' && unchecked !== null && 'dense' in unchecked)
    const layer = isDense ? checkDense(l, unchecked as DenseSpec) : checkLayer(l, unchecked as LayerSpec)
    return { ...layer, ...(layer.inputs !== undefined && { inputs: checkInputs(`layers[${l}]`, layer.inputs, l) }) }
  })
  checkFraction('dropout', dropout, 'all outputs')
  const checked = { input, layers, ...(dropout !== undefined && { dropout }) }
  const complete = uncheckedHead === undefined ? checked : { ...checked, head: checkHead(uncheckedHead, layers.length) }
  checkWiring(complete)
  checkInputDropout(complete)
  return complete
}

/** Checks a fraction that dropout drops. @throws SluiceError `bad-value`. */
function checkFraction(name: string, value: number | undefined, all: string): void {
  if (value === undefined) return
  checkNumber(name, value, { min: 0, max: 1 })
  if (Math.fround(value) === 1)
    throw new SluiceError('bad-value', `${name} is ${value}, expected less than 1${value < 1 ? ' (float32 rounds it to 1)' : ''}: ${all} would be dropped`)
}

/** @throws SluiceError `bad-value` for a layer that would drop some of an input that is not there. */
function checkInputDropout(spec: NetworkSpec): void {
  for (const { l, layer } of recurrentLayers(spec))
    if (layer.inputDropout && looksUp(spec, l))
      throw new SluiceError(
        'bad-value',
        `layers[${l}].inputDropout is ${layer.inputDropout}, but the layer looks ids up in W, so it has no input to drop some of. Give the ids a learned embedding: input: { ids: ${(spec.input as { ids: number }).ids}, embedding: 32 }. Or leave it out`,
      )
}

/** @throws SluiceError `bad-value`. */
function checkLayer(l: number, unchecked: LayerSpec): LayerSpec {
  const layer = checkOptions(`layers[${l}]`, unchecked, "{ cell: 'gru', hidden: 128 }", layerNames)
  if (typeof layer.cell !== 'string' || !Object.hasOwn(cells, layer.cell))
    throw new SluiceError('bad-value', `layers[${l}].cell is ${show(layer.cell)}, expected one of ${cellNames.join(', ')}`)
  checkCount(`layers[${l}].hidden`, layer.hidden)
  checkProjection(`layers[${l}]`, layer)
  for (const flag of layerFlags) checkFlag(`layers[${l}].${flag}`, layer[flag])
  if (layer.merge !== undefined && !merges.includes(layer.merge))
    throw new SluiceError('bad-value', `layers[${l}].merge is ${show(layer.merge)}, expected one of ${merges.join(', ')}`)
  if (layer.merge !== undefined && !layer.bidirectional)
    throw new SluiceError('bad-value', `layers[${l}].merge is set, but the layer has one direction. Leave it out, or make the layer bidirectional`)
  if (layer.backwards && layer.bidirectional)
    throw new SluiceError('bad-value', `layers[${l}] has both bidirectional and backwards, expected one of them: a bidirectional layer reads backwards, too`)
  if (layer.bias !== undefined && layer.bias !== 'two' && typeof layer.bias !== 'boolean')
    throw new SluiceError('bad-value', `layers[${l}].bias is ${show(layer.bias)}, expected true, false or 'two'`)
  if (layer.peepholes && !cells[layer.cell].peepholes)
    throw new SluiceError(
      'bad-value',
      `layers[${l}].peepholes is set, but the cell is ${layer.cell}: only ${cellNames.filter((name) => cells[name].peepholes).join(', ')} has a cell state for peepholes`,
    )
  checkActivations(`layers[${l}]`, layer)
  checkFraction(`layers[${l}].inputDropout`, layer.inputDropout, 'all of the input')
  checkFraction(`layers[${l}].recurrentDropout`, layer.recurrentDropout, 'the whole state')
  return layer
}

/** @throws SluiceError `bad-value` for a projection that is none, or of a cell that has none. */
function checkProjection(name: string, { cell, hidden, projection }: LayerSpec): void {
  if (projection === undefined) return
  checkCount(`${name}.projection`, projection)
  if (!cells[cell].projection) {
    const able = cellNames.filter((other) => cells[other].projection).join(', ')
    throw new SluiceError(
      'bad-value',
      `${name}.projection is set, but the cell is ${cell}: only ${able} can project its state, as the others also carry it over`,
    )
  }
  if (projection >= hidden)
    throw new SluiceError(
      'bad-value',
      `${name}.projection is ${projection}, expected less than hidden, which is ${hidden}: a projection makes the state smaller. Leave it out, or choose a greater hidden size`,
    )
}

/** @throws SluiceError `bad-value`. */
function checkDense(l: number, unchecked: DenseSpec): DenseSpec {
  const layer = checkOptions(`layers[${l}]`, unchecked, "{ dense: 64, activation: 'relu' }", denseNames)
  checkCount(`layers[${l}].dense`, layer.dense)
  checkFlag(`layers[${l}].bias`, layer.bias)
  if (layer.activation !== undefined && !denseActivations.includes(layer.activation))
    throw new SluiceError('bad-value', `layers[${l}].activation is ${show(layer.activation)}, expected one of ${denseActivations.join(', ')}`)
  return layer
}

/** @throws SluiceError `bad-value`. */
function checkHead(uncheckedHead: Head, layers: number): Head {
  const head = checkOptions('head', uncheckedHead, '{ classes: 28 } or { numbers: 1 }', headNames)
  if ('classes' in head && 'numbers' in head)
    throw new SluiceError('bad-value', 'head has both classes and numbers, expected one of them: its loss is either cross-entropy or squared error')
  if (head.at !== undefined && head.at !== 'every' && head.at !== 'last')
    throw new SluiceError('bad-value', `head.at is ${show(head.at)}, expected 'every' or 'last'`)
  const { loss, delta } = { loss: undefined, delta: undefined, ...head }
  if (loss !== undefined && !('numbers' in head))
    throw new SluiceError(
      'bad-value',
      "head.loss has no effect: the loss of classes is cross-entropy. For labels that exclude no other, use { numbers: 3, loss: 'binary-cross-entropy' }",
    )
  if (loss !== undefined && !losses.includes(loss)) throw new SluiceError('bad-value', `head.loss is ${show(loss)}, expected one of ${losses.join(', ')}`)
  if (delta !== undefined) {
    if (loss !== 'huber') throw new SluiceError('bad-value', "head.delta has no effect: it is that of loss: 'huber'. Leave it out")
    checkNumber('head.delta', delta, { above: 0 })
  }
  if ('numbers' in head) checkCount('head.numbers', head.numbers)
  else checkCount('head.classes', head.classes)
  return { ...head, ...(head.inputs !== undefined && { inputs: checkInputs('head', head.inputs, layers) }) }
}

/** @throws SluiceError `bad-value` for an activation that there is not, or not in this cell. */
function checkActivations(name: string, layer: LayerSpec): void {
  const { cell, recurrentActivation, activation } = layer
  if (recurrentActivation !== undefined && !recurrentActivations.includes(recurrentActivation))
    throw new SluiceError('bad-value', `${name}.recurrentActivation is ${show(recurrentActivation)}, expected one of ${recurrentActivations.join(', ')}`)
  if (activation !== undefined && !activations.includes(activation))
    throw new SluiceError('bad-value', `${name}.activation is ${show(activation)}, expected one of ${activations.join(', ')}`)
  if (hasUsualActivations(layer) || cells[cell].activations) return
  const able = cellNames.filter((other) => cells[other].activations).join(', ')
  throw new SluiceError(
    'bad-value',
    `${name} has ${hardSlope(layer) === null ? `activation ${activation}` : `recurrentActivation ${recurrentActivation}`}, but the cell is ${cell}: only ${able} have other activations${otherwise[cell] ?? ''}`,
  )
}

/** What to take of the cells that have no other activations. */
const otherwise: Partial<Record<CellName, string>> = {
  rnn: '. An RNN with relu is the cell rnn-relu',
  mgu: '. The backward pass of an MGU is that of the logistic sigmoid and of tanh. Take a gru, whose z blends as f of an MGU does',
}

/** Like `parameterShapes` of spec.ts, for an unchecked description. @throws SluiceError `bad-value`. */
export const shapesOf = (spec: NetworkSpec): ParameterShapes => parameterShapes(checkSpec(spec))

/** Refuses dropout without effect. (A file that has it still loads.)
 * @throws SluiceError `bad-value`. */
export function checkDropout({ dropout = 0, layers }: NetworkSpec): void {
  if (dropout > 0 && layers.length === 1)
    throw new SluiceError(
      'bad-value',
      `dropout is ${dropout}, but the network has one layer: dropout acts between layers, so it would have no effect. Add a layer, or leave dropout out.`,
    )
}
