// Reads from the tensors of a PyTorch model which network it is: cells, sizes and names follow from their names and shapes.
import { checkFlag, checkList, checkMap, checkOptions, show, SluiceError, type Known } from '../errors'
import { outputSize, type Activation, type DenseSpec, type LayerSpec, type NetworkSpec } from '../spec'
import { changeOf } from './pytorch-missing'
import type { PyTorchNames } from './pytorch-slots'
import { checkTensor, shapeOf, type FloatTensor } from './safetensors'

/** What the tensors alone do not tell. */
export interface DescribeOptions {
  /** Prefix of the recurrent module to take, where the file has several (`'encoder.lstm.'`); a list if each layer is a module of its own.
   * Default: all recurrent modules of the file, in the order in which their sizes and names follow each other. */
  readonly prefix?: string | readonly string[]
  /** The cell of nn.RNN, whose tensors do not tell its nonlinearity. Default 'rnn' (tanh). */
  readonly rnn?: 'rnn' | 'rnn-relu'
  /** What the nn.Linear makes: logits of classes, or numbers. Default 'classes'. */
  readonly output?: 'classes' | 'numbers'
  /** Where the head reads. Default 'every'. */
  readonly at?: 'every' | 'last'
  /** The activation of nn.Linear modules between the recurrent layers and the last nn.Linear, which the tensors do not tell. */
  readonly activation?: Activation
  /** Whether a network without nn.Embedding reads ids, as one-hot vectors. Default false: it reads features. */
  readonly oneHot?: boolean
}

/** The network that the tensors are of, and the names of its modules. */
export interface Described {
  /** Layers with biases have `bias: 'two'`, so that they are trained on as in PyTorch. */
  readonly spec: NetworkSpec
  /** Its names in the file, for `fromPyTorch` and `toPyTorch`. */
  readonly names: PyTorchNames
}

const optionNames = { prefix: true, rnn: true, output: true, at: true, activation: true, oneHot: true } satisfies Known<DescribeOptions>

const activations: readonly unknown[] = ['linear', 'relu', 'tanh', 'sigmoid'] satisfies Activation[]
const badFile = (what: string) => new SluiceError('bad-file', what)
const natural = /* @__PURE__ */ new Intl.Collator('en', { numeric: true })

/** A module of recurrent layers: nn.LSTM with its layers, or nn.LSTMCell. */
interface Module {
  readonly prefix: string
  readonly isCell: boolean
  readonly input: number
  readonly layers: readonly LayerSpec[]
}

const outputOf = ({ layers }: Module): number => outputSize(layers.at(-1)!)

/** The network of a PyTorch model, and its names, from the tensors of its `state_dict`: nn.RNN, GRU and LSTM of any layers and directions, or
 * their Cells, with nn.Embedding before and nn.Linear after them, under whatever prefixes (`module.`, `model.lstm.`). What else is in the file
 * is left to `fromPyTorch`, which refuses or ignores it.
 * @throws SluiceError `bad-file` for tensors without a recurrent module, or with several that do not follow each other, or with several that
 * may be the embedding or the head; `bad-value` for a wrong option. */
export function describePyTorch(tensors: ReadonlyMap<string, FloatTensor>, options: DescribeOptions = {}): Described {
  const entries = checkMap('tensors', tensors, 'from name to tensor, such as readSafetensors(bytes).tensors')
  const shapes = new Map(entries.map(([name, tensor]) => [name, checkTensor(name, tensor).shape] as const))
  const { prefix, rnn = 'rnn', output = 'classes', at, activation, oneHot = false } = checkOptions('options', options, "{ output: 'classes' }", optionNames)
  if (rnn !== 'rnn' && rnn !== 'rnn-relu') throw new SluiceError('bad-value', `rnn is ${show(rnn)}, expected 'rnn' or 'rnn-relu'`)
  if (output !== 'classes' && output !== 'numbers') throw new SluiceError('bad-value', `output is ${show(output)}, expected 'classes' or 'numbers'`)
  if (at !== undefined && at !== 'every' && at !== 'last') throw new SluiceError('bad-value', `at is ${show(at)}, expected 'every' or 'last'`)
  if (activation !== undefined && !activations.includes(activation))
    throw new SluiceError('bad-value', `activation is ${show(activation)}, expected one of ${activations.join(', ')}`)
  checkFlag('oneHot', oneHot)
  const modules = chain(chosen(modulesOf(shapes, rnn), prefix))
  const layers = modules.flatMap((module) => module.layers)
  const recurrent = modules.map((module) => module.prefix)
  const [input, last] = [modules[0]!.input, outputOf(modules.at(-1)!)]
  const { embedding, head: first } = ends(shapes, input, last)
  const linear = first === undefined ? [] : linearChain(shapes, first, embedding)
  const head = linear.at(-1)
  const dense = linear.slice(0, -1).map((one): DenseSpec => {
    if (activation === undefined)
      throw badFile(
        `the file has linear modules one behind the other: ${linear.map((prefix) => `${prefix}weight ${shapeOf(shapes.get(`${prefix}weight`)!)}`).join(', ')}. What acts between them is not in it: say so, such as activation: 'relu' ('linear' for nothing)`,
      )
    return { dense: shapes.get(`${one}weight`)![0]!, activation, bias: shapes.has(`${one}bias`) }
  })
  // A tied head has as many outputs as the embedding has rows.
  const outputs = head === undefined ? undefined : (shapes.get(`${head}weight`) ?? shapes.get(`${embedding}weight`))![0]!
  return {
    spec: {
      input: embedding !== undefined ? { ids: shapes.get(`${embedding}weight`)![0]!, embedding: input } : oneHot ? { ids: input } : { features: input },
      layers: [...layers, ...dense],
      ...(outputs !== undefined && { head: { ...(output === 'classes' ? { classes: outputs } : { numbers: outputs }), ...(at && { at }) } }),
    },
    names: {
      prefix:
        dense.length > 0
          ? [...modules.flatMap((module) => module.layers.map(() => module.prefix)), ...linear.slice(0, -1)]
          : recurrent.length === 1 && !(modules[0]!.isCell && layers.length > 1)
            ? recurrent[0]!
            : recurrent,
      ...(head !== undefined && { head }),
      ...(embedding !== undefined && { embedding }),
    },
  }
}

