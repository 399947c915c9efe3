// The list of saved models. The models themselves stay in the worker.
import { signal } from '@preact/signals'
import type { Failure } from '../shared/protocol'
import type { ModelInfo } from '../shared/models'
import { call, failureOf } from '../client/client'
import { training } from './training'

export const models = signal<readonly ModelInfo[]>([])
export const modelsFailure = signal<Failure | null>(null)

/** Changes the models and refreshes the list; sets the failure if that does not work. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
  modelsFailure.value = null
  try {
    const result = await work()
    models.value = await call('listModels', undefined)
    return result
  } catch (error) {
    modelsFailure.value = failureOf(error)
    return null
  }
}

export const refreshModels = () => attempt(async () => {})
export const renameModel = (id: string, name: string) => attempt(() => call('renameModel', { id, name }))
export const deleteModel = (id: string) => attempt(() => call('deleteModel', { id }))

export const saveModel = (name: string) =>
  attempt(async () => {
    // Asks the browser not to delete it when it needs space. The browser may refuse.
    await navigator.storage?.persist?.().catch(() => false)
    return call('saveModel', { name })
  })

export const importModel = (file: File) =>
  attempt(async () => call('importModel', { name: file.name.replace(/\.safetensors$/i, ''), bytes: await file.arrayBuffer(), config: await training.config() }))

/** Downloads a model as a file; with null the one in training. */
export const exportModel = (id: string | null, name: string) =>
  attempt(async () => {
    const file = await call('exportModel', { id })
    if (!file) return
    const url = URL.createObjectURL(new Blob([file], { type: 'application/octet-stream' }))
    Object.assign(document.createElement('a'), { href: url, download: `${name}.safetensors` }).click()
    setTimeout(() => URL.revokeObjectURL(url), 60_000)
  })

export const isModelFile = (file: File) => /\.safetensors$/i.test(file.name)
