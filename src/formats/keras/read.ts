// The network of Keras layers, and what the formats say of it. What a layer means is for walk.ts; where its weights lie in a file is for the formats.
import { checkFlag, show, SluiceError, type Known } from '../../errors'
import type { KerasLayer } from './layers'
import type { KerasNetwork, KerasOptions, KerasWeights } from './network'
import { withSaved } from './saved'
import { start, Walk, type Flow } from './walk'

export const optionNames = { head: true, oneHot: true } satisfies Known<KerasOptions>

export function checkKerasOptions(options: KerasOptions): KerasOptions {
  const { head, oneHot } = options
  if (head !== undefined && head !== 'classes' && head !== 'numbers')
    throw new SluiceError('bad-value', `head is ${show(head)}, expected 'classes' or 'numbers'`)
  checkFlag('oneHot', oneHot)
  return options
}

/** @param version that of Keras, whose hard sigmoid is another one from 3 on @throws SluiceError `bad-file`. */
export function networkOf(
  layers: readonly KerasLayer[],
  weights: KerasWeights,
  options: KerasOptions,
  version: string,
  metadata: ReadonlyMap<string, string> = new Map(),
): KerasNetwork {
  const walk = new Walk(weights, version)
  const flows: Flow[] = []
  for (const layer of layers) {
    const read = layer.reads.map((place) => flows[place]!)
    flows.push(walk.take(layer, read))
  }
  walk.end(flows.at(-1) ?? start)
  weights.checkAllTaken()
  const network = walk.network(options)
  // What a caller says counts more than what was saved.
  const isPlain = options.head === undefined && options.oneHot === undefined
  return { ...network, ...(isPlain && { spec: withSaved(network.spec, metadata.get('sluice')) }), metadata }
}