type Shapes = ReadonlyMap<string, readonly number[]>

const recurrentName = /^(.*?)(weight|bias)_(ih|hh|hr)(?:_l(\d+))?(_reverse)?$/

/** Every recurrent module of the file. */
function modulesOf(shapes: Shapes, rnn: 'rnn' | 'rnn-relu'): Module[] {
  const prefixes = new Set<string>()
  for (const name of shapes.keys()) {
    const [, prefix] = recurrentName.exec(name) ?? []
    if (prefix !== undefined) prefixes.add(prefix)
  }
  if (prefixes.size === 0) {
    const some = [...shapes.keys()].slice(0, 12).join(', ')
    throw badFile(
      `the file has no recurrent layer: no tensor is named weight_ih_l0 (nn.RNN, GRU, LSTM) or weight_ih (their Cells). It has ${some || 'no tensors'}.`,
    )
  }
  return [...prefixes].sort(natural.compare).map((prefix) => {
    const isCell = ![...shapes.keys()].some((name) => name.startsWith(prefix) && /^(weight|bias)_(ih|hh)_l\d+/.test(name.slice(prefix.length)))
    const layers: LayerSpec[] = []
    for (let l = 0; ; l++) {
      const [ih, hh] = ['ih', 'hh'].map((kind) => `${prefix}weight_${kind}${isCell ? '' : `_l${l}`}`) as [string, string]
      if (l > 0 && (isCell || !(shapes.has(ih) || shapes.has(hh)))) break
      layers.push(layerOf(shapes, ih, hh, rnn))
    }
    return { prefix, isCell, input: shapes.get(`${prefix}weight_ih${isCell ? '' : '_l0'}`)![1]!, layers }
  })
}

function layerOf(shapes: Shapes, ih: string, hh: string, rnn: 'rnn' | 'rnn-relu'): LayerSpec {
  for (const name of [ih, hh])
    if (!shapes.has(name)) {
      const change = changeOf(name, shapes)
      throw badFile(`the file lacks ${name}.${change ? ` In the file ${change}.` : ' Was it cut, or renamed?'}`)
    }
  // nn.LSTM(proj_size=P): weight_hr is [P, H], and weight_hh [4H, P].
  const [rows, columns] = shapes.get(hh)!
  const [projection, hidden = columns] = shapes.get(hh.replace(/weight_hh([^.]*)$/, 'weight_hr$1')) ?? []
  const cell = { 1: rnn, 3: 'gru-reset-after', 4: 'lstm' }[rows! / hidden!] as LayerSpec['cell'] | undefined
  if (!cell || shapes.get(ih)!.length !== 2 || (projection !== undefined && cell !== 'lstm'))
    throw badFile(
      `${hh} is ${shapeOf(shapes.get(hh)!)}, expected [G·H, H] with 1 (RNN), 3 (GRU) or 4 (LSTM) gates, and ${ih} [G·H, I]; it is ${shapeOf(shapes.get(ih)!)}`,
    )
  const hasBias = shapes.has(ih.replace(/weight_ih([^.]*)$/, 'bias_ih$1'))
  return {
    cell,
    hidden: hidden!,
    ...(projection !== undefined && { projection }),
    ...(shapes.has(`${ih}_reverse`) && { bidirectional: true }),
    bias: hasBias ? 'two' : false,
  }
}

