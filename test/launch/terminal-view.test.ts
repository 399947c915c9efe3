import { expect, it } from 'vitest'
import { duration, printable, progressLine, TerminalView } from '../../cli/terminal-view.mjs'

const progress = {
  step: 7,
  totalSteps: 100,
  perplexity: 12.345,
  heldOutPerplexity: undefined,
  charsPerSecond: 54321.9,
  secondsLeft: 61.4,
}

it('writes the progress on one line', () => {
  expect(progressLine(progress)).toBe('step 7/100  |  perplexity 12.35  |  54,322 characters/s  |  1 min 1 s left')
  expect(progressLine({ ...progress, heldOutPerplexity: 20 })).toContain('perplexity 12.35 (held-out 20.00)')
  expect(progressLine({ ...progress, secondsLeft: undefined })).toMatch(/characters\/s$/)
})

it('names durations', () => {
  expect([0, 59.6, 3600, 7325, Infinity, NaN].map(duration)).toEqual(['0 s', '1 min 0 s', '1 h 0 min', '2 h 2 min', '?', '?'])
})

it('shows control characters instead of obeying them', () => {
  expect(printable('a\x1b[2J\x07\x9b\u202eb')).toBe('a\\u{1b}[2J\\u{7}\\u{9b}\\u{202e}b')
  expect(printable('tab\tline\nçà 你好 🙂')).toBe('tab\tline\nçà 你好 🙂')
})

it('rewrites the line on a terminal, no wider than it', () => {
  let written = ''
  const view = new TerminalView({ isTTY: true, columns: 20, write: (text: string) => (written += text) })
  view.progress(progress)
  expect(written).toBe('\r\x1b[2K▉░░░░░░░░░░░ step 7')
  view.line('done')
  expect(written).toBe('\r\x1b[2K▉░░░░░░░░░░░ step 7\r\x1b[2Kdone\n')
})

it('writes a plain line every few seconds elsewhere', () => {
  const lines: string[] = []
  const view = new TerminalView({ write: (text: string) => lines.push(text) })
  for (let second = 0; second <= 10; second++) view.progress({ ...progress, step: second }, second * 1000)
  expect(lines.map((line) => line.split('/')[0])).toEqual(['step 0', 'step 5', 'step 10'])
})
