// Matrix products C = A·B in many tilings, from one template: what this adapter can do for a product, whoever writes it.
// The engine's own kernels are plain files (shaders/); here the point is the sweep, so WGSL is made from parameters.

import type { Gpu } from '../../gpu/device'

export interface Tiling {
  /** Where the operands are kept: loaded straight from storage into registers, or by way of workgroup memory; or B stays with the
   * invocations, for one row of A after the other. */
  readonly kind: 'registers' | 'workgroup' | 'held'
  /** Elements of C of an invocation: rows, and columns, a multiple of 4. */
  readonly rows: number
  readonly columns: number
  /** Invocations of a workgroup over columns, rows, and parts of K, which are added up at the end (registers only). */
  readonly x: number
  readonly y: number
  readonly parts: number
  /** Elements of K that are in workgroup memory at a time (workgroup), or held, which is all of them (held). */
  readonly depth: number
  /** How a tile is added to (registers only): outer products by fma, products of 4 × 4 matrices, or of a row and such a matrix. */
  readonly form: 'fma' | 'matrix' | 'rows'
  /** How many times four terms a loop takes at a time (rows only). */
  readonly unroll: number
  /** Whether four neighbours, which need the same rows of A, load one of four each and change places (subgroups). Each meets
   * the four in an order of its own. */
  readonly quads: boolean
}

const formNames = { fma: '', matrix: ' as matrices', rows: ' as rows' }
export const nameOf = ({ kind, rows, columns, x, y, parts, depth, form, unroll, quads }: Tiling): string =>
  kind === 'held'
    ? `held ${depth}×${columns} for ${rows} rows, workgroup ${x}`
    : kind === 'registers'
      ? `registers ${rows}×${columns}${formNames[form]}${unroll > 1 ? ` × ${unroll}` : ''}${quads ? ' by quads' : ''}, workgroup ${x}×${y}${parts > 1 ? `, K in ${parts}` : ''}`
      : `workgroup tile ${y * rows}×${x * columns}×${depth} of ${rows}×${columns}`

const registers = (rows: number, columns: number, x: number, y = 1, parts = 1): Tiling => ({
  kind: 'registers',
  rows,
  columns,
  x,
  y,
  parts,
  depth: 0,
  form: 'fma',
  unroll: 1,
  quads: false,
})
const workgroup = (rows: number, columns: number, x: number, y: number, depth: number): Tiling => ({
  ...registers(rows, columns, x, y),
  kind: 'workgroup',
  depth,
})
const held = (rows: number, columns: number, depth: number): Tiling => ({ ...registers(rows, columns, 4), kind: 'held', depth, quads: true })
const matrices = (rows: number, columns: number, x: number, y = 1): Tiling => ({ ...registers(rows, columns, x, y), form: 'matrix' })
const byRows = (rows: number, columns: number, x: number, unroll = 1): Tiling => ({ ...registers(rows, columns, x), form: 'rows', unroll })
const quads = (tiling: Tiling): Tiling => ({ ...tiling, quads: true })

/** A software adapter likes large register tiles and small workgroups, hardware the opposite; the common ground is tried
 * on both. What is held is tried where Sluice holds matrices, too: elsewhere it is code that takes minutes to compile. */
