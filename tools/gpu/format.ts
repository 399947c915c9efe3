// What the command prints of a result, in Node: without the library, whose kernels Node cannot load.
import type { GpuReport } from 'sluice'

export { formatReport } from '../../src/verify/report'

export const hasFailed = (result: Partial<GpuReport>): boolean => result.lines?.some(({ status }) => status !== 'passed') ?? false
