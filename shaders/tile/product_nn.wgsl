// C = A B + bias, or C += A B: x W + b for all steps at once, and the output layer O = H W_q + b_q.
// Grid: x = ⌈N4 / 2⌉ invocations, y = ⌈M / tile height⌉, z as the matrices have.
#import tile/lib/product
@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;          // [M, 4 K]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;          // [4 K, N]
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;       // [N]
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;    // [M, N]

override biased: bool = true;

const transposed = false;
fn load_left(i: u32) -> vec4f { return a[i]; }

fn block_of_b(offset: vec4u) -> mat4x4f { return mat4x4f(b[offset.x], b[offset.y], b[offset.z], b[offset.w]); }

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let rows = tile_offsets(tile_rows(id.y * tile_height(), id.x & 3, size.M), size.a + id.z * size.a_z, size.a_stride);
  let columns = column_pair(id.x * 2, size.N4);
  let right_columns = size.b + id.z * size.b_z + columns;
  let four = 4 * size.b_stride;
  let offset0 = right_columns.x + size.b_stride * vec4u(0, 1, 2, 3);
  let offset1 = right_columns.y + size.b_stride * vec4u(0, 1, 2, 3);
  let bias_offset = size.sums + id.z * size.sums_z + columns;
  let K = size.K;
  var accumulator = Tile();
  if (biased) { accumulator = tile_of(bias[bias_offset.x], bias[bias_offset.y]); }
  for (var k = 0u; k < K; k++) {
    tile_add(&accumulator, rows, k, block_of_b(offset0 + k * four), block_of_b(offset1 + k * four));
  }
  store_tile(accumulator, id);
}
