// Measures the adapter that is there, in a page or under Dawn in Node: prints what it does, and gives the measurement.
import { measureGpu, strategyNames, type GpuMeasurement, type StrategyName } from 'sluice'
import { loadPeers } from 'virtual:peers'
import { print } from '../../demo/lessons/print'
import { openAs, type Opening } from './open'

export interface MeasureParameters extends Opening {
  /** Names of strategies, or `all`; those that the adapter is offered unless given. */
  readonly strategies?: string
  readonly seconds?: string
  /** Whether TensorFlow.js and jax-js are measured too. */
  readonly beside?: boolean
}

export default async function measure({ strategies, seconds, beside, ...opening }: MeasureParameters): Promise<GpuMeasurement> {
  const gpu = await openAs(opening)
  try {
    await print(gpu.adapterName)
    const named = strategies === 'all' ? strategyNames : (strategies?.split(',') as StrategyName[] | undefined)
    let last = ''
    return await measureGpu(gpu, {
      ...(named && { strategies: named }),
      ...(seconds && { seconds: Number(seconds) }),
      ...(beside && { peers: await loadPeers() }),
      onProgress: ({ done, of, doing }) => {
        if (doing !== last) void print(`${String(done).padStart(3)}/${of} ${doing}`)
        last = doing
      },
    })
  } finally {
    gpu.destroy()
  }
}
