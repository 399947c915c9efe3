// What the page can call. A view adds its own handlers here, from a file in its own folder.
import { gradientHandlers } from './gradients/handlers'
import { raceHandlers } from './race'
import { xrayHandlers } from './xray'
import { blankHandlers } from './blank'
import { howHandlers } from './step-plan'
import { corpusHandlers } from './texts'
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
