// Models in the browser: the run saved under a name, to go on with at any time; and as a file, which the library reads too.
import { TextModel, readSafetensors } from 'sluice'
import type { ModelInfo } from '../shared/models'
import { History, type TrainConfig } from '../shared/train/history'
import { device } from './device'
import { currentRun } from './run'
import { forgetRun, keepRun, listModels, recallRun, renameModel, type SavedRun } from './storage'

async function keep(name: string, run: SavedRun, text: string, heldOutLoss: number | null): Promise<ModelInfo> {
  const { order: { settings: { cell, hidden, layers }, textName }, step } = run
  const info = { id: crypto.randomUUID(), name, savedAt: Date.now(), cell, hidden, layers, step, heldOutLoss, textName, bytes: run.file.byteLength }
  await keepRun(info.id, run, text, info)
  return info
}

export const modelHandlers = {
  listModels: (): Promise<ModelInfo[]> => listModels(),

  /** Saves the run that is in training or paused; where it is recalled, it waits to go on. */
  async saveModel({ name }: { name: string }): Promise<ModelInfo | null> {
    const run = currentRun()
    if (!run) return null
    const saved = await run.save()
    return keep(name, { ...saved, state: saved.state === 'running' ? 'paused' : saved.state }, run.order.text, run.lastHeldOutLoss)
  },

  renameModel: ({ id, name }: { id: string; name: string }): Promise<void> => renameModel(id, name),
  deleteModel: ({ id }: { id: string }): Promise<void> => forgetRun(id),

  /** The model as a file, that of the current run unless it is named. */
  async exportModel({ id }: { id: string | null }): Promise<Uint8Array<ArrayBuffer> | null> {
    if (id === null) return (await currentRun()?.save())?.file ?? null
    return (await recallRun(id))?.run.file ?? null
  },

  /** Takes a file into the list. It has no text: where it is recalled, that of the order is tried.
   * @throws SluiceError `bad-file` for one that is not a text model. */
  async importModel({ name, bytes, order }: { name: string; bytes: ArrayBuffer; order: TrainConfig }): Promise<ModelInfo> {
    const file = new Uint8Array(bytes)
    const model = await TextModel.load(file, { device: await device() })
    const [first, ...others] = model.network.spec.layers
    model.destroy()
    const { text: _, ...rest } = order
    const settings = { ...order.settings, cell: first!.cell, hidden: first!.hidden, layers: others.length + 1 }
    const step = stepOf(file)
    const run: SavedRun = { file, order: { ...rest, textName: '', settings }, step, limits: { steps: step + settings.iterations, epochs: settings.epochs }, history: new History().data, state: 'paused' }
    return keep(name, run, '', null)
  },
}

/** Steps that the model of a file has been trained for, if it says. */
function stepOf(file: Uint8Array): number {
  try {
    const { step } = JSON.parse(readSafetensors(file).metadata['training']!) as { step: unknown }
    return Number.isSafeInteger(step) ? (step as number) : 0
  } catch {
    return 0 // saved without its training
  }
}
