// C = A Bᵀ, or C += A Bᵀ: what a gradient gives to the input of a product. dx = dgates Wᵀ for all steps at once,
// dH = dO W_qᵀ, and the gradient of an initial state.
// An invocation makes 16 rows × 16 columns.
// Grid: x = ⌈N4 / 4⌉ invocations, y = ⌈M / 16⌉, z as the matrices have.
#import lib/product
@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;          // [M, 4 K]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;          // [N, 4 K]
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;    // [M, N]

fn block_of_a(rows: vec4u, k: u32) -> mat4x4f {
  return mat4x4f(a[rows.x + k], a[rows.y + k], a[rows.z + k], a[rows.w + k]);
}

// Four rows of B are four columns of the result.
fn block_of_b(row: u32, k: u32) -> mat4x4f {
  let at = row + k;
  return transpose(mat4x4f(b[at], b[at + size.b_stride], b[at + 2 * size.b_stride], b[at + 3 * size.b_stride]));
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x * 4;
  let row = id.y * 16;
  if (column >= size.N4) { return; }
  let a_at = size.a + id.z * size.a_z;
  let r0 = a_at + four(row, size.M) * size.a_stride;
  let r1 = a_at + four(row + 4, size.M) * size.a_stride;
  let r2 = a_at + four(row + 8, size.M) * size.a_stride;
  let r3 = a_at + four(row + 12, size.M) * size.a_stride;
  let b_at = size.b + id.z * size.b_z + four(column, size.N4) * 4 * size.b_stride;
  var c00 = mat4x4f(); var c01 = mat4x4f(); var c02 = mat4x4f(); var c03 = mat4x4f();
  var c10 = mat4x4f(); var c11 = mat4x4f(); var c12 = mat4x4f(); var c13 = mat4x4f();
  var c20 = mat4x4f(); var c21 = mat4x4f(); var c22 = mat4x4f(); var c23 = mat4x4f();
  var c30 = mat4x4f(); var c31 = mat4x4f(); var c32 = mat4x4f(); var c33 = mat4x4f();
  for (var k = 0u; k < size.K; k++) {
    let a0 = block_of_a(r0, k);
    let a1 = block_of_a(r1, k);
    let a2 = block_of_a(r2, k);
    let a3 = block_of_a(r3, k);
    let b0 = block_of_b(b_at.x, k);
    c00 += b0 * a0; c10 += b0 * a1; c20 += b0 * a2; c30 += b0 * a3;
    let b1 = block_of_b(b_at.y, k);
    c01 += b1 * a0; c11 += b1 * a1; c21 += b1 * a2; c31 += b1 * a3;
    let b2 = block_of_b(b_at.z, k);
    c02 += b2 * a0; c12 += b2 * a1; c22 += b2 * a2; c32 += b2 * a3;
    let b3 = block_of_b(b_at.w, k);
    c03 += b3 * a0; c13 += b3 * a1; c23 += b3 * a2; c33 += b3 * a3;
  }
  var tile = array<mat4x4f, 16>(c00, c01, c02, c03, c10, c11, c12, c13, c20, c21, c22, c23, c30, c31, c32, c33);
  let rows = min(16u, size.M - row);
  let width4 = min(4u, size.N4 - column);
  for (var r = 0u; r < rows; r++) {
    let at = size.c + id.z * size.c_z + (row + r) * size.c_stride + column;
    for (var j = 0u; j < width4; j++) {
      c[at + j] = tile[r / 4 * 4 + j][r % 4] + select(vec4f(), c[at + j], size.flags == 1);
    }
  }
}
