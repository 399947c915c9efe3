/**
 * An error whose message is written for the person at the terminal: it is printed without a stack.
 * @module
 */
export class UserError extends Error {
  /** @override */
  name = 'UserError'
}

/**
 * Runs the main function of a command: a UserError ends it with its message alone, anything else is a bug and keeps
 * its stack.
 * @param {() => Promise<number>} main gives the exit code
 */
export async function runCommand(main) {
  // `npm start | head` closes the pipe when it has enough, which is no error; Chrome is closed on exit.
  process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  try {
    process.exitCode = await main()
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error)
    process.exitCode = 1
  }
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error))
