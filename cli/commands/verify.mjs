// `sluice verify` checks every kernel on the GPU that is there, `sluice measure` times it. `npm run verify` and `npm run measure` do the same
// (verifyGpu, measureGpu).
import { writeWhole } from '../files.mjs'
import { numberOf } from '../options.mjs'
import { put, say } from '../output.mjs'
import { runTask } from '../runtime/runtime.mjs'
import { printable } from '../terminal-view.mjs'

/** @type {import('./index.mjs').Command} */
export const verify = {
  usage: 'verify',
  about: 'check every kernel on this GPU',
  options: {
    strategies: { argument: 'LIST', about: 'such as fused-1,per-step-16 (default: those offered)', kind: 'text' },
    save: { argument: 'FILE', about: 'the report as JSON', kind: 'file' },
  },
  examples: ['sluice verify --save my-gpu.json'],
  most: 0,
  async run({ options }) {
    /** @param {any} event */
    const tell = (event) => {
      put(event)
      if (event.kind === 'adapter') return say(printable(event.name))
      for (const { kernel, strategy, what, status } of event.lines)
        say(`${String(event.done).padStart(3)}/${event.of} ${status.padEnd(7)} ${kernel}${strategy ? ` · ${strategy}` : ''} · ${what}`)
    }
    const { report, text } = await runTask({ task: 'verify', parameters: { strategies: options.strategies }, tell }, options.runtime)
    if (options.save !== undefined) writeWhole(options.save, `${JSON.stringify(report, null, 1)}\n`)
    put({ kind: 'report', report })
    say(`\n${text}`)
    return report.lines.some((/** @type {any} */ { status }) => status !== 'passed') ? 1 : 0
  },
}

/** @type {import('./index.mjs').Command} */
export const measure = {
  usage: 'measure',
  about: 'time training and running on this GPU',
  options: {
    strategies: { argument: 'LIST', about: 'such as fused-1,per-step-16 (default: those offered)', kind: 'text' },
    seconds: { argument: 'N', about: 'nothing new begins after that (default 60)', kind: 'count' },
    save: { argument: 'FILE', about: 'the measurement as JSON', kind: 'file' },
  },
  examples: ['sluice measure --save my-gpu.json'],
  most: 0,
  async run({ options }) {
    /** @param {any} event */
    const tell = (event) => {
      put(event)
      say(event.kind === 'adapter' ? printable(event.name) : `${String(event.done).padStart(3)}/${event.of} ${event.doing}`)
    }
    const parameters = { strategies: options.strategies, seconds: numberOf(options.seconds) }
    const { measurement, text } = await runTask({ task: 'measure', parameters, tell }, options.runtime)
    if (options.save !== undefined) writeWhole(options.save, `${JSON.stringify(measurement, null, 1)}\n`)
    put({ kind: 'measurement', measurement })
    say(`\n${text}`)
    return 0
  },
}
