// How the models that write as the page opens were trained.
import type { Story } from './texts'

interface Recipe {
  /** H, hidden units. */
  readonly hidden: number
  readonly embedding: number
  readonly batch: number
  readonly steps: number
  /** Training steps. */
  readonly updates: number
  readonly rate: number
}

export const recipes: Readonly<Record<Story, Recipe>> = {
  english: { hidden: 160, embedding: 24, batch: 32, steps: 64, updates: 1000, rate: 6e-3 },
  chinese: { hidden: 96, embedding: 24, batch: 16, steps: 48, updates: 700, rate: 8e-3 },
}
