// What a layer may choose of a kernel's text. A choice is made among the constants of a dispatch. The text without it stays what it is, to the
// letter, so the usual layers compile and compute as if there were no choice.

const files = import.meta.glob<{ readonly plain: () => string }>('../../shaders/lib/{functions,state_dropout,state_dropout_gradient}.wgsl', {
  eager: true,
  import: 'default',
})
const textOf = (name: string): string => files[`../../shaders/lib/${name}.wgsl`]!.plain()

/** Choices by name. `backwards`: a layer of one direction reads backwards. `hard_slope`, `relu_candidate`: functions of its own. `masks_state`: a step
 * forward has dropout of the state; `masks_gradient`: so has a step backward. */
export type Choice = 'backwards' | 'hard_slope' | 'relu_candidate' | 'masks_state' | 'masks_gradient'

/** The functions that shaders/lib/functions.wgsl takes the names of. */
const usual = /\bfn (sigmoid|sigmoid_derivative|tanh_safe|tanh_derivative)\b/g

interface Chosen {
  readonly code: string
  readonly constants: Readonly<Record<string, number>>
}

/** The text of a kernel with what its constants choose, and the constants that it has then. */
export function chosen(code: string, { backwards = 0, masks_state = 0, masks_gradient = 0, ...constants }: Readonly<Record<string, number>>): Chosen {
  let text = code
  // Direction 1 is the one that reads backwards.
  if (backwards) text = replaced(text, /\bd ?== ?1\b/g, 'true')
  if (constants.hard_slope !== undefined || constants.relu_candidate !== undefined) text = `${text.replace(usual, 'fn usual_$1')}\n${textOf('functions')}`
  // What a step forward loads to multiply it by U.
  if (masks_state) text = `${replaced(text, /\breturn (h|saved)\[i\];/g, 'return masked($1[i], i);')}\n${textOf('state_dropout')}`
  if (masks_gradient) text = `${replaced(text, /\bfn finish\b/, 'fn whole_finish')}\n${textOf('state_dropout_gradient')}`
  return { code: text, constants }
}

/** A text with what a choice puts in place of its usual lines. Without such a line the choice would pass in silence. */
function replaced(text: string, line: RegExp, by: string): string {
  const made = text.replace(line, by)
  if (made === text) throw new Error(`A kernel has no line ${line}, expected one in whose place a choice puts ${by}.`)
  return made
}
