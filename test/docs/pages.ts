// The pages that people read, taken apart: their blocks of code, their links and what a link can point at.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

const inFolder = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort()

/** Every page, as a path from the root of the project. */
export const pages: readonly string[] = ['README.md', 'README.zh.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inFolder('docs'), ...inFolder('examples')]

export const read = (page: string): string => readFileSync(join(root, page), 'utf8')

export interface Block {
  readonly language: string
  readonly code: string
  /** Line of its fence, from 1. */
  readonly line: number
  /** What the page says in a comment above it, `<!-- given: declare const text: string -->`: names that the reader has already. */
  readonly given: string
}

/** The fenced blocks of a page. */
export function blocksOf(text: string): Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, indent, language] = /^( *)```(\S*)/.exec(lines[i]!) ?? []
    if (indent === undefined) continue
    const begin = i
    while (++i < lines.length && !/^ *```\s*$/.test(lines[i]!));
    if (i === lines.length) throw new Error(`the block at line ${begin + 1} has no end`)
    const before = lines.slice(0, begin).findLast((line) => line.trim() !== '') ?? ''
    blocks.push({
      language: language!,
      line: begin + 1,
      given: /<!-- given: (.*) -->/.exec(before)?.[1] ?? '',
      code: lines
        .slice(begin + 1, i)
        .map((line) => line.slice(indent.length))
        .join('\n'),
    })
  }
  return blocks
}

/** The page without its blocks of code. */
export const proseOf = (text: string): string => text.replace(/^ *```[^]*?^ *```\s*$/gm, '')

/** Targets of links and pictures, code left out. */
export const linksOf = (text: string): string[] =>
  [
    ...proseOf(text)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target]) => target!)

/** Names that a link may put after `#`, as GitHub makes them of headings. */
export const anchorsOf = (text: string): string[] =>
  [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
