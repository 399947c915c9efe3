// A product of rows with a matrix, by a workgroup of a GPU: tile rows × `columns` blocks of four columns at a time. An invocation
// makes `rows_each` rows of one block; the terms of a sum are dealt to `parts` invocations like cards, and the parts are added up in
// order through workgroup memory, so the bits are the same every time. The importer declares
//   load_left(phase, i)     element i of the left operand
//   load_right(i)           element i of the right operand
//   parts_first             whether neighbours have neighbouring terms, or neighbouring columns: whichever lie side by side in
//                           the right operand

// Workgroup size: columns × row groups × parts.
override width: u32 = 64;
override columns: u32 = 8;
override parts: u32 = 1;
// 1, 2, 4 or 8.
override rows_each: u32 = 8;
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

struct Sums { r0: vec4f, r1: vec4f, r2: vec4f, r3: vec4f, r4: vec4f, r5: vec4f, r6: vec4f, r7: vec4f }
// Where each row begins in the left operand.
struct Places { r0: u32, r1: u32, r2: u32, r3: u32, r4: u32, r5: u32, r6: u32, r7: u32 }

// Four terms of four columns: by rows of the matrix, or, where it is given transposed, by its columns.
fn add_four(sum: vec4f, x: vec4f, m: mat4x4f) -> vec4f {
  if (parts_first) { return sum + x * m; }
  return fma(vec4f(x.w), m[3], fma(vec4f(x.z), m[2], fma(vec4f(x.y), m[1], fma(vec4f(x.x), m[0], sum))));
}

// sums += the part's terms of left · right: 4 count4 terms, of the right operand from `right` on, `stride` from a row to the next
// and `step4` from four terms to the next four.
fn add_terms(sums: ptr<function, Sums>, phase: u32, left: Places, right: u32, stride: u32, step4: u32, count4: u32, part: u32) {
  for (var k = part; k < count4; k += parts) {
    let at = right + k * step4;
    let m = mat4x4f(load_right(at), load_right(at + stride), load_right(at + 2 * stride), load_right(at + 3 * stride));
    sums.r0 = add_four(sums.r0, load_left(phase, left.r0 + k), m);
    if (rows_each > 1) { sums.r1 = add_four(sums.r1, load_left(phase, left.r1 + k), m); }
    if (rows_each > 2) {
      sums.r2 = add_four(sums.r2, load_left(phase, left.r2 + k), m);
      sums.r3 = add_four(sums.r3, load_left(phase, left.r3 + k), m);
    }
    if (rows_each > 4) {
      sums.r4 = add_four(sums.r4, load_left(phase, left.r4 + k), m);
      sums.r5 = add_four(sums.r5, load_left(phase, left.r5 + k), m);
      sums.r6 = add_four(sums.r6, load_left(phase, left.r6 + k), m);
      sums.r7 = add_four(sums.r7, load_left(phase, left.r7 + k), m);
    }
  }
}

// Leaves an invocation's sums where `sum_of` finds them after a barrier.
fn put_sums(sums: Sums, lane: Lane) {
  let at = lane.part * columns * row_groups() + lane.row / rows_each * columns + lane.column;
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
