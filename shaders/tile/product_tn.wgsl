// C = Aᵀ B or C += Aᵀ B, and on request the column sums of B: the gradients of weights and biases over all steps at once,
// dW = xᵀ dgates with db = Σ dgates, dU = h'ᵀ dgates, dW_q = Hᵀ dO with db_q = Σ dO.
// The sum over k runs in order within an invocation: the same bits every time. The invocations of the first rows compute the column sums.
// Grid: x = ⌈N4 / 2⌉ invocations, y = ⌈M / tile height⌉, z as the matrices have.
#import tile/lib/product
@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;            // [K, M]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;            // [K, N]
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;      // [M, N]
@group(0) @binding(4) var<storage, read_write> sums: array<vec4f>;   // [N]

// Whether column sums of B are wanted. Where `adds`, they are added to those in `sums` already.
override summing: bool = true;

const transposed = true;
fn load_left(i: u32) -> vec4f { return a[i]; }

// Four terms of four columns; the mask is 0 past the last term.
fn block_of_b(offset: vec4u, mask: vec4f) -> mat4x4f { return mat4x4f(b[offset.x] * mask.x, b[offset.y] * mask.y, b[offset.z] * mask.z, b[offset.w] * mask.w); }

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let lane = id.x & 3;
  let column = id.x * 2;
  let row = id.y * tile_height();
  if (y_slices > 1 && row >= size.M) { return; }
  let right_columns = size.b + id.z * size.b_z + column_pair(column, size.N4);
  // Four columns of A are the rows of a row block.
  let last = vec4u(size.M / 4 - 1); // columns of A come in vec4f, so M is a multiple of 4
  let left_offsets = size.a + id.z * size.a_z + min(row / 4 + vec4u(0, 1, 2, 3), last);
  let order = lane_order(lane);
  var accumulator = Tile();
  var sums_accumulator = mat2x4f();
  for (var k = 0u; k < size.K; k += 4) {
    // Rows of A are terms here, so those of B come in the lane's order, too.
    let ks = min(k + order, vec4u(size.K - 1)) * size.b_stride;
    // Terms past K are masked.
    let mask = vec4f(k + order < vec4u(size.K));
    let b0 = block_of_b(right_columns.x + ks, mask);
    let b1 = block_of_b(right_columns.y + ks, mask);
    let r = quad_rows(k, lane, size.K) * size.a_stride;
    tile_add(&accumulator, TileRows(r + left_offsets.x, r + left_offsets.y, r + left_offsets.z, r + left_offsets.w), 0, b0, b1);
    if (summing && row == 0) { sums_accumulator += mat2x4f(b0 * vec4f(1.0), b1 * vec4f(1.0)); }
  }
  var tile = tile_list(accumulator);
  let c_offset = size.c + id.z * size.c_z;
  for (var j = 0u; j < 2; j++) {
    if (column + j >= size.N4) { break; }
    for (var r = 0u; r < min(tile_height(), size.M - row); r++) {
      let offset = c_offset + (row + r) * size.c_stride + column + j;
      let sum = tile[r / 4 * 2 + j][r % 4];
      if (adds) { c[offset] += sum; } else { c[offset] = sum; }
    }
    if (summing && row == 0) {
      let offset = size.sums + id.z * size.sums_z + column + j;
      if (adds) { sums[offset] += sums_accumulator[j]; } else { sums[offset] = sums_accumulator[j]; }
    }
  }
}
