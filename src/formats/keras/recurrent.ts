// Which layer of Sluice a recurrent layer of Keras is, and the other way.
import { cells, type CellName } from '../../cells'
import { show, SluiceError } from '../../errors'
import type { LayerSpec } from '../../spec'
import { activationOf, objectOf, refuse, type Config, type KerasLayer } from './layers'

/** Who reads the layers: they differ in a few. */
export type Dialect = 'keras' | 'tfjs'

const gates = { rnn: ['h'], gru: ['z', 'r', 'n'], lstm: ['i', 'f', 'g', 'o'] } as const

/** The class of a cell, its gates in Keras's order by their names in Sluice, and the settings that make it this cell. */
const kerasCells: Readonly<
  Record<CellName, { readonly className: 'SimpleRNN' | 'GRU' | 'LSTM'; readonly gates: readonly string[]; readonly settings: Config } | null>
> = {
  rnn: { className: 'SimpleRNN', gates: gates.rnn, settings: { activation: 'tanh' } },
  'rnn-relu': { className: 'SimpleRNN', gates: gates.rnn, settings: { activation: 'relu' } },
  gru: { className: 'GRU', gates: gates.gru, settings: { reset_after: false } },
  'gru-reset-after': { className: 'GRU', gates: gates.gru, settings: { reset_after: true } },
  lstm: { className: 'LSTM', gates: gates.lstm, settings: {} },
  mgu: null,
}

/** The gates of a cell in Keras's order. */
export const gatesOf = (cell: CellName): readonly string[] => kerasCells[cell]!.gates

/** Keras 3 has x/6 + 1/2, TensorFlow.js and Keras before have 0.2 x + 1/2. */
const hardSigmoid = (isKeras3: boolean) => (isKeras3 ? 'hard-sigmoid' : 'hard-sigmoid-0.2')
const merges = { concat: 'concat', sum: 'sum', ave: 'mean', mul: 'product' } as const

/** What a recurrent layer of Keras is. */
export interface RecurrentSettings {
  /** All of the layer but its size and biases. */
  readonly layer: Omit<LayerSpec, 'hidden'>
  /** Settings of the layer, out of its wrapper, and those of its cell, which are the same but for an RNN. */
  readonly config: Config
  readonly cellConfig: Config
}

/** @param version that of Keras @throws SluiceError `bad-file` for a layer that Sluice does not have. */
export function recurrentOf(layer: KerasLayer, version: string): RecurrentSettings {
  if (layer.className !== 'Bidirectional') {
    const found = inner(layer, layer.className, layer.config, version)
    if (!found.config.go_backwards) return found
    if (found.config.return_sequences)
      throw refuse(
        layer,
        'it reads backwards and puts out its steps in the order of reading; Sluice puts out each at its own place. Make it the second direction of a Bidirectional',
      )
    return { ...found, layer: { ...found.layer, backwards: true } }
  }
  const { merge_mode: mode = 'concat' } = layer.config
  if (typeof mode !== 'string' || !Object.hasOwn(merges, mode))
    throw refuse(layer, `it merges its directions by ${show(mode)}, expected one of ${Object.keys(merges).join(', ')}`)
  const of = (name: string): RecurrentSettings => {
    const { class_name: className, config } = objectOf(`${name} of ${layer.name}`, layer.config[name])
    return inner(layer, String(className), objectOf(`config of the ${name} of ${layer.name}`, config), version)
  }
  const [forward, backward] = [of('layer'), layer.config.backward_layer ? of('backward_layer') : null]
  if (forward.config.go_backwards) throw refuse(layer, 'its first direction reads backwards (go_backwards), expected forwards')
  if (
    backward &&
    (JSON.stringify(forward.layer) !== JSON.stringify(backward.layer) ||
      ['units', 'use_bias'].some((name) => forward.cellConfig[name] !== backward.cellConfig[name]))
  )
    throw refuse(layer, 'its directions are of two kinds, expected the same cell, units and use_bias in both')
  const merge = merges[mode as keyof typeof merges]
  return { ...forward, layer: { ...forward.layer, bidirectional: true, ...(merge !== 'concat' && { merge }) } }
}

