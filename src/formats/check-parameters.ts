// The parameters that a network is exported with.
import { show, SluiceError, typedArrayName } from '../errors'
import { checkFinite } from '../finite'
import { parameterShapes, type NetworkSpec } from '../spec'
import { shapeOf } from './safetensors'

const product = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1)

/** @throws SluiceError `bad-value` for a parameter that is missing, no Float32Array or not finite; `bad-shape` for parameters of another
 * network. */
export function checkParameters(values: ReadonlyMap<string, Float32Array>, spec: NetworkSpec): void {
  const wanted = parameterShapes(spec)
  for (const [name, shape] of wanted) {
    const came = values.get(name)
    if (came === undefined)
      throw new SluiceError('bad-value', `the parameters lack ${name}, expected ${[...wanted.keys()].join(', ')}. Pass the result of network.readParameters()`)
    if (typedArrayName(came) !== 'Float32Array') throw new SluiceError('bad-value', `${name} is ${show(came)}, expected a Float32Array`)
    if (came.length !== product(shape)) throw new SluiceError('bad-shape', `${name} has ${came.length} numbers, expected ${product(shape)}: ${shapeOf(shape)}`)
    checkFinite(name, came)
  }
}
