// The layers of a Keras model, as its configuration lists them, and which reads which. Keras 2 and 3 and TensorFlow.js write nearly the same.
import { show, SluiceError } from '../../errors'

/** A layer as the model describes it. */
export interface KerasLayer {
  readonly className: string
  readonly name: string
  readonly config: Config
  /** The class in snake case, with a number from the second of a class on: `gru`, `gru_1`. Keras 3 stores its weights by it. */
  readonly path: string
  /** The layers that it reads, by their places in the list. */
  readonly reads: readonly number[]
}

/** Settings by name, as they came. */
export type Config = Readonly<Record<string, unknown>>

export const badFile = (what: string, options?: ErrorOptions): SluiceError => new SluiceError('bad-file', what, options)

/** @throws nothing: `bad-file` as a value, for a layer that has no counterpart. */
export const refuse = ({ name, className }: Pick<KerasLayer, 'name' | 'className'>, reason: string): SluiceError =>
  badFile(`the layer ${name.slice(0, 60)} (${className.slice(0, 60)}): ${reason}`)

/** `hardSigmoid` and `HardSigmoid` → `hard_sigmoid`, as Keras does. */
export const snakeCase = (name: string): string =>
  name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** @throws SluiceError `bad-file` unless it is an object. */
export function objectOf(what: string, value: unknown): Config {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badFile(`${what} is ${show(value)}, expected an object. Is it the file of a Keras model?`)
  return value as Config
}

export function listOf(what: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw badFile(`${what} is ${show(value)}, expected a list. Is it the file of a Keras model?`)
  return value as readonly unknown[]
}

const textOf = (what: string, value: unknown): string => {
  if (typeof value !== 'string') throw badFile(`${what} is ${show(value)}, expected a name. Is it the file of a Keras model?`)
  return value
}

/** The layers in the order in which they compute, the input's own layers among them; the last one is the output.
 * @throws SluiceError `bad-file` for what is no model, or for one with several outputs. */
export function layersOf(topology: unknown): KerasLayer[] {
  const outer = objectOf('the model', topology)
  const model = outer.class_name === undefined && outer.model_config !== undefined ? objectOf('model_config', outer.model_config) : outer
  const className = textOf('class_name of the model', model.class_name)
  // Old Keras has the layers of a Sequential alone.
  const config = Array.isArray(model.config) ? { layers: model.config } : objectOf('config of the model', model.config)
  const entries = listOf('layers of the model', config.layers).map((entry, i) => objectOf(`layer ${i} of the model`, entry))
  const counts = new Map<string, number>()
  const layers = entries.map((entry, i): KerasLayer => {
    const className = textOf(`class_name of layer ${i}`, entry.class_name)
    const config = objectOf(`config of layer ${i}`, entry.config)
    const path = snakeCase(className)
    const count = counts.get(path) ?? 0
    counts.set(path, count + 1)
    return {
      className,
      name: textOf(`name of layer ${i}`, config.name ?? entry.name),
      config,
      path: count > 0 ? `${path}_${count}` : path,
      reads: i > 0 ? [i - 1] : [],
    }
  })
  if (className === 'Sequential') return layers
  if (className !== 'Functional' && className !== 'Model')
    throw badFile(
      `the model is a ${className.slice(0, 60)}, expected a Sequential or a Functional one. A model of a class of its own does not say how its layers are joined: read its arrays with fromArrays of sluice/formats/raw`,
    )
  return graphOf(layers, entries, config)
}

/** What Keras 3 computes masks by, beside the chain. */
const maskOperators = ['NotEqual', 'Any']
const wayRound = 'Export the model to ONNX, or describe the network yourself and read its arrays with fromArrays of sluice/formats/raw'

/** The layers of a functional model that its output depends on. @throws SluiceError `bad-file` where others stand beside them. */
function graphOf(layers: readonly KerasLayer[], entries: readonly Config[], config: Config): KerasLayer[] {
  const byName = new Map(layers.map((layer, i) => [layer.name, { layer, nodes: entries[i]!.inbound_nodes ?? [] }]))
  const outputs = [config.output_layers].flat(3).filter((item) => typeof item === 'string')
  if (outputs.length !== 1) throw badFile(`the model has ${outputs.length} outputs, expected one. ${wayRound}`)
  const sources = new Map<string, readonly string[]>()
  const wanted = [outputs[0]!]
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (sources.has(name)) continue
    const found = byName.get(name)
    if (!found) throw badFile(`the model reads the layer ${name.slice(0, 60)}, which it does not have. Was the file damaged?`)
    const own = sourcesOf(found.layer, found.nodes)
    sources.set(name, own)
    wanted.push(...own)
  }
  const beside = layers.find((layer) => !sources.has(layer.name) && !maskOperators.includes(layer.className))
  if (beside) throw refuse(beside, `the output ${outputs[0]!.slice(0, 40)} does not depend on it. ${wayRound}`)
  // In the order of the file as far as it goes: each behind those that it reads.
  const order: KerasLayer[] = []
  const places = new Map<string, number>()
  for (let left = layers.filter((layer) => sources.has(layer.name)); left.length > 0;) {
    const ready = left.filter(({ name }) => sources.get(name)!.every((source) => places.has(source)))
    if (ready.length === 0) throw badFile('the layers of the model go in a circle. Was the file damaged?')
    for (const layer of ready) {
      places.set(layer.name, order.length)
      order.push({ ...layer, reads: sources.get(layer.name)!.map((source) => places.get(source)!) })
    }
    left = left.filter(({ name }) => !places.has(name))
  }
  return order
}

/** The names of the layers that a layer reads, in its order. */
function sourcesOf(layer: KerasLayer, nodes: unknown): string[] {
  const list = listOf(`inbound_nodes of ${layer.name.slice(0, 60)}`, nodes)
  if (list.length > 1) throw refuse(layer, 'it is used more than once, and a layer of Sluice is used once. Give each place a layer of its own')
  // A tensor is [name, node, output, {…}] in Keras 2, and has this list as keras_history in Keras 3.
  const found: string[] = []
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      const [name, node, output] = value as unknown[]
      if (typeof name !== 'string' || typeof node !== 'number' || typeof output !== 'number') return value.forEach(visit)
      if (output !== 0)
        throw refuse(
          layer,
          `it reads the output ${output} of ${name.slice(0, 60)}: a state, or a direction that is not merged. Pass states to run or to the Predictor; merge directions by concat, not None`,
        )
      found.push(name)
    } else if (typeof value === 'object' && value !== null) for (const [key, item] of Object.entries(value)) if (key !== 'mask') visit(item)
  }
  visit(list)
  return found
}

/** A size or number of a layer's settings. @throws SluiceError `bad-file`. */
export function numberOf(layer: KerasLayer, name: string): number {
  const value = layer.config[name]
  if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse(layer, `its ${name} is ${show(value)}, expected a number. Was the file damaged?`)
  return value
}

/** The name of an activation. @throws SluiceError `bad-file` for a function of the model's own. */
export function activationOf(layer: KerasLayer, value: unknown): string {
  if (value === null) return 'linear'
  const name = typeof value === 'object' ? ((value as Config).class_name ?? (value as Config).config) : value
  if (typeof name !== 'string') throw refuse(layer, `its activation is ${show(value)}, expected a name. Was it a function of the model's own?`)
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
}
