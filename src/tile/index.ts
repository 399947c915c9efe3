// The chunk of software adapters: what src/strategies.ts loads for them.
import { provideImplementation } from '../schedule/implementation'
import { tile } from './implementation'
import { provide } from './kernels'

export function install(): void {
  provide()
  provideImplementation('tile', tile)
}
