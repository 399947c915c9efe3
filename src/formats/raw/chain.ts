// The networks that these converters take: recurrent layers, each of which reads the one before.
import { SluiceError } from '../../errors'
import type { LayerSpec, NetworkSpec } from '../../spec'

/** The layers of a checked description. @throws SluiceError `bad-value` for a dense layer, or one that reads another than the one before. */
export function chainOf({ layers, head }: NetworkSpec): readonly LayerSpec[] {
  layers.forEach((layer, l) => {
    if ('dense' in layer)
      throw new SluiceError(
        'bad-value',
        `layers[${l}] is a dense layer, and only the head is converted here. Write an ONNX model, or use network.writeParameters`,
      )
    checkInputs(`layers[${l}]`, layer)
  })
  if (head) checkInputs('head', head)
  return layers as readonly LayerSpec[]
}

function checkInputs(what: string, one: object): void {
  if ('inputs' in one && one.inputs !== undefined)
    throw new SluiceError('bad-value', `${what}.inputs is set, and only chains are converted here. Write an ONNX model, or use network.writeParameters`)
}
