// What a device is asked before its report: the strategies that it is offered, and its facts.
import type { Gpu } from '../gpu/device'
import { kernelsDigest } from '../gpu/kernels'
import { strategyNames, strategyOf, type Strategy, type StrategyName } from '../gpu/strategy'
import type { Facts } from './facts'

/** The strategies whose kernels an adapter is offered. */
export function offeredStrategies({ kind }: Gpu): StrategyName[] {
  const kernels: readonly Strategy['kernels'][] = {
    hardware: ['workgroup' as const],
    swiftshader: ['resident' as const, 'tile' as const],
    software: ['tile' as const],
  }[kind]
  return strategyNames.filter((name) => kernels.includes(strategyOf(name).kernels))
}

const limitNames = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupStorageSize',
] as const

/** The facts of a report that is made now. The digest is of the kernels that are loaded. */
export function factsOf(gpu: Gpu, strategies: readonly StrategyName[]): Facts {
  const { adapterInfo: info, features, limits } = gpu.device
  return {
    date: new Date().toISOString(),
    adapter: {
      name: gpu.adapterName,
      vendor: info?.vendor ?? '',
      architecture: info?.architecture ?? '',
      description: info?.description ?? '',
      isSoftware: gpu.isSoftware,
      features: [...features].sort(),
      limits: Object.fromEntries(limitNames.map((name) => [name, limits[name]])),
    },
    runtime: globalThis.navigator?.userAgent ?? 'unknown',
    kernels: kernelsDigest(),
    strategies,
  }
}
