// Which cell of Sluice a recurrent layer of Keras is, and the other way.
import type { CellName } from '../../cells'
import { show } from '../../errors'
import { activationOf, objectOf, refuse, type Config, type KerasLayer } from './layers'

/** A cell as Keras has it. */
export interface KerasCell {
  readonly className: 'SimpleRNN' | 'GRU' | 'LSTM'
  /** The gates in Keras's order, by their names in Sluice. */
  readonly gates: readonly string[]
  /** The settings that make it this cell. */
  readonly settings: Config
}

const gates = { gru: ['z', 'r', 'n'], lstm: ['i', 'f', 'g', 'o'] } as const
const usual = { activation: 'tanh', recurrent_activation: 'sigmoid' } as const

/** By Sluice's cells; null for one that Keras does not have. */
export const kerasCells: Readonly<Record<CellName, KerasCell | null>> = {
  rnn: { className: 'SimpleRNN', gates: ['h'], settings: { activation: 'tanh' } },
  'rnn-relu': { className: 'SimpleRNN', gates: ['h'], settings: { activation: 'relu' } },
  gru: { className: 'GRU', gates: gates.gru, settings: { ...usual, reset_after: false } },
  'gru-reset-after': { className: 'GRU', gates: gates.gru, settings: { ...usual, reset_after: true } },
  lstm: { className: 'LSTM', gates: gates.lstm, settings: usual },
  mgu: null,
}

/** A recurrent layer, out of its wrapper. */
export interface RecurrentSettings {
  readonly cell: CellName
  /** Whether it reads both ways. */
  readonly isTwo: boolean
  /** Settings of the layer, and those of its cell, which are the same but for an RNN. */
  readonly config: Config
  readonly cellConfig: Config
}

/** @param version that of Keras @throws SluiceError `bad-file` for a layer that Sluice does not have. */
export function cellOf(layer: KerasLayer, version: string): RecurrentSettings {
  if (layer.className !== 'Bidirectional') return { ...inner(layer, layer.className, layer.config, version), isTwo: false }
  const { merge_mode: merge = 'concat' } = layer.config
  if (merge !== 'concat') throw refuse(layer, `it merges its directions by ${show(merge)}, expected "concat": Sluice puts the outputs of both side by side`)
  const of = (name: string): Omit<RecurrentSettings, 'isTwo'> => {
    const { class_name: className, config } = objectOf(`${name} of ${layer.name}`, layer.config[name])
    return inner(layer, String(className), objectOf(`config of the ${name} of ${layer.name}`, config), version)
  }
  const [forward, backward] = [of('layer'), layer.config.backward_layer ? of('backward_layer') : null]
  if (backward && ['units', 'use_bias'].some((name) => forward.cellConfig[name] !== backward.cellConfig[name] || forward.cell !== backward.cell))
    throw refuse(layer, 'its directions are of two kinds, expected the same cell, units and use_bias in both')
  return { ...forward, isTwo: true }
}

function inner(layer: KerasLayer, className: string, config: Config, version: string): Omit<RecurrentSettings, 'isTwo'> {
  let [kind, cellConfig] = [className, config]
  if (className === 'RNN') {
    const cell = objectOf(`cell of ${layer.name}`, config.cell)
    kind = String(cell.class_name).replace(/Cell$/, '')
    cellConfig = objectOf(`config of the cell of ${layer.name}`, cell.config)
  }
  const activations = ['activation', ...(kind === 'SimpleRNN' ? [] : ['recurrent_activation'])].map(
    (name) => [name, activationOf(layer, cellConfig[name])] as const,
  )
  const settings: Config = { ...Object.fromEntries(activations), ...(kind === 'GRU' && { reset_after: cellConfig.reset_after === true }) }
  const found = (Object.keys(kerasCells) as CellName[]).find((name) => {
    const known = kerasCells[name]
    return known?.className === kind && Object.keys(settings).every((key) => settings[key] === known.settings[key])
  })
  if (found) return { cell: found, config, cellConfig }
  if (!['SimpleRNN', 'GRU', 'LSTM'].includes(kind)) throw refuse(layer, `it is a ${kind.slice(0, 40)}, expected SimpleRNN, GRU, LSTM or Bidirectional`)
  throw refuse(
    layer,
    `its ${activations.map(([name, value]) => `${name} is ${value.slice(0, 40)}`).join(' and ')}, expected ${kind === 'SimpleRNN' ? 'tanh or relu' : 'tanh and sigmoid'}.${adviceOf(activations, version)}`,
  )
}

/** The hard sigmoid is the default of TensorFlow.js. */
const adviceOf = (activations: readonly (readonly [string, string])[], version: string): string =>
  activations.some(([, value]) => value === 'hard_sigmoid')
    ? ` Sluice does not have the hard sigmoid (${version.startsWith('3') ? 'x / 6' : '0.2 x'} + 0.5): train the model with recurrentActivation: 'sigmoid'`
    : ' Train the model with these'
