// The canonical text of a kernel changes with what a compiler makes of it, and with nothing else.
import { expect, test } from 'vitest'
import { WgslScanner } from 'wgsl_reflect/wgsl_reflect.module.js'
import { joinImports, kernelFiles } from '../../../shaders/plugin'
import { canonical } from './canonical'
import { hashOfVariant } from './variants'

const kernel = `
struct Size { n: u32, rate: f32, }
struct Pair { rate: f32, x: vec4f, }
@group(0) @binding(0) var<uniform> size: Size;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
override width: u32 = 64;
override doubled: bool = false;
const two = 2.0;
alias Block = mat4x4f;
fn unused(a: f32) -> f32 { return a; }
fn pair_of(x: vec4f, rate: f32) -> Pair { return Pair(rate, x); }
fn scaled(pairs: ptr<function, Pair>, m: Block) -> vec4f {
  let rate = (*pairs).rate;
  if (doubled) { let x = pairs.x.x; return m[0] * x * two; }
  return min(pairs.x, vec4f(1.0)) * rate - size.rate;
}
@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = id.x; i < size.n; i += width) {
    var pair = pair_of(y[i], size.rate);
    y[i] = scaled(&pair, Block()) - y[i];
  }
  for (var i = 0u; i < 2; i++) { y[i].x = 0.5; }
}`
const text = (change: (code: string) => string = (code) => code) => canonical(change(kernel)).text
const replaced = (from: string | RegExp, to: string) => (code: string) => {
  expect(code).toMatch(from)
  return code.replaceAll(from, to)
}

test.each<[string, (code: string) => string]>([
  ['a function', replaced('scaled', 'times')],
  ['a member of one of two structs that have it', (code) => code.replace('Pair { rate', 'Pair { factor').replace('(*pairs).rate', '(*pairs).factor')],
  ['a member that looks like a swizzle', (code) => code.replace('x: vec4f, }', 'row: vec4f, }').replaceAll('pairs.x', 'pairs.row')],
  [
    'a parameter of one of two functions',
    (code) => code.replace('pair_of(x: vec4f, rate: f32) -> Pair { return Pair(rate, x)', 'pair_of(xs: vec4f, r: f32) -> Pair { return Pair(r, xs)'),
  ],
  ['a local that hides nothing any more', (code) => code.replace('let x = pairs.x.x; return m[0] * x', 'let z = pairs.x.x; return m[0] * z')],
  ['one of two loop variables of a name', (code) => code.replace('var i = 0u; i < 2; i++) { y[i]', 'var k = 0u; k < 2; k++) { y[k]')],
  ['a local to the name of a binding', (code) => code.replace('let rate = (*pairs).rate;', 'let y = (*pairs).rate;').replace('* rate -', '* y -')],
  ['a struct', replaced('Pair', 'Two')],
  ['an alias', replaced('Block', 'Matrix')],
  ['a constant', replaced('two', 'zwei')],
  ['an override', replaced('doubled', 'twice')],
  ['a binding', replaced(/\by\b/g, 'values')],
  ['a comment', (code) => `// More.\n${code}`],
  ['what main does not reach', (code) => code.replace('{ return a; }', '{ return a + 1.0; }')],
  ['the order of declarations', (code) => `${code.replace('const two = 2.0;', '')}\nconst two = 2.0;`],
])('it stays as %s changes', (_, change) => {
  expect(change(kernel)).not.toBe(kernel)
  expect(text(change)).toBe(text())
})