function inner(layer: KerasLayer, className: string, config: Config, version: string): RecurrentSettings {
  let [kind, cellConfig] = [className, config]
  if (className === 'RNN') {
    const cell = objectOf(`cell of ${layer.name}`, config.cell)
    kind = String(cell.class_name).replace(/Cell$/, '')
    cellConfig = objectOf(`config of the cell of ${layer.name}`, cell.config)
  }
  if (!['SimpleRNN', 'GRU', 'LSTM'].includes(kind)) throw refuse(layer, `it is a ${kind.slice(0, 40)}, expected SimpleRNN, GRU, LSTM or Bidirectional`)
  const activation = activationOf(layer, cellConfig.activation)
  if (activation !== 'tanh' && activation !== 'relu') throw refuse(layer, `its activation is ${activation.slice(0, 40)}, expected tanh or relu`)
  if (kind === 'SimpleRNN') return { layer: { cell: activation === 'relu' ? 'rnn-relu' : 'rnn' }, config, cellConfig }
  const recurrent = activationOf(layer, cellConfig.recurrent_activation)
  if (recurrent !== 'sigmoid' && recurrent !== 'hard_sigmoid')
    throw refuse(layer, `its recurrent_activation is ${recurrent.slice(0, 40)}, expected sigmoid or hard_sigmoid`)
  return {
    layer: {
      cell: kind === 'LSTM' ? 'lstm' : cellConfig.reset_after === true ? 'gru-reset-after' : 'gru',
      ...(recurrent === 'hard_sigmoid' && { recurrentActivation: hardSigmoid(version.startsWith('3')) }),
      ...(activation === 'relu' && { activation }),
    },
    config,
    cellConfig,
  }
}

/** A layer as Keras has it.
 * @param returnsSteps whether it puts out all steps @throws SluiceError `bad-value` for one that Keras does not have. */
export function settingsOf(layer: LayerSpec, l: number, returnsSteps: boolean, dialect: Dialect): { className: string; config: Config; merge: string } {
  const cell = kerasCells[layer.cell]
  const [what, name] = [`layers[${l}]`, dialect === 'keras' ? 'Keras' : 'TensorFlow.js']
  const bad = (text: string) => new SluiceError('bad-value', `${what}.${text}`)
  if (!cell) throw bad(`cell is ${layer.cell}, which Keras does not have. Train a gru, gru-reset-after, lstm, rnn or rnn-relu, or save a Sluice file`)
  if (layer.cell === 'gru-reset-after' && dialect === 'tfjs')
    throw bad('cell is gru-reset-after, and TensorFlow.js has no GRU with resetAfter. Train a gru, or write a .keras file')
  if (layer.projection !== undefined)
    throw bad(`projection is set, and no layer of ${name} projects its state. Train without, or save a Sluice file or the tensors of PyTorch`)
  if (layer.peepholes) throw bad('peepholes is set, and the LSTM of Keras has none. Write an ONNX model, or train without')
  if (layer.learnInitial) throw bad('learnInitial is set, and the layers of Keras start from zero. Write an ONNX model, or train without')
  const { recurrentActivation: recurrent = 'sigmoid' } = layer
  if (recurrent !== 'sigmoid' && recurrent !== hardSigmoid(dialect === 'keras'))
    throw bad(
      `recurrentActivation is ${recurrent}, and ${name} has ${hardSigmoid(dialect === 'keras')}. Train with that, or write ${dialect === 'keras' ? 'TensorFlow.js' : 'a .keras file'}`,
    )
  if (layer.backwards && returnsSteps)
    throw bad(
      'backwards is set, and a layer of Keras that reads backwards puts out its steps in the order of reading. Read the last state alone, or write an ONNX model',
    )
  const merge = Object.entries(merges).find(([, own]) => own === (layer.merge ?? 'concat'))![0]
  return {
    className: cell.className,
    merge,
    config: {
      units: layer.hidden,
      use_bias: layer.bias !== false,
      return_sequences: returnsSteps,
      ...(layer.backwards && { go_backwards: true }),
      ...(layer.inputDropout && { dropout: layer.inputDropout }),
      // Keras drops z ⊙ h' of a GRU as well.
      ...(layer.recurrentDropout && !layer.cell.startsWith('gru') && { recurrent_dropout: layer.recurrentDropout }),
      ...(cells[layer.cell].activations && {
        activation: layer.activation ?? 'tanh',
        recurrent_activation: recurrent === 'sigmoid' ? 'sigmoid' : 'hard_sigmoid',
      }),
      ...cell.settings,
    },
  }
}
