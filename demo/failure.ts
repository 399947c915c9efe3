// An error as the worker tells it to the page: an Error itself would lose its code on the way.
import { SluiceError } from 'sluice'
import type { Failure } from './protocol'

export function toFailure(error: unknown): Failure {
  if (error instanceof SluiceError) return { code: error.code, message: error.message }
  console.error(error)
  return { code: 'unexpected', message: `Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}` }
}
