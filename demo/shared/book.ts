// The longest text that comes with the page, loaded when it is chosen: the documents of the project and the kernels, from the very files.

const documents: Record<string, string> = import.meta.glob(
  // Without the pages that tools write: there is nothing to read in tables of figures.
  ['../../README.md', '../../CONTRIBUTING.md', '../../docs/*.md', '!../../docs/compile.md', '!../../docs/model.md'],
  { query: '?raw', import: 'default', eager: true },
)
const kernels: Record<string, string> = import.meta.glob('../../shaders/**/*.wgsl', { query: '?raw', import: 'default', eager: true })

/** Without its tables, and without what the page that renders it does not show. */
const prose = (text: string) => text.replace(/^\|.*\n/gm, '').replace(/<!--.*?-->\n?/gs, '')

/** The introductions first, the others by their names. */
const introduces = (path: string) => path.endsWith('README.md')
const ordered = Object.entries(documents).sort(([a], [b]) => Number(introduces(b)) - Number(introduces(a)))

/** A document and some kernels in turns, so that what is held out, the end, has both. */
function interleaved(first: readonly string[], second: readonly string[]): string {
  const all = [first, second].flatMap((texts) => {
    const whole = texts.reduce((sum, { length }) => sum + length, 0)
    let before = 0
    // Each stands where it begins among those of its kind.
    return texts.map((text) => ({ text, at: ((before += text.length) - text.length) / whole }))
  })
  return all
    .sort((a, b) => a.at - b.at)
    .map(({ text }) => text.trim())
    .join('\n\n')
}

export const book = interleaved(
  ordered.map(([, text]) => prose(text)),
  Object.values(kernels),
)
