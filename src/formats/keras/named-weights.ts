// Weights by names that begin with that of their layer: of TensorFlow.js, and of Keras before version 3.
import type { FloatTensor } from '../safetensors'
import { badFile, refuse, type KerasLayer } from './layers'
import type { KerasWeights } from './network'

/** `lstm/lstm_cell/kernel:0`, `bidirectional/forward_lstm/kernel`, `sequential/dense/bias`. */
export function namedWeights(tensors: ReadonlyMap<string, FloatTensor>): KerasWeights {
  const entries = [...tensors].map(([name, tensor]) => ({ name, parts: name.replace(/:\d+$/, '').split('/'), tensor }))
  const taken = new Set<string>()
  return {
    take(layer: KerasLayer, names, { direction, stacked }) {
      // The name of the model may stand before that of the layer.
      const own = [0, 1].map((at) => entries.filter(({ parts }) => parts.length > at + 1 && parts[at] === layer.name)).find((found) => found.length > 0) ?? []
      return names.map((wanted) => {
        const found = own.filter(
          ({ parts }) =>
            parts.at(-1) === wanted && (!direction || parts.some((part) => part.startsWith(`${direction}_`))) && (!stacked || parts.includes(stacked.name)),
        )
        if (found.length > 1)
          throw refuse(
            layer,
            `the file has several weights for its ${wanted}: ${found
              .map(({ name }) => name)
              .slice(0, 3)
              .join(', ')
              .slice(0, 200)}`,
          )
        if (found[0]) taken.add(found[0].name)
        return found[0]?.tensor
      })
    },
    checkAllTaken() {
      const left = entries.filter(({ name }) => !taken.has(name)).map(({ name }) => name)
      if (left.length > 0)
        throw badFile(`the file has weights of no layer of the model: ${left.slice(0, 4).join(', ').slice(0, 200)}. Are the weights those of another model?`)
    },
  }
}
