// What the layers of a Keras model do not say of a network, from the description that Sluice wrote beside them.
import { checkSpec } from '../../check-spec'
import { completeSpec, withoutDropout, type NetworkSpec } from '../../spec'

/** What the layers do not say, from the description that was written beside them: the kind of the head, one-hot ids, two biases, dropout.
 * @param saved the text of the file */
export function withSaved(spec: NetworkSpec, saved: string | undefined): NetworkSpec {
  if (saved === undefined) return spec
  try {
    const own = completeSpec(checkSpec(JSON.parse(saved) as NetworkSpec))
    const graph = ({ input, layers, head }: NetworkSpec) =>
      JSON.stringify({
        input: 'ids' in input ? (input.embedding ? input : { features: input.ids }) : input,
        layers: layers.map(withoutDropout).map(({ bias, ...layer }) => ({ ...layer, bias: bias !== false })),
        head: head && { V: 'classes' in head ? head.classes : head.numbers, at: head.at },
      })
    return graph(own) === graph(spec) ? own : spec
  } catch {
    return spec // edited by another tool: the layers count
  }
}

/** The texts of an object of a file. */
export const textsOf = (value: unknown): Map<string, string> =>
  new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
