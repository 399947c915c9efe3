// What the types say that there is: every export and method of the library and of its converters, the options of each, and the codes that its comment
// promises.
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = ['index.ts', ...['keras', 'onnx', 'raw', 'tfjs'].map((name) => `formats/${name}/index.ts`)].map((name) => `${root}src/${name}`)
const program = ts.createProgram(entries, {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  types: ['@webgpu/types', 'vite/client'],
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.esnext.disposable.d.ts'],
  skipLibCheck: true,
  noEmit: true,
})
const checker = program.getTypeChecker()

/** Public to other parts of the library, which call them with what they have checked: their comment says so, and docs have none of them. */
const isInner = (declaration: ts.Declaration | undefined): boolean => declaration !== undefined && commentOf(declaration).includes('@internal')
/** They take nothing, and free what there is. */
const destroys = (door: string) => door.endsWith('#destroy')

/** Whether a type is an object of options: written as an interface or a literal in src, and no class. */
function isOptions(type: ts.Type): boolean {
  const declarations = type.getSymbol()?.declarations ?? []
  return (
    declarations.some((d) => (ts.isInterfaceDeclaration(d) || ts.isTypeLiteralNode(d)) && d.getSourceFile().fileName.startsWith(`${root}src/`)) &&
    !handles.includes(type.getSymbol()!.name)
  )
}
/** Interfaces in src that are no options: what is handed over comes from the library itself. */
const handles = ['Optimizer', 'Tensor', 'FloatTensor', 'Training', 'GpuReport', 'GpuMeasurement', 'TfjsArtifacts']

/** The paths to every option of a type, to the third level and within lists. */
function options(type: ts.Type, depth = 3): string[] {
  const parts = type.isUnion() ? type.types : [type]
  const names = parts
    .filter((part) => depth > 0 && (isOptions(part) || part.isIntersection()))
    .flatMap((part) => part.getProperties())
    .flatMap((property) => {
      const declared = checker.getNonNullableType(checker.getTypeOfSymbol(property))
      const each = (declared.isUnion() ? declared.types : [declared]).flatMap((one) => {
        const item = checker.getIndexTypeOfType(one, ts.IndexKind.Number)
        const isList = item !== undefined && ['Array', 'ReadonlyArray'].includes(one.getSymbol()?.name ?? '')
        return isList ? options(checker.getNonNullableType(item), depth - 1).map((name) => `0.${name}`) : options(one, depth - 1)
      })
      return [property.name, ...each.map((name) => `${property.name}.${name}`)]
    })
  return [...new Set(names)].sort()
}

function optionsOf(signature: ts.Signature): Record<number, string[]> {
  const all = signature.getParameters().map((parameter, i) => [i, options(checker.getNonNullableType(checker.getTypeOfSymbol(parameter)))] as const)
  return Object.fromEntries(all.filter(([, names]) => names.length > 0))
}

const isPrivateName = (declaration: ts.Declaration | undefined) =>
  declaration !== undefined && ts.isPrivateIdentifier((declaration as ts.MethodDeclaration).name)
const isHidden = (declaration: ts.Declaration | undefined) =>
  declaration === undefined || (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) !== 0

export interface Declared {
  /** Paths to the options, by argument. */
  readonly options: Readonly<Record<number, string[]>>
  /** Codes after `@throws` in its comment. */
  readonly codes: readonly string[]
}

function commentOf(declaration: ts.Declaration): string {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration
  const source = node.getSourceFile().text
  const last = ts.getLeadingCommentRanges(source, node.getFullStart())?.at(-1)
  return last ? source.slice(last.pos, last.end) : ''
}

/** The codes in the comment before a declaration. */
function codesOf(declaration: ts.Declaration | undefined): string[] {
  const [, promised = ''] = declaration ? commentOf(declaration).split('@throws') : []
  return [...promised.matchAll(/`([a-z]+(?:-[a-z]+)+|disposed)`/g)].map(([, code]) => code!)
}

/** Every door by its name in the table. */
export function declared(): Map<string, Declared> {
  const doors = new Map<string, Declared>()
  for (const symbol of entries.flatMap((entry) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!))) {
    const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    if (!(real.flags & ts.SymbolFlags.Value)) continue
    const type = checker.getTypeOfSymbol(real)
    const add = (name: string, of: ts.Type, at = real.valueDeclaration) =>
      doors.set(name, { options: of.getCallSignatures().map(optionsOf)[0] ?? {}, codes: codesOf(at) })
    if (!(real.flags & ts.SymbolFlags.Class)) {
      if (type.getCallSignatures().length > 0) add(symbol.name, type)
      continue
    }
    if (symbol.name === 'SluiceError') {
      add(symbol.name, type)
      continue
    }
    const statics = type
      .getProperties()
      .filter(
        ({ name, valueDeclaration }) => name !== 'prototype' && !isHidden(valueDeclaration) && !isInner(valueDeclaration) && !isPrivateName(valueDeclaration),
      )
    for (const property of statics) add(`${symbol.name}.${property.name}`, checker.getTypeOfSymbol(property), property.valueDeclaration)
    for (const property of checker.getDeclaredTypeOfSymbol(real).getProperties()) {
      const { valueDeclaration: declared } = property
      if (isHidden(declared) || !(ts.isMethodDeclaration(declared!) || ts.isGetAccessor(declared!))) continue
      if (isPrivateName(declared) || isInner(declared) || property.name.startsWith('__@')) continue // nor the tag
      add(`${symbol.name}#${property.name}`, checker.getTypeOfSymbol(property), property.valueDeclaration)
    }
  }
  // Of Gpu there is none, which a page opens and hands on.
  for (const door of [...doors.keys()]) if (door.startsWith('Gpu#') || destroys(door)) doors.delete(door)
  return doors
}
