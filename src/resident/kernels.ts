// The kernels of this chunk join those of the engine.
import { provideKernels, type Source } from '../gpu/kernels'
import { contracts, type Contracts } from './contracts'

declare module '../gpu/kernels' {
  interface Kernels extends Contracts {}
}

const sources = import.meta.glob<Source>(['../../shaders/resident/*.wgsl'], { eager: true, import: 'default' })

export const provide = (): void => provideKernels({ sources, contracts })
