// What the command prints of a result, in Node: without the library, whose kernels Node cannot load.
import type { GpuMeasurement, GpuReport } from 'sluice'
import { hasFailed as ofGpu } from '../../cli/gpu-lines.mjs'
import type { QuickResult } from './quick'

export { formatMeasurement } from '../../src/measure/report'
export { formatReport } from '../../src/verify/report'

export const formatQuick = ({ adapter, runs, alarms, first, next, training }: QuickResult): string =>
  `${adapter}: ${alarms.length} alarms in ${runs} checks; the first ${first.toFixed(0)} ms, the next ${next.toFixed(0)} ms, the first step of a training ${training.toFixed(0)} ms`

export const hasFailed = (result: Partial<GpuReport & GpuMeasurement & QuickResult>): boolean => ofGpu(result) || (result.alarms ?? []).length > 0
