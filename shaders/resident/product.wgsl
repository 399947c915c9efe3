// C = A B + bias, or C += A B, where B stays in registers: any of the products over all steps, as A, B or both may be
// transposed. Of a longer sum a dispatch adds up to 128 terms to those before them.
// Grid: x = ⌈N4 / (4 columns)⌉ workgroups of 4 invocations, y = workgroups of rows, z as the matrices have.
#import resident/lib/registers
struct Product {
  M: u32, N4: u32, K: u32, // rows of the result, its columns in vec4f, and terms of this dispatch
  begins: u32,             // 1: what is in C does not count
  // Offset of A, of its next row, of its next z, in vec4f; and the same of B, C, the bias (`sums`, as in lib/product).
  // Rows are those in memory.
  a: u32, a_stride: u32, a_z: u32,
  b: u32, b_stride: u32, b_z: u32,
  c: u32, c_stride: u32, c_z: u32,
  sums: u32, sums_z: u32,
}
@group(0) @binding(0) var<uniform> size_uniform: Product;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;          // [M, K], or [K, M] if transposed
@group(0) @binding(2) var<storage, read> b: array<vec4f>;          // [K, N], or [N, K] if transposed
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;       // [N]
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;    // [M, N]

override width: u32 = 4;
override a_transposed: bool = false;
override b_transposed: bool = false;
// Whether the sum is added to what is in C, unless this begins it.
override adds: bool = false;
// Whether a sum begins with the bias.
override biased: bool = false;

// A copy of the uniform: a software adapter takes long to load one.
var<private> size: Product;
// Where the terms of a row of the result begin in A, and the last of them is: past it that is read again, and counts nothing.
var<private> row_offset: u32;
var<private> last_offset: u32;
// If A is transposed, which of four rows it is.
var<private> row_element: u32;
fn set_row(m: u32) {
  if (a_transposed) {
    row_offset = size.a + m / 4;
    row_element = m % 4;
    last_offset = row_offset + (size.K - 1) * size.a_stride;
  } else {
    row_offset = size.a + m * size.a_stride;
    last_offset = row_offset + (size.K - 1) / 4;
  }
}
fn load_row4(k4: u32, i: u32) -> vec4f {
  if (a_transposed) {
    let offset = row_offset + 4 * (k4 + i) * size.a_stride;
    return vec4f(element_at(offset), element_at(offset + size.a_stride), element_at(offset + 2 * size.a_stride), element_at(offset + 3 * size.a_stride));
  }
  return a[min(row_offset + k4 + i, last_offset)];
}
fn element_at(offset: u32) -> f32 { return a[min(offset, last_offset)][row_element]; }

// The c-th block of columns; past the last, the last, which is then not stored.
var<private> first_column: u32;
fn column_of(c: u32) -> u32 { return min(first_column + c, size.N4 - 1); }

fn resident_block(k4: u32, c: u32) -> mat4x4f {
  let k = 4 * k4;
  if (b_transposed) {
    let offset = size.b + 4 * column_of(c) * size.b_stride + min(k4, (size.K - 1) / 4);
    let m = transpose(mat4x4f(b[offset], b[offset + size.b_stride], b[offset + 2 * size.b_stride], b[offset + 3 * size.b_stride]));
    return mat4x4f(masked(m[0], k), masked(m[1], k + 1), masked(m[2], k + 2), masked(m[3], k + 3));
  }
  return mat4x4f(resident_term(k, c), resident_term(k + 1, c), resident_term(k + 2, c), resident_term(k + 3, c));
}
fn resident_term(k: u32, c: u32) -> vec4f { return masked(b[size.b + min(k, size.K - 1) * size.b_stride + column_of(c)], k); }
fn masked(x: vec4f, k: u32) -> vec4f { return select(vec4f(), x, k < size.K); }

// The i-th block of columns of a row of C that begins at `row`.
fn store(row: u32, i: u32) {
  var sum = vec4f();
  if (biased) { sum = bias[size.sums + column_of(i)]; }
  if (adds) { sum = select(c[row + column_of(i)], sum, size.begins == 1); }
  if (first_column + i < size.N4) { c[row + first_column + i] = sum + accumulators[i]; }
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  size = size_uniform;
  size.a += id.z * size.a_z;
  size.b += id.z * size.b_z;
  size.c += id.z * size.c_z;
  size.sums += id.z * size.sums_z;
  lane = id.x;
  first_column = id.x * columns;
  load_resident();
  let rows = (size.M + groups.y - 1) / groups.y;
  let end = min((id.y + 1) * rows, size.M);
  var m = id.y * rows;
  if (m < end) {
    loop { // its test last, as in resident/lib/registers
      set_row(m);
      multiply(0, columns, KRange(0, resident_k4));
      let offset = size.c + m * size.c_stride;
      store(offset, 0);
      if (columns > 1) { store(offset, 1); }
      if (columns > 2) { store(offset, 2); }
      if (columns > 3) { store(offset, 3); }
      continuing { m++; break if m >= end; }
    }
  }
}
