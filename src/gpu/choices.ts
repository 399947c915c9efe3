// What a layer may choose of a kernel's text. A choice is made among the constants of a dispatch. The text without it stays what it is, to the
// letter, so the usual layers compile and compute as if there were no choice.

const functions = import.meta.glob<{ readonly plain: () => string }>('../../shaders/lib/functions.wgsl', { eager: true, import: 'default' })

/** Choices by name. `backwards`: a layer of one direction reads backwards. `hard_slope`, `relu_candidate`: functions of its own. */
export type Choice = 'backwards' | 'hard_slope' | 'relu_candidate'

/** The functions that shaders/lib/functions.wgsl takes the names of. */
const usual = /\bfn (sigmoid|sigmoid_derivative|tanh_safe|tanh_derivative)\b/g

interface Chosen {
  readonly code: string
  readonly constants: Readonly<Record<string, number>>
}

/** The text of a kernel with what its constants choose, and the constants that it has then. */
export function chosen(code: string, { backwards = 0, ...constants }: Readonly<Record<string, number>>): Chosen {
  // Direction 1 is the one that reads backwards.
  const directed = backwards ? code.replace(/\bd ?== ?1\b/g, 'true') : code
  const own = constants.hard_slope !== undefined || constants.relu_candidate !== undefined
  return { code: own ? `${directed.replace(usual, 'fn usual_$1')}\n${Object.values(functions)[0]!.plain()}` : directed, constants }
}
