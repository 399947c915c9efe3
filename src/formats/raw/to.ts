// Arrays from parameters.
import { checkSpec } from '../../check-spec'
import { checkList, checkMap, checkOptions, readSafely, SluiceError } from '../../errors'
import { directions, isDense, recurrentLayers, type NetworkSpec } from '../../spec'
import { checkParameters } from '../check-parameters'
import type { ArrayLayout, WrittenArrays, WrittenDense } from './arrays'
import { checkLayout, correction, layoutNames, spanOf } from './layout'
import { placesOf } from './places'

/** The arrays of a network in a layout: one for all recurrent layers, or one for each of them. What Sluice has as one bias is `bias`; `recurrentBias` is that of
 * the candidate of `gru-reset-after`, zero for its other gates.
 * @param parameters the result of `network.readParameters()`
 * @throws SluiceError `bad-value` for a layout that a cell does not have, or a parameter that is not finite; `bad-shape` for parameters of
 * another network, or another number of layouts than recurrent layers. */
export function toArrays(parameters: ReadonlyMap<string, Float32Array>, spec: NetworkSpec, layout: ArrayLayout | readonly ArrayLayout[] = {}): WrittenArrays {
  const values = new Map(checkMap('parameters', parameters, 'such as the result of await network.readParameters()'))
  const checked = checkSpec(spec)
  checkParameters(values, checked)
  const recurrent = recurrentLayers(checked)
  const isList = readSafely('layout', layout, () => Array.isArray(layout))
  const layouts = isList
    ? checkList('layout', layout as readonly ArrayLayout[], 'of a layout for each recurrent layer')
    : recurrent.map(() => layout as ArrayLayout)
  if (layouts.length !== recurrent.length)
    throw new SluiceError('bad-shape', `there are ${layouts.length} layouts, expected ${recurrent.length}, one for each recurrent layer`)
  const copy = (name: string) => new Float32Array(values.get(name)!)
  const dense = (name: string): WrittenDense => ({ weights: copy(`${name}.W`), ...(values.has(`${name}.b`) && { bias: copy(`${name}.b`) }) })
  return {
    ...(values.has('embedding') && { embedding: copy('embedding') }),
    layers: checked.layers.map((layer, l) => {
      if (isDense(layer)) return dense(`layers.${l}`)
      const n = recurrent.findIndex((one) => one.l === l)
      const given = checkOptions(`layout[${n}]`, layouts[n]!, "{ gates: ['z', 'r', 'n'] }", layoutNames)
      const order = checkLayout(`layout[${n}]`, given, layer)
      /** Looked up once: there may be millions of elements. */
      const own: Record<string, Float32Array> = {}
      const one = (d: number) =>
        Object.fromEntries(
          placesOf(checked, l, layer).map(({ kind, gates, rows, place }) => {
            const [G, H] = [gates.length, layer.hidden]
            const ordered = order.filter((gate) => gates.includes(gate))
            const data = new Float32Array(rows * G * H)
            for (let g = 0; g < G; g++) {
              const [factor, plus] = correction(kind, ordered[g], given)
              for (let row = 0; row < rows; row++) {
                const [parameter, start] = place(d, row, gates.indexOf(ordered[g] ?? gates[g]!))
                if (parameter === null) continue
                const from = (own[parameter] ??= values.get(`layers.${l}.${parameter}`)!)
                const [first, step] = spanOf(given, rows, G, H, row, g)
                for (let unit = 0; unit < H; unit++) data[first + unit * step] = factor * (from[start + unit]! - plus)
              }
            }
            return [kind, data]
          }),
        )
      return { ...given, directions: Array.from({ length: directions(layer) }, (_, d) => one(d)) }
    }),
    ...(checked.head && { head: dense('head') }),
  }
}
