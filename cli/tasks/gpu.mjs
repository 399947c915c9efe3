// The device of a task.
import { openDevice } from 'sluice'

/** Opens the adapter that is there, and tells which.
 * @param {import('../runtime/runtime.mjs').Host} host */
export async function openAndTell(host) {
  const gpu = await openDevice()
  await host.tell({ kind: 'adapter', name: gpu.adapterName, software: gpu.isSoftware })
  return gpu
}