export function tilings({ isSoftware, tuning }: Pick<Gpu, 'isSoftware' | 'tuning'>): Tiling[] {
  const common = [
    registers(1, 4, 8),
    registers(4, 4, 8),
    registers(4, 4, 8, 4),
    registers(8, 8, 8),
    registers(4, 4, 8, 1, 8),
    workgroup(4, 4, 8, 8, 16),
    workgroup(8, 8, 8, 8, 8),
  ]
  if (isSoftware)
    return [
      ...common,
      registers(8, 8, 4, 2),
      registers(4, 8, 8),
      registers(8, 16, 4),
      registers(16, 8, 4),
      registers(16, 16, 4),
      registers(16, 16, 8),
      matrices(8, 8, 8),
      matrices(16, 8, 8),
      matrices(16, 16, 4),
      ...[
        registers(8, 8, 8),
        registers(16, 8, 8),
        registers(16, 4, 8),
        registers(16, 16, 8),
        matrices(8, 8, 8),
        matrices(16, 4, 8),
        matrices(16, 8, 8),
        matrices(16, 8, 4, 2),
        matrices(16, 16, 8),
        matrices(32, 8, 8),
        byRows(16, 8, 8),
        byRows(16, 8, 4),
        byRows(32, 8, 8),
        byRows(32, 8, 4),
        byRows(32, 8, 4, 2),
        byRows(32, 16, 4),
        byRows(32, 16, 4, 2),
      ].map(quads),
      ...(tuning.strategy.kernels === 'resident'
        ? [held(16, 16, 128), held(256, 16, 128), held(512, 16, 128), held(16, 8, 128), held(16, 16, 256), held(256, 16, 256)]
        : []),
    ]
  return [
    ...common,
    registers(1, 4, 32, 2),
    registers(2, 4, 32, 4),
    registers(4, 4, 16, 16),
    registers(8, 8, 16, 4),
    registers(2, 4, 16, 2, 8),
    registers(4, 4, 16, 1, 8),
    registers(1, 4, 32, 1, 8),
    workgroup(4, 4, 16, 16, 16),
    workgroup(8, 8, 16, 16, 8),
    workgroup(8, 4, 16, 16, 16),
    workgroup(4, 8, 8, 16, 16),
    workgroup(2, 4, 16, 16, 32),
  ]
}

export const bindings = `
struct Size { M: u32, K4: u32, N4: u32 }
@group(0) @binding(0) var<uniform> size: Size;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;       // [M, K]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;       // [K, N]
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>; // [M, N]
`

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const lines = (parts: readonly string[]): string => parts.join('\n')

/** s += a·b over four k: an outer product for each, in registers. */
const multiply = (rows: number, columns4: number, loadB: (k: number, j: number) => string): string =>
  lines(
    range(4).map((k) =>
      lines([
        ...range(columns4).map((j) => `let b${k}_${j} = ${loadB(k, j)};`),
        ...range(rows).flatMap((i) => range(columns4).map((j) => `s${i}_${j} = fma(vec4f(a${i}.${'xyzw'[k]}), b${k}_${j}, s${i}_${j});`)),
      ]),
    ),
  )

/** Workgroups over columns and rows. */
export const grid = ({ rows, columns, x, y }: Tiling, M: number, N: number): [number, number] => [Math.ceil(N / (columns * x)), Math.ceil(M / (rows * y))]

/** Rows and columns past the edge are read from the last ones, and not written. K and N must be multiples of 4, and K of
 * 4·parts·unroll and of depth. */
