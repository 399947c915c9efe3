// The device of a task.
import { openDevice, strategyNames } from 'sluice'

/** Opens the adapter that is there, and tells which.
 * @param {Pick<import('../runtime/runtime.mjs').Host, 'tell'>} host
 * @param {string} [as] 'gpu': a software adapter as if it were hardware, so that it runs the kernels of GPUs */
export async function openAndTell(host, as) {
  const gpu = await openDevice()
  if (as === 'gpu') Object.defineProperty(gpu, 'kind', { value: 'hardware' })
  await host.tell({ kind: 'adapter', name: gpu.adapterName, software: gpu.isSoftware })
  return gpu
}

/** The strategies of a list of names, or all; none said: those that the adapter is offered.
 * @param {string} [list]
 * @returns {{ strategies?: readonly import('sluice').StrategyName[] }} */
export const strategiesOf = (list) =>
  list ? { strategies: list === 'all' ? strategyNames : /** @type {import('sluice').StrategyName[]} */ (list.split(',')) } : {}
