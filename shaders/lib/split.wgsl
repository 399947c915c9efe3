// Where a batch has too few tiles to fill a GPU, the terms of a sum are dealt to `split` parts of the workgroup, like cards,
// and the parts are added up in order through workgroup memory. For tiles of up to four rows.

// How many parts; 1: every invocation makes all terms of its tile.
override split: u32 = 1;
// Blocks of workgroup memory that the parts need: two an invocation where there are several.
override part_blocks: u32 = 1;
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

// The tile of the first part becomes the sum of all. All invocations of the workgroup must come by together.
fn add_parts(tile: ptr<function, Tile>, local: u32) {
  if (split == 1) { return; }
  if (blocks == 0) {
    parts[2 * local] = mat4x4f(tile.row0, tile.row1, vec4f(), vec4f());
  } else {
    parts[2 * local] = tile.c00;
    parts[2 * local + 1] = tile.c01;
  }
  workgroupBarrier();
  let lanes = width / split;
  for (var p = 1u; p < split; p++) {
    let at = 2 * (local % lanes + p * lanes);
    if (blocks == 0) {
      tile.row0 += parts[at][0];
      tile.row1 += parts[at][1];
    } else {
      tile.c00 += parts[at];
      tile.c01 += parts[at + 1];
    }
  }
  workgroupBarrier(); // before another tile takes their place
}
