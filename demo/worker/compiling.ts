// How many kernels have been asked for, and how many are ready: what one waits for before a first step. The library asks the browser
// for each pipeline once, so the browser's function is where they can be counted.
import { Channel } from './channel'

/** Kernels since the page was opened. */
export interface Compiling {
  readonly kind: 'compiling'
  readonly ready: number
  readonly of: number
}

export const compilingNews = new Channel<Compiling>()

let [ready, of] = [0, 0]

/** Kernels that have been asked for since the page was opened. */
export const kernelsAsked = (): number => of

const tell = () => compilingNews.tell({ kind: 'compiling', ready, of })

if ('GPUDevice' in globalThis) {
  const { prototype } = GPUDevice
  const create = prototype.createComputePipelineAsync
  prototype.createComputePipelineAsync = async function (descriptor) {
    of++
    tell()
    try {
      return await create.call(this, descriptor)
    } finally {
      ready++
      tell()
    }
  }
}
