// C = Aᵀ B or C += Aᵀ B, and on request the column sums of B: the gradients of weights and biases over all steps at once,
// dW = xᵀ dgates with db = Σ dgates, dU = h'ᵀ dgates, dW_q = Hᵀ dO with db_q = Σ dO.
// A GRU's dU has a second part, of other operands and columns, in the same dispatch: workgroups from `groups` on make it.
// The sum over k runs in order within an invocation: the same bits every time. Those of the first rows make the column sums.
// Grid: x = `groups` workgroups, then ⌈N4_2 / 2⌉ invocations (of each part), y = ⌈M / tile height⌉, z as the matrices have.
#import lib/product_tile
#import lib/split
// Both parts; fields that end in 2 are the second's. K, M and the strides of C are common.
struct Parts {
  M: u32, K: u32, N4: u32, N4_2: u32,
  groups: u32, // ⌈N4 / 2⌉ invocations (of each part), in whole workgroups
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
// Whether column sums of B are wanted of either part.
override summing: bool = true;
// Whether to what is in C and in the sums already.
override adds: bool = false;

// Whether the operands of the second part are read.
var<private> second: bool;

const transposed = true;
fn load_left(i: u32) -> vec4f { if (other_a && second) { return other[i]; } return a[i]; }
fn load_right(i: u32) -> vec4f { if (other_b && second) { return other[i]; } return b[i]; }

// Four terms of four columns; the mask is 0 for those that count nothing.
fn block_of_b(at: vec4u, mask: vec4f) -> mat4x4f {
  return mat4x4f(load_right(at.x) * mask.x, load_right(at.y) * mask.y, load_right(at.z) * mask.z, load_right(at.w) * mask.w);
}

// Of a tile: the product and the column sums of B.
struct Made { tile: Tile, sums: mat2x4f }

// Four columns of A, which begins at `a_at`, are the rows of a row block; the column blocks of the tile begin at `right`.
fn make(row: u32, a_at: u32, a_stride: u32, right: vec2u, b_stride: u32, lane: u32) -> Made {
  let last = vec4u(size.M / 4 - 1); // columns of A come in vec4f, so M is a multiple of 4
  let upper = a_at + min(row / 4 + vec4u(0, 1, 2, 3), last);
  let lower = a_at + min(row / 4 + vec4u(4, 5, 6, 7), last);
  let order = order_of_rows(lane);
  var tile = Tile();
  var sums = mat2x4f();
  for (var first = 0u; first < size.K; first += 4 * split) {
    let k = first + 4 * part;
    // Rows of A are terms here, so those of B come in the order in which the quad meets them.
    let ks = min(k + order, vec4u(size.K - 1)) * b_stride;
    // Terms past K count nothing.
    let mask = vec4f(k + order < vec4u(size.K));
    let b0 = block_of_b(right.x + ks, mask);
    let b1 = block_of_b(right.y + ks, mask);
    let r = quad_rows(k, lane, size.K) * a_stride;
    let rows = TileRows(r + upper.x, r + upper.y, r + upper.z, r + upper.w, r + lower.x, r + lower.y, r + lower.z, r + lower.w);
    tile_add(&tile, rows, 0, b0, b1);
    if (summing && row == 0) { sums += mat2x4f(b0 * vec4f(1.0), b1 * vec4f(1.0)); }
  }
  return Made(tile, sums);
}

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(place);
  let lanes = width / split;
  part = local / lanes;
  var column = (group.x * lanes + local % lanes) * 2;
  let row = group.y * tile_height();
  if (slices > 1 && row >= size.M) { return; }
  let z = group.z;
  var N4 = size.N4;
  var c_at = size.c;
  var with_sums = size.with_sums;
  var sums_at = size.sums + z * size.sums_z;
  var made: Made;
  // Two calls, so that each is compiled for its own operands.
  if ((other_a || other_b) && group.x >= size.groups) {
    column -= size.groups * lanes * 2;
    N4 = size.N4_2;
    c_at = size.c2;
    with_sums = size.with_sums2;
    sums_at = size.sums2 + z * size.sums2_z;
    second = true;
    made = make(row, size.a2 + z * size.a2_z, size.a2_stride, size.b2 + z * size.b2_z + two(column, N4), size.b2_stride, local & 3);
  } else {
    made = make(row, size.a + z * size.a_z, size.a_stride, size.b + z * size.b_z + two(column, N4), size.b_stride, local & 3);
  }
  var summed = made.tile; // naga takes no pointer to a member
  add_parts(&summed, local);
  if (summing && split > 1) {
    let sums_of = sum_of_parts(Two(mat4x4f(made.sums[0], made.sums[1], vec4f(), vec4f()), mat4x4f()), local);
    made.sums = mat2x4f(sums_of.one[0], sums_of.one[1]);
  }
  if (part > 0) { return; }
  var tile = tile_list(summed);
  c_at += z * size.c_z;
  for (var j = 0u; j < 2; j++) {
    if (column + j >= N4) { break; }
    for (var r = 0u; r < min(tile_height(), size.M - row); r++) {
      let at = c_at + (row + r) * size.c_stride + column + j;
      let sum = tile[r / 4 * 2 + j][r % 4];
      if (adds) { c[at] += sum; } else { c[at] = sum; }
    }
    if (summing && with_sums == 1 && row == 0) {
      let at = sums_at + column + j;
      if (adds) { sums[at] += made.sums[j]; } else { sums[at] = made.sums[j]; }
    }
  }
}
