// Opens the adapter that is there; a software adapter also as if it were hardware, so that it runs the kernels of GPUs.
import { openDevice, type Gpu } from 'sluice'

export interface Opening {
  /** `gpu`: as if it were hardware. */
  readonly as?: string
}

export async function openAs({ as }: Opening): Promise<Gpu> {
  const gpu = await openDevice()
  if (as === 'gpu') Object.defineProperty(gpu, 'kind', { value: 'hardware' })
  return gpu
}
