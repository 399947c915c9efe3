// The Markdown of the documents of this project, as data: what they use of it, and no more.

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  | { readonly kind: 'emphasis'; readonly text: string }
  | { readonly kind: 'link'; readonly text: readonly Inline[]; readonly to: string }

export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly text: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'table'; readonly head: readonly (readonly Inline[])[]; readonly rows: readonly (readonly (readonly Inline[])[])[] }

/** Code, a picture (its description is what is left of it), a link, bold, italics. */
const marks = /`` ?(.+?) ?``|`([^`]+)`|!\[([^\]]*)\]\([^)]*\)|\[((?:[^[\]]|\[[^\]]*\])+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|\*([^*\s](?:[^*]*[^*\s])?)\*/g

export function inline(text: string): Inline[] {
  const found: Inline[] = []
  let from = 0
  const plain = (to: number) => to > from && found.push({ kind: 'text', text: text.slice(from, to).replace(/\\([\\|*`<_])/g, '$1') })
  for (const match of text.matchAll(marks)) {
    plain(match.index)
    from = match.index + match[0].length
    const [, code2, code, picture, words, to, strong, emphasis] = match
    if (code2 ?? code) found.push({ kind: 'code', text: (code2 ?? code)!.replaceAll('\\|', '|') })
    else if (picture !== undefined) found.push({ kind: 'emphasis', text: picture })
    else if (to) found.push({ kind: 'link', text: inline(words!), to })
    else if (strong) found.push({ kind: 'strong', text: strong })
    else found.push({ kind: 'emphasis', text: emphasis! })
  }
  plain(text.length)
  return found
}

const isTable = (line: string) => /^\s*\|/.test(line)
const item = /^( *)(?:[-*]|(\d+)\.) +/
const cellsOf = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => inline(cell.trim()))

export function parseMarkdown(source: string): Block[] {
  const lines = source.replace(/<!--.*?-->/gs, '').split('\n')
  const blocks: Block[] = []
  let at = 0
  /** Takes lines while they belong to the block. */
  const take = (belongs: (line: string) => boolean) => {
    const from = at
    while (at < lines.length && belongs(lines[at]!)) at++
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = lines[at]!
    const heading = /^(#+) +(.*)$/.exec(line)
    const list = item.exec(line)
    if (!line.trim()) at++
    else if (heading) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: inline(heading[2]!) })
      at++
    } else if (line.startsWith('```')) {
      at++
      blocks.push({ kind: 'code', text: take((next) => !next.startsWith('```')).join('\n') })
      at++
    } else if (isTable(line)) {
      const [head, , ...rows] = take(isTable).map(cellsOf)
      blocks.push({ kind: 'table', head: head!, rows })
    } else if (list) {
      // An item goes on where a line is indented, over empty lines too.
      const all = take((next) => item.test(next) || /^\s/.test(next) || (!next.trim() && /^\s+\S/.test(lines[at + 1] ?? '')))
      const items: string[][] = []
      for (const next of all) {
        const start = item.exec(next)
        if (start && start[1]!.length <= list[1]!.length) items.push([next.slice(start[0].length)])
        else items.at(-1)!.push(next)
      }
      const outdented = (rows: readonly string[]) => {
        const indent = Math.min(...rows.slice(1).flatMap((row) => (row.trim() ? [row.search(/\S/)] : [])), 8)
        return [rows[0], ...rows.slice(1).map((row) => row.slice(indent))].join('\n')
      }
      blocks.push({ kind: 'list', ordered: list[2] !== undefined, items: items.map((rows) => parseMarkdown(outdented(rows))) })
    } else {
      const rows = take((next) => Boolean(next.trim()) && !/^#+ |^```/.test(next) && !isTable(next) && !item.test(next))
      blocks.push({ kind: 'paragraph', text: inline(rows.join(' ')) })
    }
  }
  return blocks
}
