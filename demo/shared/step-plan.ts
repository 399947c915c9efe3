// The plan of a training step, as the page draws it.
export interface Command {
  readonly label: string
  /** The kernel's file in shaders/, or what else is done: copy, clear. */
  readonly what: string
  /** The step it makes, counted in the direction of reading; null for one that is for all steps at once. */
  readonly step: number | null
}

export interface StepPlan {
  /** T */
  readonly steps: number
  readonly commands: readonly Command[]
}
