// The declarations of the library: what a user can import, and what that refers to. The compiler writes them for every file of src/, with
// all that the engine shares within itself; members marked @internal it leaves out by itself (`stripInternal`).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** A top-level statement of a declaration file: the names that it declares, and those that it refers to. */
interface Statement {
  readonly node: ts.Statement
  readonly declares: readonly string[]
  readonly refersTo: ReadonlySet<string>
  /** What it refers to by `import('./file').Name`, as the compiler writes types that nobody wrote. */
  readonly inline: readonly Import[]
}

interface Import {
  readonly file: string
  /** The name in that file; null for all that it exports. */
  readonly name: string | null
}

interface Module {
  readonly source: ts.SourceFile
  readonly statements: readonly Statement[]
  /** What a name stands for that another file declares. */
  readonly imports: ReadonlyMap<string, Import>
  readonly exports: ReadonlyMap<string, Import>
}

/** Writes the declarations into a folder, empty before. Relative imports get the ending of a file: who resolves modules as Node does
 * (`nodenext`) would find none otherwise, and the API would be `any`, most often silently.
 * @param entries files of src/ that the package exports, such as index.ts */
export function writeDeclarations(root: string, outDir: string, entries: readonly string[] = ['index.ts']): void {
  const files = emit(root)
  const kept = shake(
    files,
    entries.map((entry) => join(root, 'src', entry.replace(/\.ts$/, '.d.ts'))),
  )
  rmSync(outDir, { recursive: true, force: true })
  for (const [file, text] of kept) {
    const to = join(outDir, relative(join(root, 'src'), file))
    mkdirSync(dirname(to), { recursive: true })
    writeFileSync(to, text)
  }
}

/** All declaration files, by their paths beside the sources. */
function emit(root: string): Map<string, string> {
  const config = join(root, 'tsconfig.build.json')
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    root,
    { declarationDir: 'src' },
    config,
  )
  const files = new Map<string, string>()
  const program = ts.createProgram(fileNames, { ...options, outDir: undefined, declarationDir: undefined })
  program.emit(undefined, (file, text) => void files.set(file, text), undefined, true)
  return files
}

/** The files that the entries need, each with the statements that are needed of it. */
function shake(files: ReadonlyMap<string, string>, entries: readonly string[]): Map<string, string> {
  const modules = new Map<string, Module>()
  const moduleOf = (file: string): Module => {
    const known = modules.get(file) ?? parse(file, files)
    modules.set(file, known)
    return known
  }
  const needed = new Map<string, Set<Statement>>()
  const need = (file: string, name: string): void => {
    const { statements, imports, exports } = moduleOf(file)
    const from = exports.get(name) ?? imports.get(name)
    if (from && !statements.some(({ declares }) => declares.includes(name))) return from.name === null ? needAll(from.file) : need(from.file, from.name)
    const here = needed.get(file) ?? new Set()
    needed.set(file, here)
    for (const statement of statements)
      if (statement.declares.includes(name) && !here.has(statement)) {
        here.add(statement)
        for (const other of statement.refersTo) need(file, other)
        for (const { file: other, name } of statement.inline) need(other, name!)
      }
  }
  const needAll = (file: string): void => {
    if (!needed.has(file)) needed.set(file, new Set())
    const { statements, exports } = moduleOf(file)
    for (const name of [...exports.keys(), ...statements.flatMap(({ node, declares }) => (isExported(node) ? declares : []))]) need(file, name)
  }
  for (const entry of entries) needAll(entry)
  // A file that only passes names on is needed as well: who imports from it does so by its path.
  const texts = new Map<string, string>()
  const write = (file: string, names: ReadonlySet<string> | null): void => {
    const module = moduleOf(file)
    texts.set(file, print(module, file, needed.get(file) ?? new Set(), names))
  }
  const passed = new Map<string, Set<string> | null>(entries.map((entry) => [entry, null]))
  const visit = (file: string): void => {
    const { imports, exports } = moduleOf(file)
    const used = new Set([...(needed.get(file) ?? [])].flatMap(({ refersTo }) => [...refersTo]))
    const asked = passed.get(file)
    const inline = [...(needed.get(file) ?? [])].flatMap((statement) => statement.inline)
    const named = [...[...imports].filter(([name]) => used.has(name)), ...[...exports].filter(([name]) => asked === null || asked?.has(name))]
    for (const { file: other, name } of [...named.map(([, from]) => from), ...inline]) {
      const before = passed.get(other)
      if (before === null || (name !== null && before?.has(name))) continue
      passed.set(other, name === null ? null : new Set([...(before ?? []), name]))
      visit(other)
    }
  }
  for (const entry of entries) visit(entry)
  for (const [file, names] of passed) write(file, names)
  return texts
}