export function kernel(tiling: Tiling): string {
  const { rows, columns, x, y, parts } = tiling
  const columns4 = columns / 4
  const sums = lines(
    range(rows).map((i) =>
      range(columns4)
        .map((j) => `var s${i}_${j} = vec4f();`)
        .join(' '),
    ),
  )
  const row = (i: number) => (tiling.quads ? `row + ${4 * (i >> 2)}u + (${i % 4}u ^ (l.x & 3u))` : `row + ${i}u`)
  const store = (value: (i: number, j: number) => string) =>
    lines(
      range(rows).flatMap((i) =>
        range(columns4).map((j) => `if (${row(i)} < size.M && col + ${j}u < size.N4) { c[(${row(i)}) * size.N4 + col + ${j}u] = ${value(i, j)}; }`),
      ),
    )
  if (tiling.kind === 'workgroup') return workgroupKernel(tiling, sums, store)
  if (tiling.kind === 'held') return heldKernel(tiling)
  const matrix = tiling.form === 'matrix'
  const fours = range(rows / 4)
  const one = (i: number, j: number) => (matrix ? `m${i >> 2}_${j}[${i % 4}]` : `s${i}_${j}`)
  const reduce =
    parts === 1
      ? store(one)
      : `${lines(range(rows).flatMap((i) => range(columns4).map((j) => `partial[${i * columns4 + j}][lane] = s${i}_${j};`)))}
workgroupBarrier();
if (l.z != 0u) { return; }
${store((i, j) =>
  range(parts)
    .map((p) => `partial[${i * columns4 + j}][lane + ${p * x * y}u]`)
    .join(' + '),
)}`
  const loadA = tiling.quads
    ? lines(
        fours.flatMap((i) => [
          `let q${i} = a[min(row + ${4 * i}u + (l.x & 3u), size.M - 1u) * size.K4 + k];`,
          ...['', 'quadSwapX', 'quadSwapY', 'quadSwapDiagonal'].map((swap, n) => `let a${4 * i + n} = ${swap}(q${i});`),
        ]),
      )
    : lines(range(rows).map((i) => `let a${i} = a[r${i} + k];`))
  const loadB = (k: number, j: number) => `b[(4u * k + ${k}u) * size.N4 + c${j}]`
  const block = (j: number) =>
    `mat4x4f(${range(4)
      .map((k) => loadB(k, j))
      .join(', ')})`
  const forms = {
    fma: () => multiply(rows, columns4, loadB),
    // The columns of a block of the result are its rows, so that it is B's block times A's.
    matrix: () =>
      lines([
        ...fours.map(
          (i) =>
            `let left${i} = mat4x4f(${range(4)
              .map((n) => `a${4 * i + n}`)
              .join(', ')});`,
        ),
        ...range(columns4).flatMap((j) => [`let right${j} = ${block(j)};`, ...fours.map((i) => `m${i}_${j} += right${j} * left${i};`)]),
      ]),
    rows: () =>
      lines([
        ...range(columns4).map((j) => `let right${j} = transpose(${block(j)});`),
        ...range(rows).flatMap((i) => range(columns4).map((j) => `s${i}_${j} += a${i} * right${j};`)),
      ]),
  }
  const added = `{\n${loadA}\n${forms[tiling.form]()}\n}`
  return `${tiling.quads ? 'enable subgroups;' : ''}${bindings}
${parts > 1 ? `var<workgroup> partial: array<array<vec4f, ${x * y * parts}>, ${rows * columns4}>;` : ''}
@compute @workgroup_size(${x}, ${y}, ${parts})
fn main(@builtin(global_invocation_id) g: vec3u, @builtin(local_invocation_id) l: vec3u) {
let lane = l.z * ${x * y}u + l.y * ${x}u + l.x;
let col = g.x * ${columns4}u;
let row = g.y * ${rows}u;
${lines(range(rows).map((i) => `let r${i} = min(row + ${i}u, size.M - 1u) * size.K4;`))}
${lines(range(columns4).map((j) => `let c${j} = min(col + ${j}u, size.N4 - 1u);`))}
${
  matrix
    ? lines(
        fours.map((i) =>
          range(columns4)
            .map((j) => `var m${i}_${j} = mat4x4f();`)
            .join(' '),
        ),
      )
    : sums
}
${parts === 1 ? 'for (var k = 0u; k < size.K4; k++) {' : `let part = size.K4 / ${parts}u;\nlet end = (l.z + 1u) * part;\nfor (var k = l.z * part; k < end; k++) {`}
${Array(tiling.unroll).fill(added).join('\nk++;\n')}
}
${reduce}
}`
}

function workgroupKernel({ rows, columns, x, y, depth }: Tiling, sums: string, store: (value: (i: number, j: number) => string) => string): string {
  const [columns4, depth4, threads] = [columns / 4, depth / 4, x * y]
  const [M, N4] = [rows * y, columns4 * x]
  return `${bindings}
var<workgroup> as_: array<vec4f, ${M * depth4}>; // [M of the tile, depth]
var<workgroup> bs: array<vec4f, ${depth * N4}>;  // [depth, N of the tile]
@compute @workgroup_size(${x}, ${y})
fn main(@builtin(workgroup_id) w: vec3u, @builtin(local_invocation_id) l: vec3u, @builtin(local_invocation_index) lane: u32) {
let col = w.x * ${N4}u + l.x * ${columns4}u;
let row = w.y * ${M}u + l.y * ${rows}u;
${sums}
for (var k0 = 0u; k0 < size.K4; k0 += ${depth4}u) {
for (var i = lane; i < ${M * depth4}u; i += ${threads}u) { as_[i] = a[min(w.y * ${M}u + i / ${depth4}u, size.M - 1u) * size.K4 + k0 + i % ${depth4}u]; }
for (var i = lane; i < ${depth * N4}u; i += ${threads}u) { bs[i] = b[(4u * k0 + i / ${N4}u) * size.N4 + min(w.x * ${N4}u + i % ${N4}u, size.N4 - 1u)]; }
workgroupBarrier();
for (var k = 0u; k < ${depth4}u; k++) {
${lines(range(rows).map((i) => `let a${i} = as_[(l.y * ${rows}u + ${i}u) * ${depth4}u + k];`))}
${multiply(rows, columns4, (k, j) => `bs[(4u * k + ${k}u) * ${N4}u + l.x * ${columns4}u + ${j}u]`)}
}
workgroupBarrier();
}
${store((i, j) => `s${i}_${j}`)}
}`
}

/** Whether a tiling of that name holds B. */
export const isHeld = (name: string): boolean => name.startsWith('held ')

/** Every element of B that is held is a value of its own, so that no index varies. What is loaded of a row, and the columns that
 * are made of it, four after four, are not: an index that varies keeps them in memory, and leaves the registers to the sums. */
function heldKernel({ rows, columns, x, depth }: Tiling): string {
  const columns4 = columns / 4
  // Four terms of four columns are a matrix; a bank has 16. Each of a quad loads four terms of sixteen, and they change places.
  const banks = (columns4 * depth) / 64
  const at = (k4: number, j: number) => `bank${(k4 * columns4 + j) >> 4}[${(k4 * columns4 + j) & 15}]`
  return `enable subgroups;
diagnostic(off, subgroup_uniformity);${bindings}
alias Bank = array<mat4x4f, 16>;
var<private> filled: Bank;
var<private> taken: array<vec4f, ${depth / 16}>;
var<private> made: array<vec4f, ${columns4}>;
fn fill(bank: u32, lane: u32, col: u32) {
for (var i = 0u; i < 16; i++) {
let at = bank * 16 + i;
for (var t = 0u; t < 4; t++) { filled[i][t] = b[(4 * ((at / ${columns4}) ^ lane) + t) * size.N4 + min(col + at % ${columns4}, size.N4 - 1)]; }
}
}
@compute @workgroup_size(${x})
fn main(@builtin(global_invocation_id) g: vec3u) {
let lane = g.x & 3;
let col = g.x * ${columns4}u;
taken[lane % ${depth / 16}] = vec4f();
made[lane % ${columns4}] = vec4f();
${lines(range(banks).map((bank) => `fill(${bank}, lane, col); let bank${bank} = filled;`))}
let end = min((g.y + 1) * ${rows}, size.M);
for (var row = g.y * ${rows}; row < end; row++) {
${lines(range(depth / 16).map((k16) => `taken[${k16}] = a[row * size.K4 + ${4 * k16} + lane];`))}
${lines(
  range(columns4).map((j) =>
    lines([
      `var s${j} = vec4f();`,
      ...range(depth / 16).flatMap((k16) =>
        ['', 'quadSwapX', 'quadSwapY', 'quadSwapDiagonal'].map(
          (swap, q) =>
            `{ let x = ${swap}(taken[${k16}]); ${range(4)
              .map((t) => `s${j} = fma(${at(4 * k16 + q, j)}[${t}], vec4f(x[${t}]), s${j});`)
              .join(' ')} }`,
        ),
      ),
      `made[${j}] = s${j};`,
    ]),
  ),
)}
${lines(range(columns4).map((j) => `if (col + ${j} < size.N4) { c[row * size.N4 + col + ${j}] = made[${j}]; }`))}
}
}`
}

/** Whether a tiling can do a product. */
export const fits = ({ kind, parts, depth, unroll }: Tiling, K: number): boolean =>
  kind === 'held' ? K === depth : kind === 'workgroup' ? K % depth === 0 : K % (4 * parts * unroll) === 0
