// What kernels leave open, and what a device chooses of it.
import { defaultStrategy, strategyOf, type AdapterKind, type Strategy } from './strategy'

/** What kernels leave open for the device, or a measurement, to choose. */
export interface Tuning {
  readonly strategy: Strategy
  /** Workgroup width of kernels that have it as the override `width`; a multiple of 4. */
  readonly width: number
  /** The same of a kernel whose workgroup adds up what its invocations computed; a power of two. */
  readonly reductionWidth: number
  /** How many vec4f an invocation of an elementwise kernel takes, where there are enough of them. */
  readonly elementsPerInvocation: number
  /** Workgroups that run side by side: register-resident work is cut into as many, if it can be. */
  readonly cores: number
  /** Workgroups that fill the device. */
  readonly groups: number
  /** Floating-point operations a second that one of these workgroups does at the least. */
  readonly workgroupRate: number
}

/** A software adapter spreads few large pieces of work over its cores, hardware many small ones. */
export function tuningOf(kind: AdapterKind): Tuning {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 4
  const strategy = strategyOf(defaultStrategy(kind))
  return kind === 'hardware'
    ? { strategy, width: 32, reductionWidth: 128, elementsPerInvocation: 4, cores: 256, groups: 40, workgroupRate: 2e10 }
    : { strategy, width: 4, reductionWidth: 4, elementsPerInvocation: 32, cores, groups: cores, workgroupRate: 3e9 }
}
