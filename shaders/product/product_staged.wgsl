// C = f(A B + bias), C = A Bᵀ or C = Aᵀ B, or C += one of these: products over all steps at once, on a GPU. A workgroup computes a tile of C. It stages
// 16 terms of A and B at a time in workgroup memory, from where an invocation multiplies `rows_each` rows by four columns. The terms of a
// sum can be dealt, 16 at a time, to K slices of the workgroup (split-K), whose sums are added in order: the same bits every time.
// Grid: x = ⌈N4 / columns⌉ workgroups, y = ⌈M / tile height⌉, z as the matrices have.
#import lib/product
#import lib/grid
#import lib/accumulate
#import lib/blocks
#import lib/dense_activation

@group(0) @binding(0) var<uniform> size: Product;                  // K in terms
@group(0) @binding(1) var<storage, read> a: array<vec4f>;          // [M, K], or [K, M] where `a_transposed`
@group(0) @binding(2) var<storage, read> b: array<vec4f>;          // [K, N], or [N, K] where `b_transposed`
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;       // [N]
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;    // [M, N]

// Workgroup size: columns × row groups × K slices.
override width: u32 = 64;
override k_slices: u32 = 1;
// Blocks of four columns of a tile.
override columns: u32 = 8;
// Rows of an invocation, 4 or 8.
override rows_each: u32 = 8;
override a_transposed: bool = false;
override b_transposed: bool = false;
override adds: bool = false;
override biased: bool = false;
// Four blocks of four terms: of A a vec4f is four terms of a row, of B a term of four columns.
override slice_width: u32 = width / k_slices;
override a_slice: u32 = 4 * (slice_width / columns) * rows_each;
override b_slice: u32 = 16 * columns;
override a_staged: u32 = k_slices * a_slice;
override b_staged: u32 = k_slices * b_slice;
var<workgroup> staged_a: array<vec4f, a_staged>;
var<workgroup> staged_b: array<vec4f, b_staged>;

fn tile_height() -> u32 { return slice_width / columns * rows_each; }

// Neighbours load what lies side by side: terms, or columns of a transposed operand. `lane`: of the K slice.
fn stage(first_row: u32, first_column: u32, first_term: u32, z: u32, lane: u32, k_slice: u32) {
  let rows = tile_height();
  let row_blocks = rows / 4;
  for (var round = 0u; round < max_iterations; round++) {
    let n = round * slice_width + lane;
    if (n >= rows) { break; }
    var fours = vec2u(n / 4, n % 4); // of rows, of terms
    if (a_transposed) { fours = vec2u(n % row_blocks, n / row_blocks); }
    let m = block_of_a(first_row + 4 * fours.x, first_term + 4 * fours.y, z);
    let offset = k_slice * a_slice + fours.y * rows + 4 * fours.x;
    staged_a[offset] = m[0]; staged_a[offset + 1] = m[1]; staged_a[offset + 2] = m[2]; staged_a[offset + 3] = m[3];
  }
  for (var round = 0u; round < max_iterations; round++) {
    let n = round * slice_width + lane;
    if (n >= 4 * columns) { break; }
    var fours = vec2u(n % columns, n / columns); // of columns, of terms
    if (b_transposed) { fours = vec2u(n / 4, n % 4); }
    let m = block_of_b(first_column + fours.x, first_term + 4 * fours.y, z);
    let offset = k_slice * b_slice + 4 * fours.y * columns + fours.x;
    staged_b[offset] = m[0]; staged_b[offset + columns] = m[1]; staged_b[offset + 2 * columns] = m[2]; staged_b[offset + 3 * columns] = m[3];
  }
}

// The staged terms of a K slice, in fours, of the rows from `row` of the tile and of a block of four columns. Of a count that is known they
// would be loaded all at once, for which small register files have no room.
fn add_staged(sums: ptr<function, Sums>, row: u32, column: u32, fours: u32, k_slice: u32) {
  for (var k4 = 0u; k4 < max_iterations; k4++) {
    if (k4 >= fours) { break; }
    let offset = k_slice * b_slice + 4 * k4 * columns + column;
    let m = mat4x4f(staged_b[offset], staged_b[offset + columns], staged_b[offset + 2 * columns], staged_b[offset + 3 * columns]);
    let x = k_slice * a_slice + k4 * tile_height() + row;
    sums.r0 = fma_terms(sums.r0, staged_a[x], m); sums.r1 = fma_terms(sums.r1, staged_a[x + 1], m);
    sums.r2 = fma_terms(sums.r2, staged_a[x + 2], m); sums.r3 = fma_terms(sums.r3, staged_a[x + 3], m);
    if (rows_each > 4) {
      sums.r4 = fma_terms(sums.r4, staged_a[x + 4], m); sums.r5 = fma_terms(sums.r5, staged_a[x + 5], m);
      sums.r6 = fma_terms(sums.r6, staged_a[x + 6], m); sums.r7 = fma_terms(sums.r7, staged_a[x + 7], m);
    }
  }
}

fn store(row: u32, column: u32, z: u32, sum: vec4f) {
  if (row >= size.M || column >= size.N4) { return; }
  let offset = size.c + z * size.c_z + row * size.c_stride + column;
  var y = sum;
  if (biased) { y += bias[size.sums + z * size.sums_z + column]; }
  if (adds) { y += c[offset]; }
  c[offset] = activate(y, column == size.N4 - 1);
}

// Adds up the sums of all K slices and stores them, by way of the memory of the staged terms, which has room for four rows of four row groups.
// Each invocation has one sum at a time: four would spill on Intel.
fn store_slices(sums: Sums, first_row: u32, first_column: u32, z: u32, local: u32) {
  workgroupBarrier(); // before sums take the place of terms
  staged_b[local] = sums.r0; staged_b[width + local] = sums.r1; staged_b[2 * width + local] = sums.r2; staged_b[3 * width + local] = sums.r3;
  workgroupBarrier();
  for (var i = local; i < tile_height() * columns; i += width) {
    let row = i / columns;
    let offset = row % 4 * width + row / 4 * columns + i % columns;
    var sum = staged_b[offset];
    for (var p = 1u; p < k_slices; p++) { sum += staged_b[offset + p * slice_width]; }
    store(first_row + row, first_column + i % columns, z, sum);
  }
}

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(id);
  let first_row = group.y * tile_height();
  if (y_slices > 1 && first_row >= size.M) { return; }
  let first_column = group.x * columns;
  let k_slice = local / slice_width;
  let lane = local % slice_width;
  let row = lane / columns * rows_each;
  var sums = Sums();
  for (var round = 0u; round < max_iterations; round++) {
    if (16 * k_slices * round >= size.K) { break; }
    let k = 16 * (k_slices * round + k_slice);
    workgroupBarrier(); // before other terms take their place
    stage(first_row, first_column, k, group.z, lane, k_slice);
    workgroupBarrier();
    add_staged(&sums, row, lane % columns, min(4, (max(size.K, k) - k + 3) / 4), k_slice);
  }
  if (k_slices > 1) {
    store_slices(sums, first_row, first_column, group.z, local);
    return;
  }
  let r = first_row + row;
  let j = first_column + local % columns;
  store(r, j, group.z, sums.r0); store(r + 1, j, group.z, sums.r1); store(r + 2, j, group.z, sums.r2); store(r + 3, j, group.z, sums.r3);
  if (rows_each > 4) {
    store(r + 4, j, group.z, sums.r4); store(r + 5, j, group.z, sums.r5);
    store(r + 6, j, group.z, sums.r6); store(r + 7, j, group.z, sums.r7);
  }
}
