// C = A Bᵀ, or C += A Bᵀ: what a gradient gives to the input of a product. dx = dgates Wᵀ for all steps at once,
// dH = dO W_qᵀ, and the gradient of an initial state.
// Grid: x = ⌈N4 / 2⌉ invocations, y = ⌈M / tile height⌉, z as the matrices have.
#import tile/lib/product
@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;          // [M, 4 K]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;          // [N, 4 K]
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;    // [M, N]

const transposed = false;
fn load_left(i: u32) -> vec4f { return a[i]; }

// Four rows of B are four columns of the result.
fn block_of_b(offset: vec4u, k: u32) -> mat4x4f { return transpose(mat4x4f(b[offset.x + k], b[offset.y + k], b[offset.z + k], b[offset.w + k])); }

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let rows = tile_offsets(tile_rows(id.y * tile_height(), id.x & 3, size.M), size.a + id.z * size.a_z, size.a_stride);
  let right_columns = 4 * column_pair(id.x * 2, size.N4);
  let offset0 = size.b + id.z * size.b_z + (right_columns.x + vec4u(0, 1, 2, 3)) * size.b_stride;
  let offset1 = size.b + id.z * size.b_z + (right_columns.y + vec4u(0, 1, 2, 3)) * size.b_stride;
  let K = size.K;
  var accumulator = Tile();
  for (var k = 0u; k < K; k++) {
    tile_add(&accumulator, rows, k, block_of_b(offset0, k), block_of_b(offset1, k));
  }
  store_tile(accumulator, id);
}
