// The results of the bench of streams as a table, and the page that shows it.
import { columns, figure, markdown, type Render } from '../table'
import type { Results } from './measure'

/** Sluice in ms, the others in ms and how many times as long Sluice takes. */
export function streamTable({ engines, results }: Results, render: Render = columns): string {
  const names = Object.keys(engines)
  const head = ['LSTM', ...names.flatMap((name) => (name === 'sluice' ? ['sluice, ms', 'p95', 'frames/s'] : [`${name}, ms`, 'p95', 'frames/s', 'ratio']))]
  const rows = results.map(({ hidden, title, rows }) => [
    `${hidden}, ${title}`,
    ...names.flatMap((name) => {
      const { median, p95, perSecond, ratio } = rows[name]!
      return [figure(median), figure(p95), figure(perSecond), ...(name === 'sluice' ? [] : [`×${figure(ratio)}`])]
    }),
  ])
  return render([head, ...rows])
}

/** Where, with what, and what the shortest answer takes. */
export function streamNote({ adapter, host, engines, skipped, floor, date, results }: Results): string {
  const differences = results.flatMap(({ difference }) => (difference === null ? [] : [difference]))
  const same = differences.length > 0 ? ` The logits differ by ${Math.max(...differences).toExponential(0)} at most.` : ''
  const missing = Object.entries(skipped).map(([name, why]) => ` ${name}: skipped, ${why}.`)
  const shortest = `A submit that copies 16 bytes, and the wait for them, take ${figure(floor.copy)} ms; with a dispatch, ${figure(floor.dispatch)} ms.`
  return `(${[adapter, ...Object.values(host), ...Object.values(engines), date].join('; ')}.) ${shortest}${same}${missing.join('')}`
}

export const streamMarks = ['<!-- bench streams: written by `npm run bench:stream -- page` -->', '<!-- end of bench streams -->'] as const

/** The page with the results between its marks. @throws Error if it has none. */
export function withStreams(page: string, results: Results): string {
  const [from, to] = [page.indexOf(streamMarks[0]), page.indexOf(streamMarks[1])]
  if (from < 0 || to < from) throw new Error(`no ${streamMarks[0]} in the page`)
  return `${page.slice(0, from + streamMarks[0].length)}\n\n${streamTable(results, markdown)}\n\n${streamNote(results)}\n\n${page.slice(to)}`
}
