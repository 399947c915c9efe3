// Verifies the adapter that is there: tells each check as it is done, and gives the report.
import { formatReport, verifyGpu } from 'sluice'
import { openAndTell, strategiesOf } from './gpu.mjs'

/**
 * @param {{ strategies?: string, as?: string }} parameters `strategies`: a list of names, or all; `as`: see `openAndTell`
 * @param {Pick<import('../runtime/runtime.mjs').Host, 'tell'>} host
 */
export default async function verify({ strategies, as }, host) {
  const gpu = await openAndTell(host, as)
  const report = await verifyGpu(gpu, { ...strategiesOf(strategies), onProgress: (progress) => void host.tell({ kind: 'checks', ...progress }) })
  gpu.destroy()
  return { report, text: formatReport(report) }
}
