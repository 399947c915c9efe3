// The views of the page, in the order of the navigation. Each is a folder of demo/views, loaded when it is first shown.
import type { ComponentType } from 'preact'
import type { ViewName } from '../page/views'

type Load = () => Promise<{ readonly default: ComponentType }>

export const views = {
  train: () => import('../views/train/view'),
  race: () => import('../views/race/view'),
  xray: () => import('../views/xray/view'),
  blank: () => import('../views/blank/view'),
  gradients: () => import('../views/gradients/view'),
  gates: () => import('../views/gates/view'),
  how: () => import('../views/how/view'),
  verify: () => import('../views/verify/view'),
  measure: () => import('../views/measure/view'),
  exercises: () => import('../views/exercises/view'),
} as const satisfies Record<ViewName, Load>

export const viewNames = Object.keys(views) as ViewName[]
/** Those that the navigation lists; the others are linked where they belong. */
export const tabNames = viewNames.filter((name) => !['verify', 'measure', 'exercises'].includes(name))
/** Views that have nothing to show without WebGPU. */
export const needGpu: readonly ViewName[] = ['verify', 'measure']
