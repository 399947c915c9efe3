// C = A Bᵀ, or C += A Bᵀ: what a gradient gives to the input of a product. dx = dgates Wᵀ for all steps at once,
// dH = dO W_qᵀ, and the gradient of an initial state.
// Grid: x = ⌈N4 / 2⌉ invocations, y = ⌈M / tile height⌉, z as the matrices have.
#import tile/lib/product_tile
#import tile/lib/put_tile
@group(0) @binding(0) var<uniform> size: Product;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;          // [M, 4 K]
@group(0) @binding(2) var<storage, read> b: array<vec4f>;          // [N, 4 K]
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;    // [M, N]

const transposed = false;
fn load_left(i: u32) -> vec4f { return a[i]; }

// Four rows of B are four columns of the result.
fn block_of_b(at: vec4u, k: u32) -> mat4x4f { return transpose(mat4x4f(b[at.x + k], b[at.y + k], b[at.z + k], b[at.w + k])); }

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) place: vec3u) {
  let id = in_grid(place);
  let rows = tile_places(tile_rows(id.y * tile_height(), id.x & 3, size.M), size.a + id.z * size.a_z, size.a_stride);
  let right = 4 * two(id.x * 2, size.N4);
  let at0 = size.b + id.z * size.b_z + (right.x + vec4u(0, 1, 2, 3)) * size.b_stride;
  let at1 = size.b + id.z * size.b_z + (right.y + vec4u(0, 1, 2, 3)) * size.b_stride;
  let K = size.K;
  var made = Tile();
  for (var k = 0u; k < K; k++) {
    tile_add(&made, rows, k, block_of_b(at0, k), block_of_b(at1, k));
  }
  put_tile(made, id);
}
