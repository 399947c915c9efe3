// The networks that go to Keras and TensorFlow.js: layers each of which reads the one before.
import { SluiceError } from '../../errors'
import { isDense, type LayerSpec, type NetworkSpec } from '../../spec'

/** @throws SluiceError `bad-value` for a layer or head that reads another than the one before, or dense layers at the end without a head. */
export function checkChain({ layers, head }: NetworkSpec): void {
  layers.forEach((layer, l) => checkInputs(`layers[${l}]`, layer))
  if (head) checkInputs('head', head)
  else if (isDense(layers.at(-1)!))
    throw new SluiceError(
      'bad-value',
      `layers[${layers.length - 1}] is a dense layer, and the network has no head: Keras has one kind of Dense, and it would come back as the head. Make it the head, or write an ONNX model`,
    )
}

function checkInputs(what: string, one: Pick<LayerSpec, 'inputs'>): void {
  if (one.inputs !== undefined)
    throw new SluiceError(
      'bad-value',
      `${what}.inputs is set, and only chains are written for Keras. Write an ONNX model, or pass toArrays of sluice/formats/raw on`,
    )
}
