// Every block of TypeScript and JavaScript on the pages compiles against the library. A reader has some things already; those
// are `common` below, or stand in a comment above the block: `<!-- given: declare const text: string -->`. What a block uses of
// the library is imported for it, unless it imports from it itself.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { blocksOf, pages, read, root } from './pages'

const common = `
declare module 'webgpu' {
  export function create(options: string[]): GPU
  export const globals: object
}
declare const text: string
declare const file: File
declare const options: import('sluice').TrainOptions
declare function show(...values: unknown[]): void
declare function tell(...values: unknown[]): void
declare const bytes: Uint8Array<ArrayBuffer>
declare const ids: Uint32Array
declare const features: Float32Array
declare const targets: Float32Array
declare const lengths: Uint32Array
declare const corpus: import('sluice').Corpus
declare const model: import('sluice').TextModel
declare const network: import('sluice').Network
declare const trainer: import('sluice').Trainer
`

/** What src/index.ts exports, types among it. */
const exported = [...readFileSync(join(root, 'src/index.ts'), 'utf8').matchAll(/\{([^}]*)\}/g)].flatMap(([, names]) =>
  names!
    .split(',')
    .map((name) => name.replace(/\btype\b|.* as /g, '').trim())
    .filter(Boolean),
)

interface Piece {
  readonly page: string
  readonly line: number
  readonly language: string
  readonly code: string
  readonly given: string
}

/** A page in HTML has its modules; what else is in it is not code. */
const modulesOf = (html: string): string => [...html.matchAll(/<script type="module">([^]*?)<\/script>/g)].map(([, code]) => code).join('\n')

const pieces: Piece[] = pages.flatMap((page) =>
  blocksOf(read(page)).flatMap((block) => {
    if (block.language === 'html') return [{ ...block, page, language: 'js', code: modulesOf(block.code) }]
    return ['ts', 'tsx', 'js'].includes(block.language) ? [{ ...block, page }] : []
  }),
)

/** A block as a module. Lines before its own are one, so that messages can be placed. */
function moduleOf({ code, given }: Piece): string {
  const imported = /from 'sluice'/.test(code)
  const used = exported.filter(
    (name) => new RegExp(`\\b${name}\\b`).test(`${code}\n${given}`) && !new RegExp(`(const|let|function|class|interface|type) ${name}\\b`).test(code),
  )
  const others = imported ? used.filter((name) => new RegExp(`\\b${name}\\b`).test(given) && !new RegExp(`\\b${name}\\b[^]*from 'sluice'`).test(code)) : used
  return `export {}; ${others.length > 0 ? `import { ${others.map((name) => (/^[A-Z]/.test(name) && imported ? `type ${name}` : name)).join(', ')} } from 'sluice'; ` : ''}${given}\n${code}\n`
}

const nameOf = ({ page, line, language }: Piece): string => join(root, 'test/docs', `${page.replaceAll('/', '-')}-${line}.${language}`).replaceAll('\\', '/')

function compile(): Map<string, string[]> {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  const files = new Map(pieces.map((piece) => [nameOf(piece), moduleOf(piece)]))
  files.set(join(root, 'test/docs/common.d.ts').replaceAll('\\', '/'), common)
  // A block is a fragment: it may name a thing that it shows no use of, and it is not built.
  const host = ts.createCompilerHost({ ...options, verbatimModuleSyntax: false, noUnusedLocals: false })
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (file) => files.has(file) || fileExists(file)
  host.readFile = (file) => files.get(file) ?? readFile(file)
  host.getSourceFile = (file, ...rest) => (files.has(file) ? ts.createSourceFile(file, files.get(file)!, rest[0]) : getSourceFile(file, ...rest))
  const program = ts.createProgram(
    [...files.keys()],
    { ...options, verbatimModuleSyntax: false, noUnusedLocals: false, checkJs: true, strict: true, noEmit: true },
    host,
  )
  const faults = new Map<string, string[]>()
  for (const file of files.keys()) {
    const source = program.getSourceFile(file)!
    const all = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    const messages = all.map(({ start = 0, messageText }) => {
      const at = source.getLineAndCharacterOfPosition(start).line
      return `${at === 0 ? 'what is given' : source.text.split('\n')[at]!.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
    faults.set(file, messages)
  }
  return faults
}

let faults: Map<string, string[]> | undefined

test('there are blocks to compile, of the front page among them', () => {
  expect(pieces.filter(({ page }) => page === 'README.md').length).toBeGreaterThanOrEqual(2)
  expect(pieces.length).toBeGreaterThan(15)
})

test.each(pieces.map((piece) => [`${piece.page}:${piece.line}`, piece] as const))('%s compiles', (_, piece) => {
  faults ??= compile()
  expect(faults.get(nameOf(piece))).toEqual([])
})

test('a block that does not compile is noticed', () => {
  const wrong: Piece = { page: 'README.md', line: 0, language: 'ts', code: "await TextModel.create({ cell: 'gur', vocabulary: corpus.vocabulary })", given: '' }
  pieces.push(wrong)
  try {
    expect(compile().get(nameOf(wrong))).toEqual([expect.stringMatching(/gur/)])
  } finally {
    pieces.pop()
  }
})
