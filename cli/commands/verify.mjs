// `sluice verify` checks every kernel on the GPU that is there, `sluice measure` times it. `npm run verify` and `npm run measure` do the same
// (verifyGpu, measureGpu).
import { writeWhole } from '../files.mjs'
import { hasFailed, linesOf } from '../gpu-lines.mjs'
import { numberOf } from '../options.mjs'
import { put, say } from '../output.mjs'
import { runTask } from '../runtime/runtime.mjs'
import { printable } from '../terminal-view.mjs'

/** @param {any} event */
function tell(event) {
  put(event)
  for (const line of linesOf(event)) say(printable(line))
}

const strategies = /** @type {const} */ ({ argument: 'LIST', about: 'such as fused-1, or all (default: what fits this GPU)', kind: 'text' })

/** @type {import('./index.mjs').Command} */
export const verify = {
  usage: 'verify',
  about: 'check every kernel on this GPU',
  options: {
    strategies,
    save: { argument: 'FILE', about: 'the report as JSON', kind: 'file' },
  },
  examples: ['sluice verify --save my-gpu.json'],
  most: 0,
  async run({ options }) {
    const { report, text } = await runTask({ task: 'verify', parameters: { strategies: options.strategies }, tell }, options.runtime)
    if (options.save !== undefined) writeWhole(options.save, `${JSON.stringify(report, null, 1)}\n`)
    put({ kind: 'report', report })
    say(`\n${text}`)
    return hasFailed(report) ? 1 : 0
  },
}

/** @type {import('./index.mjs').Command} */
export const measure = {
  usage: 'measure',
  about: 'time training and running on this GPU',
  options: {
    strategies,
    seconds: { argument: 'N', about: 'nothing new begins after that (60; 300 without a GPU)', kind: 'count' },
    save: { argument: 'FILE', about: 'the measurement as JSON', kind: 'file' },
  },
  examples: ['sluice measure --save my-gpu.json'],
  most: 0,
  async run({ options }) {
    const parameters = { strategies: options.strategies, seconds: numberOf(options.seconds) }
    const { measurement, text } = await runTask({ task: 'measure', parameters, tell }, options.runtime)
    if (options.save !== undefined) writeWhole(options.save, `${JSON.stringify(measurement, null, 1)}\n`)
    put({ kind: 'measurement', measurement })
    say(`\n${text}`)
    return hasFailed(measurement) ? 1 : 0
  },
}
