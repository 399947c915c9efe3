// What a recurrent cell is to the engine, as data. A cell is one definition of this type (a file beside this one), its equations
// in WGSL (shaders/lib) and in float64 (src/reference/cells). Everything else reads the definition: schedules, parameters,
// initial weights, file formats, checks, sampling, the demo's lists. It imports nothing.

/** A cell as the engine and the reference see it: its gates, its products and its residuals. */
export interface Cell {
  /** Gates in memory order (PyTorch's). G = gates.length; W is [I, D, G, H], U is [D, H, G, H], b is [D, G, H]. */
  readonly gates: readonly string[]
  /** States carried from step to step; `h` is also the output. */
  readonly states: readonly ('h' | 'c')[]
  /** What backward needs beside gates and states, [T, B, D, H], in words; null: nothing. */
  readonly saved: string | null
  /** Parameters beside W, U and b: `bn` [D, H], a recurrent bias of the last gate; `p` [D, 3, H], peepholes, where a layer asks
   * for them. */
  readonly recurrentBias: boolean
  readonly peepholes: boolean
  /** Whether a layer may project its state h to a size P < H of its own. So it must meet nothing but U. U is [D, P, G, H] then, and the projection
   * R is [D, H, P]. */
  readonly projection: boolean
  /** Whether a layer may choose the functions of its gates and of its candidate (shaders/lib/functions.wgsl). */
  readonly activations: boolean
  /** The kernels of a step are `shaders/cell/<kernel>_forward_grid.wgsl` and `<kernel>_backward_grid.wgsl`. */
  readonly kernel: string
  /** Overrides that these kernels are specialised with. */
  readonly constants: Readonly<Record<string, boolean>>
  /** Dependent products of a step, each a dispatch of its own: what an invocation makes of a tile of rows. */
  readonly forward: readonly Pass[]
  readonly backward: readonly Pass[]
  /** The products with U, one or two: dU = stateᵀ gradient, and the gradient of the state is gradient Uᵀ. */
  readonly recurrent: readonly [RecurrentProduct, RecurrentProduct?]
  /** Whether there are kernels with register-resident weights (shaders/resident), for steps and for sampling. Without, a layer runs as
   * on any other adapter. */
  readonly resident: boolean
  /** The equations of its step in one workgroup, which samples many steps in a dispatch (shaders/lib/row_layer.wgsl). null: it has none, and
   * each step has dispatches of its own. */
  readonly row: RowForm | null
  /** The gate whose bias `forgetBias` is added to; null: the cell has none. */
  readonly forgetGate: string | null
  /** The gate that keeps the old state while it is open; `inverted`: while it is shut. null: nothing keeps it. */
  readonly keeps: { readonly gate: string; readonly inverted: boolean } | null
  /** PyTorch's module of the same mathematics; or why there is none, as the end of a sentence that begins with the layer, and what
   * to do. */
  readonly pytorch: { readonly module: 'RNN' | 'GRU' | 'LSTM' } | { readonly none: string }
}

/** The forms of a step in shaders/lib/row_layer.wgsl, in the order of its constants. */
export const rowForms = ['rnn', 'mgu', 'gru', 'lstm'] as const
export type RowForm = (typeof rowForms)[number]

/** Of a tile of rows an invocation makes
 *
 * - `pair`: two blocks of four columns, eight units of one gate;
 * - `unit`: all gates of four units, or those of its phase;
 * - `quad`: a quarter of all gates of eight units: four invocations make them together and exchange them. */
export type Pass = 'pair' | 'unit' | 'quad'

/** How many invocations a pass takes for a hidden size of H4 vec4f. */
export const invocationsOf = (pass: Pass, H4: number): number => ({ pair: Math.ceil(H4 / 2), unit: H4, quad: 4 * Math.ceil(H4 / 2) })[pass]

/** A product with the columns of some gates of U. */
export interface RecurrentProduct {
  /** For labels: the gates in short; empty where it is all of them. */
  readonly name: string
  /** The first gate and how many. */
  readonly first: number
  readonly count: number
  /** What was multiplied: the state before the step, or `saved` of the same step, whose gradient then passes within the step. */
  readonly state: 'h' | 'saved'
  /** Where the gradient of the product lies afterwards: among the gates, or in `saved`. */
  readonly gradient: 'gates' | 'saved'
}

/** The recurrent product of a cell that multiplies h' with all of U. */
export const oneProduct = (gates: number): readonly [RecurrentProduct] => [{ name: '', first: 0, count: gates, state: 'h', gradient: 'gates' }]
