// What the page can call. A view adds its own handlers here, from a file in its own folder.
import { gradientHandlers } from '../views/gradients/handlers'
import { raceHandlers } from '../views/race/handlers'
import { xrayHandlers } from '../views/xray/handlers'
import { blankHandlers } from '../views/blank/handlers'
import { howHandlers } from '../views/how/handlers'
import { corpusHandlers } from './corpus'
import { deviceHandlers } from './device'
import { modelHandlers } from './models'
import { runHandlers } from './run'

export const handlers = {
  ...deviceHandlers,
  ...corpusHandlers,
  ...runHandlers,
  ...modelHandlers,
  ...raceHandlers,
  ...xrayHandlers,
  ...blankHandlers,
  ...howHandlers,
  ...gradientHandlers,
}

export type Handlers = typeof handlers
