// Measures the adapter that is there: tells what it does, and gives the measurement.
import { formatMeasurement, measureGpu } from 'sluice'
import { openAndTell, strategiesOf } from './gpu.mjs'

/**
 * @param {{ strategies?: string, seconds?: number, as?: string, peers?: import('sluice').MeasureOptions['peers'] }} parameters `strategies`: a list
 * of names, or all; `as`: see `openAndTell`
 * @param {Pick<import('../runtime/runtime.mjs').Host, 'tell'>} host
 */
export default async function measure({ strategies, seconds, as, peers }, host) {
  const gpu = await openAndTell(host, as)
  let last = ''
  const measurement = await measureGpu(gpu, {
    ...strategiesOf(strategies),
    ...(seconds !== undefined && { seconds }),
    ...(peers && { peers }),
    onProgress: ({ done, of, doing }) => {
      if (doing !== last) void host.tell({ kind: 'measuring', done, of, doing })
      last = doing
    },
  })
  gpu.destroy()
  return { measurement, text: formatMeasurement(measurement) }
}
