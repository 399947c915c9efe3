// What the page can call.
import { raceHandlers } from './race'
import { xrayHandlers } from './xray'
import { xrayBackHandlers } from './xray-back'
import { blankHandlers } from './blank'
import { planHandlers } from './step-plan'
import { textHandlers } from './texts'
import { deviceHandlers } from './device'
import { modelHandlers } from './models'
import { runHandlers } from './runs'
import { trainHandlers } from './train'
import { verifyHandlers } from './verify'

export const handlers = {
  ...deviceHandlers,
  ...textHandlers,
  ...runHandlers,
  ...trainHandlers,
  ...modelHandlers,
  ...raceHandlers,
  ...xrayHandlers,
  ...xrayBackHandlers,
  ...blankHandlers,
  ...planHandlers,
  ...verifyHandlers,
}

export type Handlers = typeof handlers
