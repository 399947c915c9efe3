// What the tasks verify and measure tell of, as lines: for `sluice`, and for `npm run verify` and `npm run measure`.

/** @param {any} event @returns {string[]} */
export function linesOf(event) {
  if (event.kind === 'adapter') return [event.name]
  const before = `${String(event.done).padStart(3)}/${event.of}`
  if (event.kind === 'measuring') return [`${before} ${event.doing}`]
  return event.lines.map((/** @type {import('sluice').KernelReport} */ { kernel, strategy, what, status, error, why, ms }) =>
    [`${before} ${status.padEnd(7)} ${kernel}`, strategy, what, error === null ? '–' : error.toPrecision(2), `${ms.toFixed(0)} ms`, why]
      .filter(Boolean)
      .join(' · '),
  )
}

/** Whether a check of a report did not pass, or Sluice was wrong or failed where it was measured.
 * @param {Partial<import('sluice').GpuReport & import('sluice').GpuMeasurement>} result */
export const hasFailed = ({ lines = [], works = [] }) =>
  lines.some(({ status }) => status !== 'passed') ||
  works.some(({ rows }) => rows.some(({ engine, status }) => engine === 'sluice' && (status === 'wrong' || status === 'failed')))
