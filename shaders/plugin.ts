// The build step of the kernels, as a Vite plugin:
// - `import kernel from './x.wgsl'` gives a kernel whose text has its `#import lib/name` lines joined in, for any device (`plain`) and
//   for one that has subgroups (`subgroups`). A build has each file once, without comments and blanks, and joins them where a kernel
//   is asked for, so that a bundler drops what nobody asks for;
// - `#expects fn finish(t: u32) -> vec4f` in a shared file is a declaration that every kernel with that file must have. A kernel that
//   lacks it, or has another signature, ends the build;
// - every kernel is reflected with wgsl_reflect and its contract (bindings, access, uniform offsets, overrides,
//   workgroup size) written to the contracts.ts of its room, which is committed: TypeScript then refuses a wrong binding name,
//   and a test refuses a stale file. wgsl_reflect itself stays out of the bundle.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
// The package's `main` field names a UMD build that Node cannot import as a module.
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'

const shaders = dirname(fileURLToPath(import.meta.url))

/** Where the contracts of kernels are written: of those in a folder that has a chunk of its own, in its room of src; of all others, in src/gpu. */
const rooms = ['gpu', 'tile', 'resident'] as const
type Room = (typeof rooms)[number]
const roomOf = (kernel: string): Room => rooms.find((room) => kernel.startsWith(`${room}/`)) ?? 'gpu'
const contractsFile = (room: Room): string => join(shaders, `../src/${room}/contracts.ts`)

