// The build step of the kernels, as a Vite plugin:
// - `import code from './x.wgsl'` gives the text of the kernel with its `#import lib/name` lines joined in, for any device
//   (`plain`) and, where it differs, for one that has subgroups (`subgroups`); a build has each file once, without comments;
// - every kernel is reflected with wgsl_reflect and its contract (bindings, access, uniform offsets, overrides,
//   workgroup size) written to src/gpu/contracts.ts, which is committed: TypeScript then refuses a wrong binding name,
//   and a test refuses a stale file. wgsl_reflect itself stays out of the bundle.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
// The package's `main` field names a UMD build that Node cannot import as a module.
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'

const shaders = dirname(fileURLToPath(import.meta.url))
const contractsFile = join(shaders, '../src/gpu/contracts.ts')

/** A file's text, cut at its imports and directives: these are at the odd places. */
const partsOf = (file: string): string[] => readFileSync(file, 'utf8').split(/^((?:#import|enable|diagnostic)\b.*\r?\n)/m)

interface Part {
  readonly file: string
  /** Its place among the parts of the file. */
  readonly at: number
  readonly text: string
}

/** What a kernel is made of: each `#import lib/name` line replaced, once, by the parts of shaders/lib/name.wgsl, or where
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

/** The text of a kernel, for a device with or without subgroups. */
export const joinImports = (file: string, subgroups = false): string => joinedParts(file, subgroups).map(({ text }) => text).join('')

/** The same code without comments, indentation and empty lines. WGSL has no strings, so `//` always begins a comment. */
export const bare = (code: string): string => code.replace(/\s*\/\/.*/g, '').replace(/^\s+/gm, '')

/** Every kernel (not the lib files, which have no entry point) as path without extension → file, sorted. */
export function kernelFiles(): Map<string, string> {
  const names = readdirSync(shaders, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(sep).join('/'))
    .filter((name) => name.endsWith('.wgsl') && !name.startsWith('lib/'))
    .sort()
  return new Map(names.map((name) => [name.slice(0, -'.wgsl'.length), join(shaders, name)]))
}

function contractOf(name: string, code: string): string {
  const fail = (why: string): never => {
    throw new Error(`shaders/${name}.wgsl: ${why}`)
  }
  const reflected = new WgslReflect(code)
  const [entry, ...others] = reflected.entry.compute
  if (!entry || others.length > 0 || entry.name !== 'main') fail('expected exactly one compute entry point, named main')
  const [uniform, ...uniforms] = reflected.uniforms
  if (!uniform || uniforms.length > 0 || uniform.group !== 0 || uniform.binding !== 0)
    fail('expected exactly one uniform, a struct at @group(0) @binding(0)')
  const members = uniform!.members ?? fail('expected the uniform to be a struct')
  const fields = (list: typeof members) => list.map((m) => `${m.name}: { type: '${m.type.name}', offset: ${m.offset} }`).join(', ')
  const bindings = reflected.storage.map((s) => {
    if (s.group !== 0) fail(`${s.name} is in group ${s.group}, expected group 0`)
    const struct = s.members ? `, size: ${s.size}, fields: { ${fields(s.members)} }` : ''
    return `${s.name}: { binding: ${s.binding}, access: '${s.access}'${struct} }`
  })
  const overrides = reflected.overrides.map((o) => `${o.name}: '${o.type?.name ?? 'unknown'}'`)
  const width = /@workgroup_size\((\w+)\)/.exec(code)?.[1]
  if (width !== 'width' && !(Number(width) > 0)) fail(`workgroup size is ${width}, expected a number or the override width`)
  return [
    `  '${name}': {`,
    `    workgroup: ${width === 'width' ? `'width'` : width},`,
    `    uniform: { size: ${uniform!.size}, fields: { ${fields(members)} } },`,
    `    bindings: { ${bindings.join(', ')} },`,
    `    overrides: { ${overrides.join(', ')} },`,
    `  },`,
  ].join('\n')
}

/** The text of src/gpu/contracts.ts as the shaders stand now. */
export function generateContracts(): string {
  const entries = [...kernelFiles()].map(([name, file]) => contractOf(name, joinImports(file)))
  return `// Generated from shaders/ by shaders/plugin.ts with wgsl_reflect. Do not edit: \`npm run contracts\` writes it anew.

export const contracts = {
${entries.join('\n')}
} as const
`
}

/** Writes src/gpu/contracts.ts if the shaders have changed since. */
export function writeContracts(): void {
  const text = generateContracts()
  let current = ''
  try {
    current = readFileSync(contractsFile, 'utf8')
  } catch {
    // first build
  }
  if (current !== text) writeFileSync(contractsFile, text)
}

export { contractsFile }

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
      // In CI the committed file must already be right: the test that compares it would otherwise pass by repair.
      if (!process.env.CI) writeContracts()
    },
    load(id) {
      if (!id.endsWith('.wgsl')) return null
      // Modules import each other's parts as the files do, so a bundle has each once, however many kernels it is in.
      const ways = [joinedParts(id, false), joinedParts(id, true)]
      const files = [...new Set([id, ...ways.flat().map(({ file }) => file)])]
      const [plain, subgroups] = ways.map((parts) => parts.map(({ file, at }) => `parts${files.indexOf(file)}[${at}]`).join(' + '))
      return [
        ...files.slice(1).map((file, i) => `import { parts as parts${i + 1} } from '../lib/${basename(file)}'`),
        `const parts0 = ${JSON.stringify(partsOf(id).map(text))}`,
        'export { parts0 as parts }',
        `export default { plain: ${plain}${subgroups === plain ? '' : `, subgroups: ${subgroups}`} }`,
      ].join('\n')
    },
    handleHotUpdate({ file, server }) {
      if (!file.startsWith(shaders) || !file.endsWith('.wgsl')) return
      writeContracts()
      server.ws.send({ type: 'full-reload', path: relative(shaders, file) })
    },
  }
}
