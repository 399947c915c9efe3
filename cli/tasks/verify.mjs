// Verifies the adapter that is there: tells each check as it is done, and gives the report.
import { formatReport, openDevice, verifyGpu } from 'sluice'

/**
 * @param {{ strategies?: string, as?: string }} parameters `strategies`: a list of names; `as: 'gpu'`: a software adapter as if it were hardware
 * @param {import('../runtime/runtime.mjs').Host} host
 */
export default async function verify({ strategies, as }, host) {
  const gpu = await openDevice()
  if (as === 'gpu') Object.defineProperty(gpu, 'kind', { value: 'hardware' })
  await host.tell({ kind: 'adapter', name: gpu.adapterName, software: gpu.isSoftware })
  const named = strategies && /** @type {import('sluice').StrategyName[]} */ (strategies.split(','))
  const report = await verifyGpu(gpu, { ...(named && { strategies: named }), onProgress: (progress) => void host.tell({ kind: 'checks', ...progress }) })
  gpu.destroy()
  return { report, text: formatReport(report) }
}
