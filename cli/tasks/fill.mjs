// Fills in the hidden characters of a text with a saved model.
import { BlankModel } from 'sluice'
import { openAndTell } from './gpu.mjs'

/**
 * @param {{ text: string, blank: string, top: number }} parameters
 * @param {import('../runtime/runtime.mjs').Host} host
 */
export default async function fill({ text, ...options }, host) {
  const gpu = await openAndTell(host)
  const model = await BlankModel.load(await host.read('model'), { device: gpu })
  const filled = await model.guess(text, options)
  model.destroy()
  gpu.destroy()
  return filled
}
