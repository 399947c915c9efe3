// The commands of a training step, as the page draws them.
export interface Command {
  readonly label: string
  /** The kernel's file in shaders/, or the kind of the command: copy, clear. */
  readonly what: string
  /** The time step, counted in the reading direction; null for a command that covers all steps. */
  readonly step: number | null
}

export interface StepPlan {
  /** T, time steps. */
  readonly steps: number
  readonly commands: readonly Command[]
}
