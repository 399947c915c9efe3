// Models in the browser: a training saved under a name, to resume at any time; and as a file, which the library reads too.
import { TextModel, readSafetensors } from 'sluice'
import type { ModelInfo } from '../shared/models'
import { emptyRecord, type LearningData, type TrainConfig } from '../shared/train/record'
import type { Settings } from '../shared/train/settings'
import { device } from './device'
import type { SavedRun } from './saved-run'
import { deleteRun, saveRun, listModels, loadRun, renameModel } from './storage'
import { train } from './train'

type SavedTraining = SavedRun<Settings, LearningData>

async function save(name: string, run: SavedTraining, text: string): Promise<ModelInfo> {
  const {
    config: {
      settings: { cell, hidden, layers },
      textName,
    },
    step,
    shown,
    files,
  } = run
  const heldOutLoss = shown.curve.heldOut.at(-1)?.loss ?? null
  const info = { id: crypto.randomUUID(), name, savedAt: Date.now(), cell, hidden, layers, step, heldOutLoss, textName, bytes: files[0]!.byteLength }
  await saveRun(info.id, run, text, info)
  return info
}

export const modelHandlers = {
  listModels: (): Promise<ModelInfo[]> => listModels(),

  /** Saves the current run as a model. A loaded model is paused. */
  async saveModel({ name }: { name: string }): Promise<ModelInfo | null> {
    const saved = await train.saved()
    if (!saved) return null
    const { run, text } = saved
    return save(name, { ...run, state: run.state === 'running' ? 'paused' : run.state }, text)
  },

  renameModel: ({ id, name }: { id: string; name: string }): Promise<void> => renameModel(id, name),
  deleteModel: ({ id }: { id: string }): Promise<void> => deleteRun(id),

  /** A model as a file; with null that of the current run. */
  async exportModel({ id }: { id: string | null }): Promise<Uint8Array<ArrayBuffer> | null> {
    const saved = id === null ? await train.saved() : await loadRun(id)
    return saved?.run.files[0] ?? null
  },

  /** Adds a file to the list. It has no text, so loading it uses the text of the config.
   * @throws SluiceError `bad-file` for one that is not a text model. */
  async importModel({ name, bytes, config }: { name: string; bytes: ArrayBuffer; config: TrainConfig }): Promise<ModelInfo> {
    const file = new Uint8Array(bytes)
    const model = await TextModel.load(file, { device: await device() })
    const [first, ...others] = model.network.spec.layers.filter((layer) => 'cell' in layer)
    const { symbols } = model.vocabulary
    model.destroy()
    const { text: _, ...rest } = config
    const settings = { ...config.settings, cell: first!.cell, hidden: first!.hidden, layers: others.length + 1, symbols }
    const step = stepOf(file)
    const run: SavedTraining = {
      files: [file],
      config: { ...rest, textName: '', settings },
      step,
      limit: step + settings.iterations,
      shown: emptyRecord(step, settings.epochs),
      state: 'paused',
    }
    return save(name, run, '')
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
