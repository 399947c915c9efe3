import { spawn } from 'node:child_process'
import { messageOf } from '../errors.mjs'

/** Has a program end with this process. @param {import('node:child_process').ChildProcess} child */
export function endWithUs(child) {
  const end = () => child.kill()
  process.once('exit', end)
  child.once('close', () => process.off('exit', end))
}

/**
 * Runs a program and collects what it writes.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeout: number }} options
 * @returns {Promise<{ code: number | undefined, output: string }>} no code when it was ended for taking too long
 */
export function run(file, args, { timeout, ...options }) {
  return new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGKILL' })
    endWithUs(child)
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => resolve({ code: -1, output: messageOf(error) }))
    child.on('close', (code) => resolve({ code: code ?? undefined, output }))
  })
}
