// A product of rows with a matrix, by a workgroup of a GPU: tile rows × `columns` blocks of four columns at a time. An invocation
// computes `rows_each` rows of one block. The terms of a sum are dealt like cards to `k_slices` invocations (split-K), and the slices are
// added in order through workgroup memory, so the bits are the same every time.
// An element of the left operand, and of the right one:
#expects fn load_left(phase: u32, i: u32) -> vec4f
#expects fn load_right(i: u32) -> vec4f
// Whether neighbours have neighbouring terms, or neighbouring columns: whichever lie side by side in the right operand.
#expects const k_contiguous
#import lib/accumulate

// Workgroup size: columns × row groups × K slices.
override width: u32 = 64;
override columns: u32 = 8;
override k_slices: u32 = 1;
// 1, 2, 4 or 8.
override rows_each: u32 = 8;
// Whether some slices have a term in fours less than others.
override uneven_slices: bool = true;
override partial_sums: u32 = width * rows_each;
var<workgroup> partial: array<vec4f, partial_sums>;

fn row_groups() -> u32 { return width / (columns * k_slices); }
fn tile_height() -> u32 { return row_groups() * rows_each; }

// What an invocation computes of the tile: a column block, rows from `row`, and a slice of the terms.
struct Lane { column: u32, row: u32, k_slice: u32 }
fn lane_of(local: u32) -> Lane {
  let cell = select(local, local / k_slices, k_contiguous);
  let k_slice = select(local / (columns * row_groups()), local % k_slices, k_contiguous);
  return Lane(cell % columns, cell / columns % row_groups() * rows_each, k_slice);
}

// Four terms of four columns; where terms lie side by side the matrix comes transposed.
fn multiply_add(sum: vec4f, x: vec4f, m: mat4x4f) -> vec4f {
  if (k_contiguous) { return sum + x * m; }
  return fma_terms(sum, x, m);
}

// sums += the slice's terms of left · right, 4 count4 terms in all. Rows of the left operand begin at `left`, `left_stride` apart; those of
// the right one at `right`, `right_stride` apart, and `step4` from four terms to the next four.
fn accumulate(sums: ptr<function, Sums>, phase: u32, left: u32, left_stride: u32, right: u32, right_stride: u32, step4: u32, count4: u32, k_slice: u32) {
  let left_offset = left + k_slice;
  let right_offset = right + k_slice * step4;
  // The counter is the same for all invocations, so it takes no register of each.
  for (var i = 0u; i < max_iterations; i++) {
    let k = i * k_slices;
    if (k + select(0, k_slice, uneven_slices) >= count4) { break; }
    let offset = right_offset + k * step4;
    let m = mat4x4f(load_right(offset), load_right(offset + right_stride), load_right(offset + 2 * right_stride), load_right(offset + 3 * right_stride));
    sums.r0 = multiply_add(sums.r0, load_left(phase, left_offset + k), m);
    if (rows_each > 1) { sums.r1 = multiply_add(sums.r1, load_left(phase, left_offset + left_stride + k), m); }
    if (rows_each > 2) {
      sums.r2 = multiply_add(sums.r2, load_left(phase, left_offset + 2 * left_stride + k), m);
      sums.r3 = multiply_add(sums.r3, load_left(phase, left_offset + 3 * left_stride + k), m);
    }
    if (rows_each > 4) {
      sums.r4 = multiply_add(sums.r4, load_left(phase, left_offset + 4 * left_stride + k), m);
      sums.r5 = multiply_add(sums.r5, load_left(phase, left_offset + 5 * left_stride + k), m);
      sums.r6 = multiply_add(sums.r6, load_left(phase, left_offset + 6 * left_stride + k), m);
      sums.r7 = multiply_add(sums.r7, load_left(phase, left_offset + 7 * left_stride + k), m);
    }
  }
}

// Leaves an invocation's sums where `sum_of_slices` finds them after a barrier: by slice, row group and column, as `lane_of` says.
fn store_partial_sums(sums: Sums, local: u32) {
  let offset = select(local, local % k_slices * columns * row_groups() + local / k_slices, k_contiguous);
  partial[offset] = sums.r0;
  if (rows_each > 1) { partial[offset + width] = sums.r1; }
  if (rows_each > 2) { partial[offset + 2 * width] = sums.r2; partial[offset + 3 * width] = sums.r3; }
  if (rows_each > 4) {
    partial[offset + 4 * width] = sums.r4; partial[offset + 5 * width] = sums.r5;
    partial[offset + 6 * width] = sums.r6; partial[offset + 7 * width] = sums.r7;
  }
}

// The sum over all slices, for a row of the tile and a column block.
fn sum_of_slices(row: u32, column: u32) -> vec4f {
  let offset = row % rows_each * width + row / rows_each * columns + column;
  var sum = partial[offset];
  for (var p = 1u; p < k_slices; p++) { sum += partial[offset + p * columns * row_groups()]; }
  return sum;
}
