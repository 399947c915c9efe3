// What a chart and its drawing share.
export interface Series {
  readonly name: string
  /** The token of its colour, such as `--gru`. */
  readonly colour: string
  readonly width?: number
  /** The opacity of the colour, 0 to 1 (default: 1). */
  readonly strength?: number
  readonly dashed?: boolean
  readonly dotted?: boolean
  /** Marks each point, for curves with few points. */
  readonly dots?: boolean
  /** Leaves it out of the legend. */
  readonly quiet?: boolean
}

export const mixed = (colour: string, strength = 1) =>
  strength === 1 ? `var(${colour})` : `color-mix(in oklab, var(${colour}) ${strength * 100}%, var(--paper))`

export const sizeOf = (host: HTMLElement) => ({ width: Math.max(200, host.clientWidth), height: Math.max(140, host.clientHeight) })
