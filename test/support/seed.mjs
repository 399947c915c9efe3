// Which cases a run takes: some of each product, chosen by a seed, or all of them.
import { execFileSync } from 'node:child_process'

/**
 * `SLUICE_SEED`, a whole number below 2³²; else the commit that is checked out. So a run that is repeated takes the same cases, on every
 * machine, and each commit takes others. Without Git it is 1.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {number}
 */
export function seedOf({ SLUICE_SEED: given } = process.env) {
  if (given === undefined || given === '') return seedOfCommit()
  const seed = Number(given)
  if (!/^\d+$/.test(given) || seed > 0xffffffff) throw new Error(`SLUICE_SEED is ${given}, expected a whole number from 0 to 4294967295, such as a run prints.`)
  return seed
}

function seedOfCommit() {
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return parseInt(head.slice(0, 8), 16)
  } catch {
    return 1
  }
}

/** Whether all cases are taken (`SLUICE_ALL=1`). @param {NodeJS.ProcessEnv} [env] */
export const takesAll = ({ SLUICE_ALL: all } = process.env) => all === '1'
