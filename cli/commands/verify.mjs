// `sluice verify`: checks every kernel on the GPU that is there. `npm run verify` runs the same checks (verifyGpu).
import { writeWhole } from '../files.mjs'
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
