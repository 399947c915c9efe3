import { codeOfEnding, followEnding } from './ending.mjs'
import { sentenceOf } from './fs-errors.mjs'

/**
 * An error whose message is written for the person at the terminal: it is printed without a stack.
 * @module
 */
export class UserError extends Error {
  /** @override */
  name = 'UserError'
  /** The exit code of the command. */
  exitCode = 1
}

/** A command line that was not understood. */
export class UsageError extends UserError {
  /** @override */
  exitCode = 2
}

/**
 * Runs the main function of a command: a UserError, and what the system says of a path, ends it with a sentence alone; anything
 * else is a bug and keeps its stack. A command that was told to end has the exit code of that.
 * @param {() => Promise<number>} main gives the exit code
 */
export async function runCommand(main) {
  followEnding()
  // `npm start | head` closes the pipe when it has enough, and a terminal may close: neither is an error. Chrome is closed on exit.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
      process.exit(codeOfEnding() ?? 0)
    })
  }
  try {
    const code = await main()
    process.exitCode = codeOfEnding() ?? code
  } catch (error) {
    console.error(error instanceof UserError ? error.message : (sentenceOf(error) ?? error))
    process.exitCode = codeOfEnding() ?? (error instanceof UserError ? error.exitCode : 1)
  }
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error))