/** The modules that the caller wants. */
function chosen(modules: readonly Module[], prefix: DescribeOptions['prefix']): Module[] {
  if (prefix === undefined) return [...modules]
  const wanted = typeof prefix === 'string' ? [prefix] : checkList('prefix', prefix, "with the prefix of each layer, such as ['lstm1.', 'lstm2.']", { min: 1 })
  return wanted.map((one) => {
    const found = modules.find((module) => module.prefix === one)
    if (!found) throw badFile(`the file has no recurrent module ${show(one)}, it has ${modules.map((module) => show(module.prefix)).join(', ')}`)
    return found
  })
}

/** The modules in an order in which each reads the outputs of the one before; by name where sizes leave it open. */
function chain(modules: Module[]): Module[] {
  const fits = (list: readonly Module[]) => list.every((module, i) => i === 0 || module.input === outputOf(list[i - 1]!))
  const list = modules
    .map(({ prefix, input, layers }) => `${prefix} (reads ${input}, ${layers.length} × ${layers[0]!.cell} of ${layers[0]!.hidden})`)
    .join(', ')
  if (modules.length > 1 && modules.some(({ layers }) => layers.length > 1))
    throw badFile(`the file has several recurrent modules, and not each is a single layer: ${list}. Choose one by prefix, and make a network of each.`)
  if (fits(modules)) return modules
  const orders = modules.length > 6 ? [] : permutations(modules).filter(fits)
  if (orders.length === 1) return orders[0]!
  throw badFile(
    `the file has several recurrent modules: ${list}. Their sizes do not tell how they follow each other. Choose one by prefix: '…', or give their order: prefix: ['…', '…'].`,
  )
}

const permutations = <Item>(items: readonly Item[]): Item[][] =>
  items.length < 2 ? [[...items]] : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]))

/** Prefixes of nn.Embedding and nn.Linear, by their shapes; by their names, where the shapes leave it open. */
function ends(shapes: Shapes, input: number, last: number): { readonly embedding?: string; readonly head?: string } {
  const matrices = [...shapes].flatMap(([name, shape]) =>
    shape.length === 2 && name.endsWith('weight') && !recurrentName.test(name) ? [name.slice(0, -'weight'.length)] : [],
  )
  const width = (prefix: string) => shapes.get(`${prefix}weight`)![1]
  const only = (what: string, found: readonly string[], named: RegExp): string | undefined => {
    const best = found.length > 1 ? found.filter((prefix) => named.test(prefix)) : found
    if (found.length > 0 && best.length !== 1)
      throw badFile(
        `the file has several tensors that may be the ${what}: ${found.map((prefix) => `${prefix}weight ${shapeOf(shapes.get(`${prefix}weight`)!)}`).join(', ')}. Pass only those of one model to describePyTorch, or describe the network yourself.`,
      )
    return best[0]
  }
  const isNamedEmbedding = /emb|wte|lookup|encoder\.$/i
  const isNamedHead = /head|fc|lin|out|dec|proj|dense|logit|class/i
  const embeddings = matrices.filter((prefix) => width(prefix) === input && !shapes.has(`${prefix}bias`))
  // One that may be either is the head where its name says so, or where the other one is taken.
  const both = embeddings.filter((prefix) => width(prefix) === last && !isNamedEmbedding.test(prefix))
  const embedding = only(
    'embedding',
    embeddings.length > both.length ? embeddings.filter((prefix) => !both.includes(prefix)) : both.filter((prefix) => !isNamedHead.test(prefix)),
    isNamedEmbedding,
  )
  const heads = matrices.filter((prefix) => prefix !== embedding && width(prefix) === last)
  const head = only('head', heads, isNamedHead) ?? tiedHead(shapes, embedding, last)
  return { ...(embedding !== undefined && { embedding }), ...(head !== undefined && { head }) }
}

/** nn.Linear modules that read each other, from the first one; only the next one may have the size that fits. */
function linearChain(shapes: Shapes, first: string, embedding: string | undefined): string[] {
  const all = [...shapes].flatMap(([name, shape]) =>
    shape.length === 2 && name.endsWith('weight') && !recurrentName.test(name) ? [name.slice(0, -'weight'.length)] : [],
  )
  const found = [first]
  for (;;) {
    const rows = shapes.get(`${found.at(-1)!}weight`)?.[0]
    const next = all.filter((prefix) => prefix !== embedding && !found.includes(prefix) && shapes.get(`${prefix}weight`)![1] === rows)
    if (next.length !== 1) return found
    found.push(next[0]!)
  }
}

/** A head that has the weight of the embedding leaves its bias alone in the file. */
function tiedHead(shapes: Shapes, embedding: string | undefined, last: number): string | undefined {
  if (embedding === undefined) return undefined
  const [V, E] = shapes.get(`${embedding}weight`)!
  if (E !== last) return undefined
  const alone = [...shapes].filter(
    ([name, shape]) => name.endsWith('bias') && !shapes.has(name.replace(/bias$/, 'weight')) && shape.length === 1 && shape[0] === V,
  )
  return alone.length === 1 ? alone[0]![0].slice(0, -'bias'.length) : undefined
}
