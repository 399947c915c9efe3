// What the shared files of kernels want of a kernel is declared in them and checked by the build; and a kernel, joined, stays short enough
// to be read.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectationsOf, joinImports, kernelFiles } from '../../shaders/plugin'

const root = fileURLToPath(new URL('../../shaders', import.meta.url))
const read = (name: string): string => readFileSync(join(root, `${name}.wgsl`), 'utf8')
const plain = (code: string): string => code.replace(/\/\/.*/g, '')

describe('a joined kernel is short enough to be read', () => {
  const linesOf = (code: string): number =>
    plain(code)
      .split('\n')
      .filter((line) => line.trim() !== '').length
  // The steps, products and passes of GPUs have 250 lines of code at most; what samples many steps in one dispatch has all parts of a
  // network in one kernel.
  const most = (name: string): number => (/^(tile|resident)\/|sample_loop/.test(name) ? 360 : 250)
  test.each([...kernelFiles()])('%s', (name, file) => {
    for (const subgroups of [false, true]) expect(linesOf(joinImports(file, subgroups))).toBeLessThanOrEqual(most(name))
  })
})

const shared = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/').replace(/\.wgsl$/, ''))
  .filter((name) => name.includes('lib/'))

/** A file and all that it imports. */
function filesOf(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const [, imported] of read(name).matchAll(/^#import +(\S+)/gm)) filesOf(imported!, found)
  return found
}

/** Words of WGSL that the shared files use. */
const words = new Set(
  `enable subgroups diagnostic off subgroup_uniformity group binding compute workgroup_size builtin alias struct fn let var const override
  if else for loop while continuing break return continue true false function private workgroup storage uniform read read_write ptr array
  f32 u32 i32 bool vec2f vec2u vec3f vec3u vec4 vec4f vec4u mat2x4f mat4x4f bitcast main
  global_invocation_id local_invocation_index workgroup_id num_workgroups
  abs all any clamp dot exp fma max min select sign transpose storageBarrier workgroupBarrier workgroupUniformLoad
  quadSwapX quadSwapY quadSwapDiagonal`.split(/\s+/),
)

describe('a shared file names only what it declares, imports or expects', () => {
  test.each(shared)('%s', (name) => {
    const files = [...filesOf(name)]
    const text = files.map(read).join('\n')
    const code = plain(text.replace(/^#.*/gm, ''))
    const declared = [...code.matchAll(/\b(?:fn|let|const|override|struct|alias|var(?: *<[^>]*>)?) +(\w+)|(\w+) *:/g)].map(([, one, other]) => one ?? other!)
    const expected = files.flatMap((file) => expectationsOf(join(root, `${file}.wgsl`)).map(({ name }) => name))
    const known = new Set([...words, ...declared, ...expected])
    // Types in expectations are of the kernel's, too.
    const own = plain(read(name).replace(/^#.*/gm, ''))
    const used = [...own.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)].map(([word]) => word)
    expect([...new Set(used.filter((word) => !known.has(word)))], 'declare it, import it, or say #expects').toEqual([])
  })
})

describe('a kernel that does not declare what a shared file expects ends the build', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-kernel-'))
  })
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  const joined = (code: string): string => {
    const file = join(folder, 'kernel.wgsl')
    writeFileSync(file, code)
    return joinImports(file)
  }
  const sampling = 'var<storage, read> sampling: Sampling;\nvar<storage, read_write> logits: array<vec4f>;\n#import lib/sampling\n'
  const frame = (finish: string, more = 'const phases = 1; const G = 1u;') => `${more}
var<private> U: array<vec4f, 1>; var<private> ids: array<u32>; var<private> W: array<vec4f>; var<private> gates: array<vec4f>;
fn gates_of(phase: u32) -> GateRange { return GateRange(0, G); }
fn left_row(phase: u32, t: u32, b: u32, d: u32) -> u32 { return 0; }
fn load_left(phase: u32, i: u32) -> vec4f { return vec4f(); }
${finish}
#import lib/recurrence_forward
`
  const finish = 'fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f)'

  test('what it declares is enough, in whatever access and under whatever parameter names', () => {
    expect(joined(sampling)).toContain('fn argmax')
    expect(joined(sampling)).not.toMatch(/^#/m)
  })
  test('a variable that is not there', () => {
    expect(() => joined(sampling.replace('logits', 'outputs'))).toThrow(
      /^shaders\/lib\/sampling\.wgsl expects of every kernel with it: var logits: array<vec4f>\. shaders\/.*kernel\.wgsl declares nothing of that kind and name\.$/,
    )
  })
  test('a variable of another type', () => {
    expect(() => joined(sampling.replace('vec4f', 'f32'))).toThrow(/var logits: array<vec4f>\. .* declares: var<storage, read_write> logits: array<f32>\.$/)
  })
  test('a function that is not there, and one with another signature', () => {
    const all = frame(`${finish} {}`).replace('array<vec4f, 1>', 'array<vec4f>')
    expect(joined(all)).toContain('fn run_phase')
    expect(() => joined(all.replace('fn finish_gates_of', 'fn finish'))).toThrow(/expects .*fn finish_gates_of\(.* declares nothing/)
    expect(() => joined(all.replace('product: mat4x4f', 'product: vec4f'))).toThrow(/mat4x4f\)\. .* declares: fn finish_gates_of\(.*product: vec4f\)\.$/)
    expect(() => joined(all.replace('-> GateRange', '-> u32'))).toThrow(/-> GateRange\. .* declares: fn gates_of\(phase: u32\) -> u32\.$/)
    expect(() => joined(all.replace('const G = 1u;', ''))).toThrow(/const G\. .* declares nothing/)
    expect(joined(all.replace('unit: u32, product', 'four_units: u32, product'))).toContain('four_units')
    expect(joined(all.replace('const G = 1u;', 'override G: u32;'))).toContain('override G')
  })
  test('a comment declares nothing', () => {
    expect(() => joined(`// fn main\n${sampling.replace('var<storage, read> sampling', '// var<storage, read> sampling')}`)).toThrow('sampling: Sampling')
  })
  test('an expectation that cannot be read', () => {
    const file = join(folder, 'shared.wgsl')
    writeFileSync(file, '#expects fn (a: u32)\n')
    expect(() => expectationsOf(file)).toThrow('has no name')
    writeFileSync(file, '#expects finish\n')
    expect(() => expectationsOf(file)).toThrow('finish')
  })
})
