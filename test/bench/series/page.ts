// The example of a time series as it stands, in a page, for main.mjs.
import { demand, every, forecastDemand, heldOut, horizon, settings } from '../../../examples/time-series'

/** Errors, and what PyTorch needs to do the same. */
export default async function run() {
  const errors = await forecastDemand()
  return { errors, settings, horizon, every, heldOut, values: [...demand(settings.weeks * 168)] }
}
