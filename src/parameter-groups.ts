// Parameters that are trained in another way than the rest: frozen, by another rate, with another weight decay.
import { checkFlag, checkList, checkNumber, checkOptions, show, SluiceError, type Known } from './errors'
import type { Optimizer } from './optimizer'
import { mostGroups, type Traits } from './schedule/groups'
import { parameterShapes, type NetworkSpec } from './spec'

/** Parameters that are trained in another way than the rest. */
export interface ParameterGroup {
  /** Names of parameters (`'layers.0.W'`), or their beginnings up to a dot (`'layers.0'`). `*` stands for anything between two dots
   * (`'layers.*.b'`). */
  readonly parameters: readonly string[]
  /** Whether they stay as they are. They do not count in the norm of the gradient either. Default false. */
  readonly frozen?: boolean
  /** Factor of the optimizer's rate. Default 1. */
  readonly rateFactor?: number
  /** Weight decay; for adamW. Default: that of the optimizer. */
  readonly decay?: number
}

const groupNames = { parameters: true, frozen: true, rateFactor: true, decay: true } satisfies Known<ParameterGroup>

/** How each parameter is trained, by name; undefined without groups.
 * @throws SluiceError `bad-value` for a group that is not valid, names no parameter, or shares one with another group. */
export function checkGroups(
  spec: NetworkSpec,
  groups: readonly ParameterGroup[] | undefined,
  { kind, decay }: Optimizer,
): ReadonlyMap<string, Traits> | undefined {
  if (groups === undefined) return undefined
  const names = [...parameterShapes(spec).keys()]
  const found = new Map<string, number>()
  const list = checkList('groups', groups, "such as [{ parameters: ['embedding'], frozen: true }]", { max: (mostGroups - 2) / 2 })
  if (list.length === 0) return undefined
  const traits = list.map((unchecked, g): Traits => {
    const group = checkOptions(`groups[${g}]`, unchecked, "{ parameters: ['embedding'], frozen: true }", groupNames)
    const { frozen = false, rateFactor = 1 } = group
    checkFlag(`groups[${g}].frozen`, frozen)
    checkNumber(`groups[${g}].rateFactor`, rateFactor, { min: 0 })
    if (group.decay !== undefined) checkNumber(`groups[${g}].decay`, group.decay, { min: 0 })
    if (group.decay !== undefined && kind !== 'adam')
      throw new SluiceError(
        'bad-value',
        `groups[${g}].decay has no effect: weight decay is that of adamW, but the optimizer is ${kind}. Leave it out, or use adamW`,
      )
    for (const pattern of checkList(`groups[${g}].parameters`, group.parameters, "of names, such as ['embedding', 'layers.*.b']", { min: 1 })) {
      const parts = typeof pattern === 'string' ? pattern.split('.') : []
      const named = names.filter((name) => {
        const own = name.split('.')
        return parts.length > 0 && parts.length <= own.length && parts.every((part, i) => part === '*' || part === own[i])
      })
      if (named.length === 0)
        throw new SluiceError(
          'bad-value',
          `groups[${g}].parameters has ${show(pattern)}, which names no parameter, expected some of ${names.slice(0, 40).join(', ')}`,
        )
      for (const name of named) {
        const before = found.get(name)
        if (before !== undefined && before !== g)
          throw new SluiceError('bad-value', `${name} is in groups[${before}] and in groups[${g}], expected one of them`)
        found.set(name, g)
      }
    }
    return { frozen, rate: rateFactor, decay: group.decay ?? decay }
  })
  if (names.every((name) => found.has(name) && traits[found.get(name)!]!.frozen))
    throw new SluiceError('bad-value', 'groups freeze every parameter, so there is nothing to train. Leave one out of them')
  return new Map(names.map((name) => [name, found.has(name) ? traits[found.get(name)!]! : { frozen: false, rate: 1, decay }]))
}
