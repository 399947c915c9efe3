// Whether depth helps, as demo/lessons/depth.ts measured it on the English story (docs/lessons.md, Depth).

/** A network of these layers, and its perplexity on held-out text: the mean of three seeds. All have about the same number of weights. */
export const depths = [
  { layers: 1, hidden: 64, perplexity: 4.95 },
  { layers: 2, hidden: 44, perplexity: 5.13 },
  { layers: 3, hidden: 36, perplexity: 7.58 },
] as const
/** Training steps of each. */
export const depthSteps = 800
