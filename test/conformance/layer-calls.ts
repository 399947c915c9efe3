// The network of a recorded call of a recurrent layer, read as a model of Keras that has this layer alone.
import { SluiceError, type NetworkSpec } from 'sluice'
import { fromTfjs, type TfjsWeight } from 'sluice/formats/tfjs'
import { unpacked, type Packed } from './packed'

type Config = Readonly<Record<string, unknown>>
type Weight = Packed & { readonly name: string }

/** A call as keras_calls.py and tfjs_calls.mjs write it. */
export interface Call {
  readonly test: string
  readonly times: number
  readonly className: string
  readonly config: Config
  readonly weights: readonly Weight[]
  /** [B, T, I]. */
  readonly x: Packed
  /** [B, T]. */
  readonly mask?: Packed
  /** States by direction, layer and name, each [B, H]. */
  readonly initial?: readonly Packed[]
  readonly training: boolean
  readonly outputs: readonly Packed[]
}

export interface CallNetwork {
  readonly spec: NetworkSpec
  readonly parameters: Map<string, Float32Array<ArrayBuffer>>
  /** Whether the call puts out its steps in the order of reading, backwards. */
  readonly isReversed: boolean
  readonly returnsSteps: boolean
  /** Whether it puts out its directions one after the other. */
  readonly isApart: boolean
}

const refuse = (reason: string) => new SluiceError('bad-file', reason)
const inner = (config: Config, name: string): Config => (config[name] as { config: Config }).config

/** @param version of Keras; undefined for TensorFlow.js @throws SluiceError `bad-file` for what Sluice does not have. */
export function networkOfCall({ className, config, weights, training, x }: Call, version: string | undefined): CallNetwork {
  if (x.shape.length !== 3) throw refuse(`its input has ${x.shape.length} axes`)
  const isTwo = className === 'Bidirectional'
  const layer = isTwo ? inner(config, 'layer') : config
  const cell = layer.cell === undefined ? layer : inner(layer, 'cell')
  if (training && [cell, ...cellsOf(cell)].some(({ dropout, recurrent_dropout: recurrent }) => dropout || recurrent))
    throw refuse('dropout inside a cell, in training')
  const isApart = isTwo && (config.merge_mode === null || config.merge_mode === undefined)
  const returnsSteps = layer.return_sequences === true
  const isReversed = !isTwo && layer.go_backwards === true && returnsSteps
  // The reader refuses what stands in another order, which is put right here.
  const plain = { ...config, ...(isApart && { merge_mode: 'concat' }), ...(isReversed && { return_sequences: false }) }
  const layers = stackOf(className, plain, weights)
  const named = layers.flatMap(({ config, weights }, l) =>
    weights.map((weight) => ({ ...weight, name: weight.name.replace(/^layer/, `${(config as { name: string }).name}`), l })),
  )
  const { spec, parameters } = fromTfjs({
    modelTopology: {
      ...(version && { keras_version: version }),
      class_name: 'Sequential',
      config: { layers: layers.map(({ config }) => ({ class_name: className, config })) },
    },
    weightSpecs: named.map(({ name, shape }): TfjsWeight => ({ name, shape: [...shape], dtype: 'float32' })),
    weightData: named.map((weight) => new Uint8Array(unpacked(weight).buffer)),
  })
  // Cells that are stacked all read backwards, as the layer does.
  const all = layers.length > 1 && layer.go_backwards ? { ...spec, layers: spec.layers.map((one) => ({ ...one, backwards: true })) } : spec
  return { spec: all, parameters, isReversed, returnsSteps, isApart }
}

/** The settings of the cells of a StackedRNNCells. */
const cellsOf = ({ cells = [] }: Config): readonly Config[] => (cells as readonly { config: Config }[]).map(({ config }) => config)

/** An RNN of stacked cells is a layer for each cell; any other layer is one. */
function stackOf(className: string, config: Config, weights: readonly Weight[]): readonly { readonly config: Config; readonly weights: readonly Weight[] }[] {
  const cell = className === 'RNN' ? (config.cell as { class_name: string; config: Config }) : undefined
  if (cell?.class_name !== 'StackedRNNCells') return [{ config, weights }]
  const cells = cell.config.cells as readonly { class_name: string; config: Config }[]
  let at = 0
  return cells.map((one, i) => {
    const count = one.config.use_bias === false ? 2 : 3
    const isLast = i === cells.length - 1
    return {
      config: {
        ...config,
        name: `layer_${i}`,
        cell: one,
        ...(!isLast && { return_sequences: true }),
        ...(config.go_backwards === true && { go_backwards: false }),
      },
      weights: weights.slice(at, (at += count)),
    }
  })
}
