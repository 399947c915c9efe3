// Parameter groups as the kernels of the norm and of the update read them: shaders/lib/groups.wgsl.
import { cells } from '../cells'
import { pad4 } from '../gpu/tensor'
import type { Parameters } from '../parameters'
import { isDense, recurrentLayers, type NetworkSpec } from '../spec'

/** How a parameter is trained. */
export interface Traits {
  /** Whether it stays as it is, and does not count in the norm of the gradient. */
  readonly frozen: boolean
  /** Share of the learning rate. */
  readonly rate: number
  /** Weight decay. */
  readonly decay: number
}

/** The default of a network none of whose parameters has traits of its own. */
const alike: Traits = { frozen: false, rate: 1, decay: 0 }

/** Words of the table: four a group. */
const tableWords = 256

/** Most groups: the number of one takes a byte, and the table has room for so many. */
export const mostGroups = tableWords / 4

/** Whether the parameters are not all trained alike. */
export const needsGroups = (spec: NetworkSpec, traits: ReadonlyMap<string, Traits> | undefined): boolean =>
  (traits !== undefined && traits.size > 0) || recurrentLayers(spec).some(({ layer }) => layer.bias === 'two')

/** Bytes of the groups of a network. */
export const groupsSize = ({ values }: Parameters): number => (tableWords + Math.ceil(values.size / 64)) * 4

/** The table of the groups, and the group of each vec4f of parameters.
 * @param traits of every parameter; all alike unless given */
export function groupsOf(parameters: Parameters, traits: ReadonlyMap<string, Traits> | undefined): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(groupsSize(parameters) / 4)
  const table = new Float32Array(words.buffer, 0, tableWords)
  const numbers = new Uint8Array(words.buffer, tableWords * 4)
  const known = new Map<string, number>()
  const numberOf = (times: number, { rate, decay }: Traits): number => {
    const key = `${times} ${rate} ${decay}`
    const number = known.get(key) ?? known.size
    known.set(key, number)
    table.set([times, rate, decay], 4 * number)
    return number
  }
  for (const name of parameters.names) {
    const { offset, size } = parameters.value(name)
    const [first, count] = [offset / 16, size / 16]
    const own = traits?.get(name) ?? alike
    const number = numberOf(own.frozen ? 0 : 1, own)
    numbers.fill(number, first, first + count)
    if (own.frozen) continue
    const doubled = doubledGates(parameters.spec, name)
    if (!doubled) continue
    // b is [D, G, H]: whole vec4f are of one gate.
    const twice = numberOf(2, own)
    for (let n = 0; n < count; n++) if (Math.floor(n / doubled.H4) % doubled.G < doubled.doubled) numbers[first + n] = twice
  }
  return words
}

/** The gates of a bias that stands for two: the first `doubled` of G. Null for every other parameter. */
function doubledGates({ layers }: NetworkSpec, name: string): { readonly H4: number; readonly G: number; readonly doubled: number } | null {
  const [, l] = /^layers\.(\d+)\.b$/.exec(name) ?? []
  const layer = l === undefined ? undefined : layers[Number(l)]
  if (!layer || isDense(layer) || layer.bias !== 'two') return null
  const { gates, recurrentBias } = cells[layer.cell]
  return { H4: pad4(layer.hidden) / 4, G: gates.length, doubled: gates.length - (recurrentBias ? 1 : 0) }
}
