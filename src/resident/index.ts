// The chunk of SwiftShader: what src/strategies.ts loads for it.
import { provideImplementation } from '../schedule/implementation'
import { install as installTile } from '../tile'
import { resident } from './implementation'
import { provide } from './kernels'

export function install(): void {
  installTile()
  provide()
  provideImplementation('resident', resident)
}
