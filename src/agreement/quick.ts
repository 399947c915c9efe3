// One training step of a small network, and the update, beside the reference: what is asked of a device before it trains.
import { SluiceError } from '../errors'
import type { Gpu } from '../gpu/device'
import type { StrategyName } from '../gpu/strategy'
import type { Optimizer } from '../optimizer'
import { completeSpec, isDense, isPlainStack, recurrentLayers, type LayerSpec, type NetworkSpec } from '../spec'
import { compareCase, describe, isRight } from './compare'
import { updateFindings } from './update'

/** Dropout within a layer, where it has it. */
const someDropout = ({ inputDropout, recurrentDropout }: LayerSpec): Pick<LayerSpec, 'inputDropout' | 'recurrentDropout'> => ({
  ...(inputDropout && { inputDropout: 0.25 }),
  ...(recurrentDropout && { recurrentDropout: 0.25 }),
})

/** The same kinds of layers, of the same input and with the same head, all small; of a plain stack two layers where there are several. */
function smallOf(spec: NetworkSpec): NetworkSpec {
  const { input, layers, dropout, head } = completeSpec(spec)
  const small = layers.map((layer) =>
    isDense(layer) ? { ...layer, dense: 21 } : { ...layer, hidden: 21, ...(layer.projection && { projection: 10 }), ...someDropout(layer) },
  )
  const kinds = new Map(small.map((layer) => [JSON.stringify(layer), layer]))
  const [first, ...more] = kinds.values()
  const all = isPlainStack(spec) ? [first!, ...(more.length === 0 && layers.length > 1 ? [first!] : more)] : small
  return {
    input: 'features' in input ? { features: 5 } : { ids: 7, ...(input.embedding && { embedding: 5 }) },
    layers: all,
    ...(dropout && all.length > 1 && { dropout: 0.25 }),
    ...(head && { head: 'classes' in head ? { ...head, classes: 7 } : { ...head, numbers: 3 } }),
  }
}

/** What is wrong first; empty where nothing is. */
export async function quickCheck(gpu: Gpu, of: NetworkSpec, strategy: StrategyName, optimizer?: Optimizer['kind']): Promise<string> {
  const spec = smallOf(of)
  // More rows than the largest tile has, and rows of all lengths.
  const [steps, batch] = [3, 19]
  const lengths = Array.from({ length: batch }, (_, b) => [3, 1, 2, 3, 0][b % 5]!)
  const drops = spec.dropout || recurrentLayers(spec).some(({ layer }) => layer.inputDropout || layer.recurrentDropout)
  const found = await compareCase(gpu, { spec, strategy, steps, batch, lengths, ...(drops && { dropoutSeed: 9 }) })
  if (optimizer) found.push(...(await updateFindings(gpu, optimizer)))
  const wrong = found.find((one) => !isRight(one))
  if (!wrong) return ''
  console.warn(`Sluice: ${gpu.adapterName} computes wrong results under the strategy ${strategy}, which is not used: ${describe(wrong)}. ${report}`)
  return describe(wrong)
}

const report = 'Please report it with what verifyGpu(gpu) finds (docs/verify.md).'

/** The error of a device that computes wrong results under each of these strategies. */
export const wrongResults = (gpu: Gpu, names: readonly StrategyName[], why: string): SluiceError =>
  new SluiceError(
    'wrong-results',
    `${gpu.adapterName} computes wrong results under ${names.join(', ')}: ${why}. Try another browser or a newer driver. ${report} openDevice({ check: false }) trains all the same.`,
  )
