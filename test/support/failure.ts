// How tests catch an error that they want to look at.
import { expect } from 'vitest'
import { SluiceError } from '../../src/errors'

/** The SluiceError that `work` ends in. @throws what else it ends in, or an error if it ends in none. */
export async function failure(work: () => unknown): Promise<SluiceError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof SluiceError) return error
    throw error
  }
  throw new Error('expected an error, and none came')
}

/** What `toThrow` compares an error with: a SluiceError of this code and message. */
export const refusal = (code: string, message: string | RegExp): unknown =>
  expect.objectContaining({
    name: 'SluiceError',
    code,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  })
