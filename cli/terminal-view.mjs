// What the training looks like in a terminal: one progress line rewritten in place, samples above it. Where the output
// is not a terminal (a file, a pipe, CI) the progress is a plain line every few seconds.

/** @typedef {Omit<import('./tasks/train.mjs').Progress, 'loss'>} Progress */

const secondsBetweenLines = 5

/**
 * Text that a model wrote, made safe to print: control characters could move the cursor or change the terminal, and
 * direction marks could disguise what stands there. They are shown as escapes.
 * @param {string} text
 */
export function printable(text) {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (c) => {
    return `\\u{${c.charCodeAt(0).toString(16)}}`
  })
}

/** @param {number} seconds */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return '?'
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  if (hours > 0) return `${hours} h ${minutes} min`
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`
}

/** @param {number} value */
const perplexity = (value) => (value < 1000 ? value.toFixed(2) : value.toExponential(1))

/** @param {Progress} p */
export function progressLine(p) {
  const heldOut = p.heldOutPerplexity === undefined ? '' : ` (held-out ${perplexity(p.heldOutPerplexity)})`
  return [
    `step ${p.step}/${p.totalSteps}`,
    `perplexity ${perplexity(p.perplexity)}${heldOut}`,
    `${Math.round(p.charsPerSecond).toLocaleString('en')} characters/s`,
    ...(p.secondsLeft === undefined ? [] : [`${duration(p.secondsLeft)} left`]),
  ].join('  |  ')
}

/** How much is done, as a bar of so many columns. @param {number} share from 0 to 1 @param {number} [columns] */
export function bar(share, columns = 12) {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * columns * 8)
  const full = '█'.repeat(eighths >> 3)
  const part = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7] ?? ''
  return (full + part).padEnd(columns, '░')
}

export class TerminalView {
  /** @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} [output] */
  constructor(output = process.stdout) {
    this.output = output
    this.progressShown = false
    this.nextLine = 0
  }

  /** @param {string} text */
  line(text) {
    this.clearProgress()
    this.output.write(`${text}\n`)
  }

  /**
   * @param {Progress} p
   * @param {number} [now] in milliseconds
   */
  progress(p, now = performance.now()) {
    if (this.output.isTTY) {
      // One column is left free: filling the last one would wrap, and a wrapped line cannot be rewritten.
      const text = `${bar(p.step / p.totalSteps)} ${progressLine(p)}`.slice(0, Math.max(1, (this.output.columns ?? 80) - 1))
      this.output.write(`\r\x1b[2K${text}`)
      this.progressShown = true
    } else if (now >= this.nextLine) {
      this.nextLine = now + secondsBetweenLines * 1000
      this.output.write(`${progressLine(p)}\n`)
    }
  }

  /**
   * @param {string} title
   * @param {string} text written by the model
   */
  sample(title, text) {
    const indented = printable(text).replaceAll('\n', '\n  ')
    this.line(`\n${title}:\n  ${indented}\n`)
  }

  clearProgress() {
    if (this.progressShown) this.output.write('\r\x1b[2K')
    this.progressShown = false
  }
}
