// Measures the adapter that is there: tells what it does, and gives the measurement.
import { formatMeasurement, measureGpu } from 'sluice'
import { openAndTell } from './gpu.mjs'

/**
 * @param {{ strategies?: string, seconds?: number }} parameters `strategies`: a list of names
 * @param {import('../runtime/runtime.mjs').Host} host
 */
export default async function measure({ strategies, seconds }, host) {
  const gpu = await openAndTell(host)
  const named = strategies && /** @type {import('sluice').StrategyName[]} */ (strategies.split(','))
  let last = ''
  const measurement = await measureGpu(gpu, {
    ...(named && { strategies: named }),
    ...(seconds !== undefined && { seconds }),
    onProgress: ({ done, of, doing }) => {
      if (doing !== last) void host.tell({ kind: 'measuring', done, of, doing })
      last = doing
    },
  })
  gpu.destroy()
  return { measurement, text: formatMeasurement(measurement) }
}
