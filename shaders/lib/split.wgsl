// Where there are too few tiles to fill a GPU, the terms of a sum are dealt to `split` parts of the workgroup, like cards, and
// the parts are added up in order through workgroup memory.

// How many parts; 1: every invocation makes all terms of its tile.
override split: u32 = 1;
// Blocks of workgroup memory that the parts need: two for each invocation of all but the first.
override part_blocks: u32 = select(1u, 2 * (width - width / split), split > 1);
var<workgroup> parts: array<mat4x4f, part_blocks>;

// Which part this invocation makes.
var<private> part: u32;

// The term of this part among `split` terms from `first`; past the last it is the last again, and weighs nothing.
fn term(first: u32, count: u32) -> u32 {
  if (split == 1) { return first; }
  return min(first + part, count - 1);
}
fn weighed(right: mat4x4f, first: u32, count: u32) -> mat4x4f {
  if (split == 1) { return right; }
  return right * select(0.0, 1.0, first + part < count);
}

// Two blocks of the first part become the sums of all. All invocations of the workgroup must come by together.
struct Two { one: mat4x4f, other: mat4x4f }
fn sum_of_parts(two: Two, local: u32) -> Two {
  let lanes = width / split;
  if (part > 0) {
    let at = 2 * (local - lanes);
    parts[at] = two.one;
    parts[at + 1] = two.other;
  }
  workgroupBarrier();
  var sum = two;
  for (var p = 1u; p < split; p++) {
    let at = 2 * (local % lanes + (p - 1) * lanes);
    sum.one += parts[at];
    sum.other += parts[at + 1];
  }
  workgroupBarrier(); // before others take their place
  return sum;
}

// The same for a tile.
fn add_parts(tile: ptr<function, Tile>, local: u32) {
  if (split == 1) { return; }
  if (blocks == 0) {
    let rows = sum_of_parts(Two(mat4x4f(tile.row0, tile.row1, vec4f(), vec4f()), mat4x4f()), local);
    tile.row0 = rows.one[0]; tile.row1 = rows.one[1];
    return;
  }
  let r0 = sum_of_parts(Two(tile.c00, tile.c01), local);
  tile.c00 = r0.one; tile.c01 = r0.other;
  if (blocks > 1) { let r1 = sum_of_parts(Two(tile.c10, tile.c11), local); tile.c10 = r1.one; tile.c11 = r1.other; }
  if (blocks > 2) { let r2 = sum_of_parts(Two(tile.c20, tile.c21), local); tile.c20 = r2.one; tile.c21 = r2.other; }
  if (blocks > 3) { let r3 = sum_of_parts(Two(tile.c30, tile.c31), local); tile.c30 = r3.one; tile.c31 = r3.other; }
  if (blocks > 4) { let r4 = sum_of_parts(Two(tile.c40, tile.c41), local); tile.c40 = r4.one; tile.c41 = r4.other; }
  if (blocks > 5) { let r5 = sum_of_parts(Two(tile.c50, tile.c51), local); tile.c50 = r5.one; tile.c51 = r5.other; }
  if (blocks > 6) { let r6 = sum_of_parts(Two(tile.c60, tile.c61), local); tile.c60 = r6.one; tile.c61 = r6.other; }
  if (blocks > 7) { let r7 = sum_of_parts(Two(tile.c70, tile.c71), local); tile.c70 = r7.one; tile.c71 = r7.other; }
}