test.each<[string, (code: string) => string]>([
  ['a builtin function', replaced('min', 'max')],
  ['a constant', replaced('2.0', '3.0')],
  ['a literal', replaced('0.5', '0.25')],
  ['an operator', replaced('- size.rate', '+ size.rate')],
  ['two variables change places', (code) => code.replace('i < size.n', 'size.n < i')],
  ['a swizzle', replaced('y[i].x', 'y[i].y')],
  ['two members change places', (code) => code.replace('n: u32, rate: f32', 'rate: f32, n: u32')],
  ['another variable is meant', (code) => code.replace('* rate -', '* size.rate -')],
  ['a binding number', replaced('@binding(1)', '@binding(2)')],
  ['a type', replaced('array<vec4f>', 'array<vec4u>')],
  ['an address space', replaced('storage, read_write', 'storage, read')],
  ['a builtin value', replaced('global_invocation_id', 'local_invocation_id')],
  ['the default of an override', replaced('= 64', '= 32')],
  ['a directive', (code) => `enable subgroups;\n${code}`],
])('it changes with %s', (_, change) => {
  expect(change(kernel)).not.toBe(kernel)
  expect(text(change)).not.toBe(text())
})

test('overrides are told by what they are called there', () => {
  const { overrides } = canonical(kernel)
  expect([...overrides.keys()].sort()).toEqual(['doubled', 'width'])
  const renamed = canonical(kernel.replaceAll('doubled', 'twice')).overrides
  expect(renamed.get('twice')).toBe(overrides.get('doubled'))
  expect(overrides.get('width')).not.toBe(overrides.get('doubled'))
})

test('the hash of a kernel with constants follows values, and not the names of overrides', () => {
  const hash = (code: string, constants: Record<string, number>, signature: unknown = [16, [[1, 'read_write']]]) => hashOfVariant(signature, [code], constants)
  const one = hash(kernel, { width: 8, doubled: 1 })
  expect(hash(kernel.replaceAll('doubled', 'twice'), { twice: 1, width: 8 })).toBe(one)
  expect(hash(kernel, { width: 8, doubled: 1, unreached: 1 })).toBe(one)
  expect(hash(kernel, { width: 8, doubled: 0 })).not.toBe(one)
  expect(hash(kernel, { width: 1, doubled: 8 })).not.toBe(one)
  expect(hash(kernel, { width: 8, doubled: 1 }, [16, [[1, 'read']]])).not.toBe(one)
})

test('a member of what it does not know is refused', () => expect(() => canonical('fn main() { let x = unknown().member; }')).toThrow('member'))
test('and so is a text without main', () => expect(() => canonical('fn other() {}')).toThrow('main'))

const texts = [...kernelFiles()].flatMap(([name, file]) => [false, true].map((subgroups) => [`${name} ${subgroups}`, joinImports(file, subgroups)] as const))
const lexemes = (code: string) => new WgslScanner(code).scanTokens().map(({ lexeme }) => lexeme)

test.each(texts)('%s: with all its names changed it is the same, with a statement more it is not', (_, code) => {
  const { text } = canonical(code)
  // Names of the kernel's own, wherever they stand, but those that are letters of vectors, or words of WGSL in other places.
  const words = /^(?:[xyzw]{1,4}|[rgba]{1,4}|main|function|private|storage|workgroup|read|read_write|uniform)$/
  const declared = [...code.replace(/\/\/.*/g, '').matchAll(/\b(?:fn|let|const|override|struct|alias|var(?:<[^>]*>)?)\s+(\w+)|(\w+)\s*:/g)]
  const names = new Set(declared.map(([, one, other]) => one ?? other!).filter((name) => !words.test(name)))
  const renamed = code.replace(/\/\/.*/g, '').replace(/(?<!@)\b[A-Za-z_]\w*\b/g, (name) => (names.has(name) ? `new_${name}` : name))
  const known = new Set(lexemes(renamed))
  expect([...names].every((name) => known.has(`new_${name}`))).toBe(true)
  expect(canonical(renamed).text).toBe(text)
  const main = code.lastIndexOf('fn main(')
  const body = code.indexOf('{', main)
  expect(canonical(`${code.slice(0, body + 1)} if (1 == 2) { return; } ${code.slice(body + 1)}`).text).not.toBe(text)
})
