// `sluice measure` in a page or under Dawn in Node, of the library as it stands, and beside other engines.
import type { GpuMeasurement } from 'sluice'
import { loadPeers } from 'virtual:peers'
import measureTask from '../../cli/tasks/measure.mjs'
import { host } from './host'

export interface MeasureParameters {
  readonly as?: string
  readonly strategies?: string
  readonly seconds?: string
  /** Whether TensorFlow.js and jax-js are measured too. */
  readonly beside?: boolean
}

export default async function measure({ seconds, beside, ...parameters }: MeasureParameters): Promise<GpuMeasurement> {
  const task = { ...parameters, ...(seconds && { seconds: Number(seconds) }), ...(beside && { peers: await loadPeers() }) }
  return (await measureTask(task, host)).measurement
}
