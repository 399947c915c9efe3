// A product of rows with a matrix, by a workgroup of a GPU: tile rows × `columns` blocks of four columns at a time. An invocation
// makes `rows_each` rows of one block; the terms of a sum are dealt to `parts` invocations like cards, and the parts are added up in
// order through workgroup memory, so the bits are the same every time. The importer declares
//   load_left(phase, i)     element i of the left operand
//   load_right(i)           element i of the right operand
//   parts_first             whether neighbours have neighbouring terms, or neighbouring columns: whichever lie side by side in
//                           the right operand

#import lib/eight_rows
#import lib/turns

// Workgroup size: columns × row groups × parts.
override width: u32 = 64;
override columns: u32 = 8;
override parts: u32 = 1;
// 1, 2, 4 or 8.
override rows_each: u32 = 8;
// Whether some parts have a term in fours less than others.
override ragged: bool = true;
override partial_sums: u32 = width * rows_each;
var<workgroup> partial: array<vec4f, partial_sums>;

fn row_groups() -> u32 { return width / (columns * parts); }
fn tile_height() -> u32 { return row_groups() * rows_each; }

// What an invocation makes of the tile: a column block, rows from `row`, and a part of the terms.
struct Lane { column: u32, row: u32, part: u32 }
fn lane_of(local: u32) -> Lane {
  let cell = select(local, local / parts, parts_first);
  let part = select(local / (columns * row_groups()), local % parts, parts_first);
  return Lane(cell % columns, cell / columns % row_groups() * rows_each, part);
}

// Four terms of four columns; where terms lie side by side the matrix comes transposed.
fn add_met(sum: vec4f, x: vec4f, m: mat4x4f) -> vec4f {
  if (parts_first) { return sum + x * m; }
  return add_four(sum, x, m);
}

// sums += the part's terms of left · right: 4 count4 terms; of rows of the left operand from `left` on, `apart` from each other; of the
// right operand from `right` on, `stride` from a row to the next and `step4` from four terms to the next four.
fn add_terms(sums: ptr<function, Sums>, phase: u32, left: u32, apart: u32, right: u32, stride: u32, step4: u32, count4: u32, part: u32) {
  let left_part = left + part;
  let right_part = right + part * step4;
  // What counts is the same for all, which takes no register of each.
  for (var i = 0u; i < most_turns; i++) {
    let k = i * parts;
    if (k + select(0, part, ragged) >= count4) { break; }
    let at = right_part + k * step4;
    let m = mat4x4f(load_right(at), load_right(at + stride), load_right(at + 2 * stride), load_right(at + 3 * stride));
    sums.r0 = add_met(sums.r0, load_left(phase, left_part + k), m);
    if (rows_each > 1) { sums.r1 = add_met(sums.r1, load_left(phase, left_part + apart + k), m); }
    if (rows_each > 2) {
      sums.r2 = add_met(sums.r2, load_left(phase, left_part + 2 * apart + k), m);
      sums.r3 = add_met(sums.r3, load_left(phase, left_part + 3 * apart + k), m);
    }
    if (rows_each > 4) {
      sums.r4 = add_met(sums.r4, load_left(phase, left_part + 4 * apart + k), m);
      sums.r5 = add_met(sums.r5, load_left(phase, left_part + 5 * apart + k), m);
      sums.r6 = add_met(sums.r6, load_left(phase, left_part + 6 * apart + k), m);
      sums.r7 = add_met(sums.r7, load_left(phase, left_part + 7 * apart + k), m);
    }
  }
}

// Leaves an invocation's sums where `sum_of` finds them after a barrier: by part, row group and column, as `lane_of` says.
fn put_sums(sums: Sums, local: u32) {
  let at = select(local, local % parts * columns * row_groups() + local / parts, parts_first);
  partial[at] = sums.r0;
  if (rows_each > 1) { partial[at + width] = sums.r1; }
  if (rows_each > 2) { partial[at + 2 * width] = sums.r2; partial[at + 3 * width] = sums.r3; }
  if (rows_each > 4) {
    partial[at + 4 * width] = sums.r4; partial[at + 5 * width] = sums.r5;
    partial[at + 6 * width] = sums.r6; partial[at + 7 * width] = sums.r7;
  }
}

// The sum over all parts, for a row of the tile and a column block.
fn sum_of(row: u32, column: u32) -> vec4f {
  let at = row % rows_each * width + row / rows_each * columns + column;
  var sum = partial[at];
  for (var p = 1u; p < parts; p++) { sum += partial[at + p * columns * row_groups()]; }
  return sum;
}