/** A file's text, cut at its imports and directives: these are at the odd places. To a compiler an expectation is a comment. */
const partsOf = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .replace(/^#expects\b/gm, '// The kernel declares')
    .split(/^((?:#import|enable|diagnostic)\b.*\r?\n)/m)

/** A file, as errors call it. */
const nameOf = (file: string): string => `shaders/${relative(shaders, file).split(sep).join('/')}`

interface Part {
  readonly file: string
  /** Its place among the parts of the file. */
  readonly at: number
  readonly text: string
}

/** What a kernel is made of: each `#import path/name` line replaced, once, by the parts of shaders/path/name.wgsl, or where
 * `subgroups` of its twin name.subgroups.wgsl if it has one. Directives come first, as WGSL wants them. */
function joinedParts(file: string, subgroups: boolean): Part[] {
  const seen = new Set<string>()
  const joined = (file: string): Part[] =>
    partsOf(file).flatMap((text, at) => {
      if (at % 2 === 0) return [{ file, at, text }]
      if (seen.has(text)) return []
      seen.add(text)
      const name = /^#import +(\S+)/.exec(text)?.[1]
      if (name === undefined) return [{ file, at, text }]
      const twin = join(shaders, `${name}.subgroups.wgsl`)
      return joined(subgroups && existsSync(twin) ? twin : join(shaders, `${name}.wgsl`))
    })
  const parts = joined(file)
  return [...parts.filter(({ at }) => at % 2 === 1), ...parts.filter(({ at }) => at % 2 === 0)]
}

/** The text of a kernel, for a device with or without subgroups.
 * @throws Error where it does not declare what a file of it expects. */
export function joinImports(file: string, subgroups = false): string {
  const parts = joinedParts(file, subgroups)
  const code = parts.map(({ text }) => text).join('')
  for (const shared of new Set(parts.map(({ file }) => file))) checkExpectations(shared, file, code)
  return code
}

/** What a file expects its kernel to declare: `fn name(a: A) -> R`, `var name: T`, `const name` or `override name`.
 * @throws Error for a line that says none of these. */
export const expectationsOf = (file: string): { readonly text: string; readonly kind: string; readonly name: string }[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#expects\b *([^\r\n]*)/gm)].map(([line, text]) => {
    const [, kind, name] = /^(fn|var|const|override) +(\w+)/.exec(text!) ?? []
    if (kind === undefined || name === undefined) throw new Error(`${nameOf(file)}: ${line} has no name, or no kind: fn, var, const or override`)
    return { text: text!.trim(), kind, name }
  })

/** A declaration in which only types count: of a function its parameters' and its result's, of a variable its own, of a constant none. */
const signatureOf = (declaration: string): string =>
  declaration
    .replace(/<[^>]*>(?= *\w+ *:)/, '') // an address space
    .replace(/(\w+) *:/g, ':')
    .replace(/^override/, 'const')
    .replace(/\s/g, '')

function checkExpectations(shared: string, kernel: string, code: string): void {
  const plain = code.replace(/\/\/.*/g, '')
  for (const { text, kind, name } of expectationsOf(shared)) {
    const pattern =
      kind === 'fn' ? `fn +${name} *\\([^)]*\\)(?: *-> *[^{]+)?(?= *\\{)` : kind === 'var' ? `var *<[^>]*> *${name} *:[^;=]*` : `(?:const|override) +${name}\\b`
    const found = new RegExp(`\\b${pattern}`).exec(plain)?.[0].trim()
    const wants = `${nameOf(shared)} expects of every kernel with it: ${text}. ${nameOf(kernel)}`
    if (found === undefined) throw new Error(`${wants} declares nothing of that kind and name.`)
    if (signatureOf(found) !== signatureOf(text)) throw new Error(`${wants} declares: ${found}.`)
  }
}

/** The same code without comments, and without blanks that part nothing. WGSL has no strings, so `//` always begins a comment. */
export const bare = (code: string): string =>
  code
    .replace(/\s*\/\/.*/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{}()[\],;:?@]) ?/g, '$1')
    // An operator of two of these signs is none of two operators; and > = may end a template and begin a value.
    .replace(/(?<![-+*/%&|^<>=!]) ?([-+*/%&|^<=!]) ?(?![-+*/%&|^<>=!])/g, '$1')
    .trimStart()

const isKernel = (name: string): boolean => name.endsWith('.wgsl') && !/(^|[\\/])lib[\\/]/.test(name)

/** Every kernel (not the lib files, which have no entry point) as path without extension → file, sorted. */
export function kernelFiles(): Map<string, string> {
  const names = readdirSync(shaders, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter(isKernel)
    .sort()
  return new Map(names.map((name) => [name.slice(0, -'.wgsl'.length), join(shaders, name)]))
}

interface Contract {
  /** A line of the type, and of the value. */
  readonly type: string
  readonly value: string
}

function contractOf(name: string, code: string): Contract {
  const fail = (why: string): never => {
    throw new Error(`shaders/${name}.wgsl: ${why}`)
  }
  const reflected = new WgslReflect(code)
  const [entry, ...others] = reflected.entry.compute
  if (!entry || others.length > 0 || entry.name !== 'main') fail('expected exactly one compute entry point, named main')
  const [uniform, ...uniforms] = reflected.uniforms
  if (!uniform || uniforms.length > 0 || uniform.group !== 0 || uniform.binding !== 0) fail('expected exactly one uniform, a struct at @group(0) @binding(0)')
  const members = uniform!.members ?? fail('expected the uniform to be a struct')
  const fields = (list: typeof members) => list.map((m) => `${m.name}: ['${m.type.name}', ${m.offset}]`).join(', ')
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => `'${name}'`).join(' | ') || 'never'
  const structs = reflected.storage.flatMap((s) => (s.members ? [`${s.name}: ${names(s.members)}`] : []))
  const bindings = reflected.storage.map((s) => {
    if (s.group !== 0) fail(`${s.name} is in group ${s.group}, expected group 0`)
    const struct = s.members ? `, size: ${s.size}, fields: { ${fields(s.members)} }` : ''
    return `${s.name}: { binding: ${s.binding}, access: '${s.access}'${struct} }`
  })
  const overrides = reflected.overrides
  const width = /@workgroup_size\((\w+)\)/.exec(code)?.[1]
  if (width !== 'width' && !(Number(width) > 0)) fail(`workgroup size is ${width}, expected a number or the override width`)
  return {
    type: `  '${name}': { bindings: ${names(reflected.storage)}; structs: {${structs.length > 0 ? ` ${structs.join('; ')} ` : ''}}; fields: ${names(members)}; overrides: ${names(overrides)} }`,
    value: [
      `  '${name}': {`,
      `    workgroup: ${width === 'width' ? `'width'` : width}, size: ${uniform!.size}, fields: { ${fields(members)} },`,
      `    bindings: { ${bindings.join(', ')} },`,
      `    overrides: [${overrides.map((o) => `'${o.name}'`).join(', ')}],`,
      `  },`,
    ].join('\n'),
  }
}

/** The text of the contracts of a room as the shaders stand now. */
function generateContracts(room: Room): string {
  const entries = [...kernelFiles()].filter(([name]) => roomOf(name) === room).map(([name, file]) => contractOf(name, joinImports(file)))
  return `// Generated from shaders/ by shaders/plugin.ts with wgsl_reflect. Do not edit: \`npm run contracts\` writes it anew.
import type { Contract } from '${room === 'gpu' ? './contract' : '../gpu/contract'}'

/** What TypeScript knows of each kernel. */
export interface Contracts {
${entries.map(({ type }) => type).join('\n')}
}

export const contracts: Readonly<Record<keyof Contracts, Contract>> = {
${entries.map(({ value }) => value).join('\n')}
}
`
}

/** The files of contracts, and what they should have in them. */
export const allContracts = (): { readonly file: string; readonly text: string }[] =>
  rooms.map((room) => ({ file: contractsFile(room), text: generateContracts(room) }))

/** Writes those that the shaders have left behind. */
export function writeContracts(): void {
  for (const { file, text } of allContracts()) if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

export function kernels(): Plugin {
  let text = (code: string) => code
  return {
    name: 'sluice:kernels',
    enforce: 'pre',
    configResolved({ command }) {
      // Under development a compiler's complaint shows the lines as they were written.
      if (command === 'build') text = bare
    },
    buildStart() {
      // In CI the committed files must already be right: the test that compares them would otherwise pass by repair.
      if (!process.env.CI) writeContracts()
    },
    load(id) {
      if (!id.endsWith('.wgsl')) return null
      // Modules import each other's parts as the files do, so a bundle has each once, however many kernels it is in. All that is done
      // at module level is to name strings and functions: a bundler sees that it can be dropped.
      const ways = [joinedParts(id, false), joinedParts(id, true)]
      if (isKernel(id)) for (const subgroups of [false, true]) joinImports(id, subgroups)
      const files = [...new Set([id, ...ways.flat().map(({ file }) => file)])]
      const [plain, subgroups] = ways.map((parts) => parts.map(({ file, at }) => (file === id ? `part${at}` : `file${files.indexOf(file)}_${at}`)).join(' + '))
      const imported = files.slice(1).map((file, i) => {
        const parts = [...new Set(ways.flat().flatMap((part) => (part.file === file ? [part.at] : [])))]
        return `import { ${parts.map((at) => `part${at} as file${i + 1}_${at}`).join(', ')} } from './${relative(dirname(id), file).split(sep).join('/')}'`
      })
      return [
        ...imported,
        ...partsOf(id).map((part, at) => `export const part${at} = ${JSON.stringify(text(part))}`),
        `export default { plain: () => ${plain}${subgroups === plain ? '' : `, subgroups: () => ${subgroups}`} }`,
      ].join('\n')
    },
    handleHotUpdate({ file, server }) {
      if (!file.startsWith(shaders) || !file.endsWith('.wgsl')) return
      writeContracts()
      server.ws.send({ type: 'full-reload', path: relative(shaders, file) })
    },
  }
}
