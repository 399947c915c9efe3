// Writes text with a saved model.
import { TextModel } from 'sluice'
import { openAndTell } from './gpu.mjs'

/**
 * @param {{ prefix: string, length: number, temperature: number, topK: number, seed: number }} parameters
 * @param {import('../runtime/runtime.mjs').Host} host
 */
export default async function generate({ prefix, ...options }, host) {
  const gpu = await openAndTell(host)
  const model = await TextModel.load(await host.read('model'), { device: gpu })
  let text = prefix
  for await (const piece of model.stream(prefix, options)) {
    text += piece
    await host.tell({ kind: 'piece', text: piece })
    if (host.stopped) break
  }
  model.destroy()
  gpu.destroy()
  return { text, stopped: host.stopped }
}
