// The build step of the kernels, as a Vite plugin:
// - `import code from './x.wgsl'` gives the text of the kernel with its `#import lib/name` lines joined in, for any device
//   (`plain`) and, where it differs, for one that has subgroups (`subgroups`);
// - every kernel is reflected with wgsl_reflect and its contract (bindings, access, uniform offsets, overrides,
//   workgroup size) written to src/gpu/contracts.ts, which is committed: TypeScript then refuses a wrong binding name,
//   and a test refuses a stale file. wgsl_reflect itself stays out of the bundle.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
// The package's `main` field names a UMD build that Node cannot import as a module.
import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js'

const shaders = dirname(fileURLToPath(import.meta.url))
const contractsFile = join(shaders, '../src/gpu/contracts.ts')

/** The text of a kernel: each `#import lib/name` line replaced, once, by shaders/lib/name.wgsl, or where `subgroups` by
 * its twin name.subgroups.wgsl if it has one. Directives come first, as WGSL wants them. */
export function joinImports(file: string, subgroups = false): string {
  const seen = new Set<string>()
  const enabled = new Set<string>()
  const joined = (path: string): string =>
    readFileSync(path, 'utf8')
      .replace(/^(?:enable|diagnostic)\b.*;\n/gm, (line) => (enabled.add(line), ''))
      .replace(/^#import +(\S+)$/gm, (_, name: string) => {
        if (seen.has(name)) return ''
        seen.add(name)
        const twin = join(shaders, `${name}.subgroups.wgsl`)
        return joined(subgroups && existsSync(twin) ? twin : join(shaders, `${name}.wgsl`)).trimEnd()
      })
  const text = joined(file)
  return [...enabled].join('') + text
}

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
  return {
    name: 'sluice:kernels',
    enforce: 'pre',
    buildStart() {
      // In CI the committed file must already be right: the test that compares it would otherwise pass by repair.
      if (!process.env.CI) writeContracts()
    },
    load(id) {
      const file = id.split('?')[0]!
      if (!file.endsWith('.wgsl') || id.includes('?')) return null
      const [plain, subgroups] = [joinImports(file), joinImports(file, true)]
      return `export default ${JSON.stringify(subgroups === plain ? { plain } : { plain, subgroups })}`
    },
    handleHotUpdate({ file, server }) {
      if (!file.startsWith(shaders) || !file.endsWith('.wgsl')) return
      writeContracts()
      server.ws.send({ type: 'full-reload', path: relative(shaders, file) })
    },
  }
}
