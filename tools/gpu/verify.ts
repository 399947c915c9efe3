// `sluice verify` in a page or under Dawn in Node, of the library as it stands.
import type { GpuReport } from 'sluice'
import verifyTask from '../../cli/tasks/verify.mjs'
import { host } from './host'

const verify = async (parameters: Parameters<typeof verifyTask>[0]): Promise<GpuReport> => (await verifyTask(parameters, host)).report
export default verify
