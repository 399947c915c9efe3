// Puts a value where the library would not let it in: into a weight or a carried state, as an update that overflowed would.
import type { Network } from '../../src/network'

/** Writes `value` over the number at `index` in memory order of a parameter. */
export function plantWeight({ gpu, parameters }: Network, name: string, value: number, index = 0): void {
  const { buffer, offset } = parameters.value(name)
  gpu.device.queue.writeBuffer(buffer, offset + 4 * index, Float32Array.of(value))
}
