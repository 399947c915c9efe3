// C = Aᵀ B, and on request the column sums of B: the gradients of weights and biases over all steps at once,
// dW = xᵀ dgates with db = Σ dgates, dU = h'ᵀ dgates, dW_q = Hᵀ dO with db_q = Σ dO.
// A GRU's dU has a second part, of other operands and columns, in the same dispatch: z from Z on makes it.
// The sum over k runs in order within one invocation, so the same input gives the same bits.
// An invocation makes 16 rows × 16 columns; those of the first 16 rows make the column sums.
// Grid: x = ⌈N4 / 4⌉ invocations, y = ⌈M / 16⌉, z as the matrices have, twice where there is a second part.
#import lib/product
// Both parts; fields that end in 2 are the second's. K, M and the strides of C are common.
struct Parts {
  M: u32, K: u32, Z: u32, N4: u32, N4_2: u32,
  a: u32, a_stride: u32, a_z: u32, a2: u32, a2_stride: u32, a2_z: u32,
  b: u32, b_stride: u32, b_z: u32, b2: u32, b2_stride: u32, b2_z: u32,
  c: u32, c2: u32, c_stride: u32, c_z: u32,
  sums: u32, sums_z: u32, sums2: u32, sums2_z: u32,
  with_sums: u32, with_sums2: u32, // 1: the column sums of B are wanted
}
@group(0) @binding(0) var<uniform> size: Parts;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;            // [K, M]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;            // [K, N]
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;      // [M, N]
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>;   // [N]
@group(0) @binding(5) var<storage, read> other: array<vec4f>;        // [K, …]: what the second part has for A or for B

// In which operand the second part has `other`.
override other_a: bool = false;
override other_b: bool = false;

var<private> second: bool;

fn load_a(i: u32) -> vec4f {
  if (other_a && second) { return other[i]; }
  return a[i];
}

fn load_b(i: u32) -> vec4f {
  if (other_b && second) { return other[i]; }
  return b[i];
}

// Four columns of A over four k, transposed: its columns are those four, so four rows of the result.
// Terms past K count nothing: the mask is 0 there.
fn block_of_a(column: u32, ks: vec4u, stride: u32, mask: vec4f) -> mat4x4f {
  return transpose(mat4x4f(
    load_a(column + ks.x * stride) * mask.x, load_a(column + ks.y * stride) * mask.y,
    load_a(column + ks.z * stride) * mask.z, load_a(column + ks.w * stride) * mask.w));
}

fn block_of_b(column: u32, ks: vec4u, stride: u32) -> mat4x4f {
  return mat4x4f(
    load_b(column + ks.x * stride), load_b(column + ks.y * stride),
    load_b(column + ks.z * stride), load_b(column + ks.w * stride));
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x * 4;
  let row = id.y * 16;
  second = id.z >= size.Z;
  let z = id.z % size.Z;
  let N4 = select(size.N4, size.N4_2, second);
  if (column >= N4) { return; }
  let M4 = size.M / 4; // columns of A come in vec4f, so M is a multiple of 4
  let a_stride = select(size.a_stride, size.a2_stride, second);
  let b_stride = select(size.b_stride, size.b2_stride, second);
  let a_at = select(size.a + z * size.a_z, size.a2 + z * size.a2_z, second) + four(row / 4, M4);
  let b_at = select(size.b + z * size.b_z, size.b2 + z * size.b2_z, second) + four(column, N4);
  let c_at = select(size.c, size.c2, second) + z * size.c_z;
  let with_sums = select(size.with_sums, size.with_sums2, second) == 1 && row == 0;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var k = 0u; k < size.K; k += 4) {
    let ks = four(k, size.K);
    let mask = vec4f(k + vec4u(0, 1, 2, 3) < vec4u(size.K));
    let a0 = block_of_a(a_at.x, ks, a_stride, mask);
    let a1 = block_of_a(a_at.y, ks, a_stride, mask);
    let a2 = block_of_a(a_at.z, ks, a_stride, mask);
    let a3 = block_of_a(a_at.w, ks, a_stride, mask);
    let b0 = block_of_b(b_at.x, ks, b_stride);
    c00 += b0 * a0; c10 += b0 * a1; c20 += b0 * a2; c30 += b0 * a3;
    let b1 = block_of_b(b_at.y, ks, b_stride);
    c01 += b1 * a0; c11 += b1 * a1; c21 += b1 * a2; c31 += b1 * a3;
    let b2 = block_of_b(b_at.z, ks, b_stride);
    c02 += b2 * a0; c12 += b2 * a1; c22 += b2 * a2; c32 += b2 * a3;
    let b3 = block_of_b(b_at.w, ks, b_stride);
    c03 += b3 * a0; c13 += b3 * a1; c23 += b3 * a2; c33 += b3 * a3;
    if (with_sums) {
      s0 += b0 * mask; s1 += b1 * mask; s2 += b2 * mask; s3 += b3 * mask;
    }
  }
  var tile = array<mat4x4f, 16>(c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33);
  var tile_sums = array<vec4f, 4>(s0, s1, s2, s3);
  let rows = min(16u, size.M - row);
  let width4 = min(4u, N4 - column);
  for (var r = 0u; r < rows; r++) {
    let at = c_at + (row + r) * size.c_stride + column;
    for (var j = 0u; j < width4; j++) { c[at + j] = tile[r / 4 * 4 + j][r % 4]; }
  }
  if (with_sums) {
    let sums_at = select(size.sums + z * size.sums_z, size.sums2 + z * size.sums2_z, second) + column;
    for (var j = 0u; j < width4; j++) { sums[sums_at + j] = tile_sums[j]; }
  }
}