const isExported = (node: ts.Statement): boolean =>
  (ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

function parse(file: string, files: ReadonlyMap<string, string>): Module {
  const text = files.get(file)
  if (text === undefined) throw new Error(`There are no declarations of ${file}`)
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const [imports, exports] = [new Map<string, Import>(), new Map<string, Import>()]
  const statements: Statement[] = []
  for (const node of source.statements) {
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined
    if (from && ts.isStringLiteral(from)) {
      const other = resolve(file, from.text, files)
      const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : (node as ts.ExportDeclaration).exportClause
      if (!named || !(ts.isNamedImports(named) || ts.isNamedExports(named))) throw new Error(`${file}: ${node.getText()} names nothing`)
      for (const { name, propertyName } of named.elements)
        (ts.isImportDeclaration(node) ? imports : exports).set(name.text, { file: other, name: (propertyName ?? name).text })
    } else if (!ts.isExportDeclaration(node)) statements.push({ node, declares: declaredBy(node), refersTo: new Set(), inline: [] })
  }
  const known = new Set([...imports.keys(), ...statements.flatMap(({ declares }) => declares)])
  for (const { node, refersTo, inline } of statements) {
    const visit = (child: ts.Node): void => {
      const specifier = specifierOf(child)
      if (specifier) (inline as Import[]).push({ file: resolve(file, specifier.text, files), name: (child as ts.ImportTypeNode).qualifier!.getText() })
      if (ts.isIdentifier(child) && known.has(child.text)) (refersTo as Set<string>).add(child.text)
      ts.forEachChild(child, visit)
    }
    visit(node)
  }
  return { source, statements, imports, exports }
}

/** The path in `import('./file').Name`. */
const specifierOf = (node: ts.Node): ts.StringLiteral | undefined =>
  ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal) ? node.argument.literal : undefined

function declaredBy(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText())
  const { name } = node as ts.Statement & { name?: ts.Identifier }
  return name ? [name.text] : []
}

function resolve(file: string, specifier: string, files: ReadonlyMap<string, string>): string {
  const path = join(dirname(file), specifier.replace(/\.[jt]s$/, ''))
  const found = [`${path}.d.ts`, `${path}/index.d.ts`].find((name) => files.has(name))
  if (!found) throw new Error(`${file} imports ${specifier}, which has no declarations`)
  return found
}

/** @param names that other files import of it, null for all */
function print({ source, imports, exports }: Module, file: string, needed: ReadonlySet<Statement>, names: ReadonlySet<string> | null): string {
  const used = new Set([...needed].flatMap(({ refersTo }) => [...refersTo]))
  const declared = new Set([...needed].flatMap(({ declares }) => declares))
  const lines = (word: string, of: ReadonlyMap<string, Import>, keep: (name: string) => boolean): string[] => {
    const byFile = new Map<string, string[]>()
    for (const [name, from] of of)
      if (keep(name)) byFile.set(from.file, [...(byFile.get(from.file) ?? []), from.name === name ? name : `${from.name} as ${name}`])
    return [...byFile].map(([other, list]) => {
      return `${word} { ${list.join(', ')} } from '${pathTo(other, file)}'\n`
    })
  }
  const own = [...needed].sort((a, b) => a.node.pos - b.node.pos).map((statement) => textOf(statement, source, file))
  // Without a name that is exported a file would be no module.
  return [
    ...lines('import type', imports, (name) => used.has(name) && !declared.has(name)),
    ...lines('export', exports, (name) => names === null || names.has(name)),
    ...own,
    ...(own.length > 0 && ![...needed].some(({ node }) => isExported(node)) ? ['export {}\n'] : []),
  ].join('')
}

/** A statement with its own comment; the comment of the file, before the first one, is about its code. */
function textOf({ node, inline }: Statement, source: ts.SourceFile, file: string): string {
  const comments = ts.getLeadingCommentRanges(source.text, node.pos) ?? []
  const own = comments.filter(({ pos }) => source.text.startsWith('/**', pos)).at(-1)
  const paths = inline.map((from) => pathTo(from.file, file))
  return `${source.text.slice(own?.pos ?? node.getStart(source), node.end).replace(/\bimport\(["']\..+?["']\)/g, () => `import('${paths.shift()}')`)}\n`
}

/** The path of one declaration file from another, with the ending of the code. */
function pathTo(other: string, file: string): string {
  const path = relative(dirname(file), other)
    .replaceAll('\\', '/')
    .replace(/\.d\.ts$/, '.js')
  return path.startsWith('.') ? path : `./${path}`
}
