// Hourly demand: forecasts of the next 24 hours from many origins that were not trained on, beside two naive ones. The demand is made here, so that
// the example needs no file: a trend, a day and a week, and noise that lasts for hours.
import { adam, cosine, Series, SeriesModel, type Gpu } from 'sluice'

const [day, week] = [24, 168]

/** Demand of so many hours, the same every time. */
export function demand(hours: number, seed = 1): Float64Array<ArrayBuffer> {
  let state = seed
  // Numbers from 0 to 1 (mulberry32).
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  let noise = 0
  return Float64Array.from({ length: hours }, (_, hour) => {
    const turn = (2 * Math.PI * hour) / day
    const weekend = hour % week >= 5 * day
    const daily = 30 * Math.sin(turn - 1.9) + 12 * Math.sin(2 * turn + 0.6)
    // Normal to within a hair: the sum of twelve. Each hour keeps most of the noise of the hour before.
    noise = 0.85 * noise + 4 * (Array.from({ length: 12 }, random).reduce((a, b) => a + b, 0) - 6)
    return 200 + 0.003 * hour + (weekend ? 0.5 * daily - 20 : daily) + noise
  })
}

/** How long the series is, and how the model is trained. */
export interface Settings {
  readonly weeks: number
  readonly window: number
  readonly hidden: number
  readonly batch: number
  readonly iterations: number
  readonly rate: number
  readonly seed: number
}
export const settings: Settings = { weeks: 26, window: week, hidden: 32, batch: 16, iterations: 400, rate: 1e-2, seed: 1 }

/** Hours of a forecast, from one origin to the next, and the part that is held out. */
export const [horizon, every, heldOut] = [day, 7, 0.2]

export interface Errors {
  readonly mae: number
  readonly rmse: number
}

/** Errors of saying again what was there `period` hours before, or, for 1, the last value: from the same origins as a model whose window is no
 * shorter than that. */
function naive(values: Float64Array, window: number, period: number): Errors {
  const errors: number[] = []
  for (let origin = Math.max(window, period); origin + horizon <= values.length; origin += every)
    for (let step = 0; step < horizon; step++) errors.push(values[origin + step]! - values[origin - period + (step % period)]!)
  const mean = (of: (error: number) => number) => errors.reduce((sum, error) => sum + of(error), 0) / errors.length
  return { mae: mean(Math.abs), rmse: Math.sqrt(mean((error) => error ** 2)) }
}

/** Errors of 24 hours on the held-out end: of the model, of the last value, of the day before and of the week before. */
export async function forecastDemand(device?: Gpu, own: Partial<Settings> = {}): Promise<Record<'model' | 'last' | 'yesterday' | 'lastWeek', Errors>> {
  const { weeks, window, hidden, batch, iterations, rate, seed } = { ...settings, ...own }
  const series = Series.fromValues(demand(weeks * week), { heldOut })
  const model = await SeriesModel.create({ scale: series.scale, window, cell: 'lstm', hidden, seed, ...(device && { device }) })
  const optimizer = adam({ rate: cosine({ rate, steps: iterations, warmup: Math.floor(iterations / 20) }) })
  for await (const { step, loss, rowsPerSecond } of model.train(series, { batch, iterations, seed, optimizer }))
    if (step % 100 === 99) console.log(`step ${step + 1}: loss ${loss.toFixed(4)}, ${Math.round(rowsPerSecond)} rows a second`)
  const { mae, rmse } = await model.evaluate(series.heldOut, { horizon, every })
  model.destroy()
  const last = naive(series.heldOut, window, 1)
  return { model: { mae: mae[0]!, rmse: rmse[0]! }, last, yesterday: naive(series.heldOut, window, day), lastWeek: naive(series.heldOut, window, week) }
}
