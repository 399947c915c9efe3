// Sluice: a predictor whose state stays on the GPU. Batches that are there already are queued.
import { Predictor } from 'sluice'
import { version } from '../../../package.json'
import type { Engine } from './engine'

export const sluice: Engine = {
  title: `Sluice ${version}`,
  async open(network, { steps, streams }) {
    const predictor = await Predictor.create(network, { steps, batch: streams })
    const state = await predictor.state()
    return {
      hear: (batches) => Promise.all(batches.map((features) => predictor.predict({ features, state }))),
      async end() {
        state.destroy()
        predictor.destroy()
      },
    }
  },
}
