// The main of every step kernel: one step, by as many workgroups as it takes. Or, where `whole`, `n` steps in a row: a
// workgroup owns a tile of rows, which no other reads or writes, so all that a step waits for is a barrier of its own. The
// importer has
//   const phases                       products that follow one another within a step, 1 or 2
//   const backward                     whether steps go from the last to the first
//   invocations(phase)                 how many make a tile of rows
//   make(phase, s, joined, place)      one step, as far as one invocation makes it; `joined`: with the product that joins it
//                                      to the layer below, or backward to the layer above
#import lib/step_tile
#import lib/split
#import lib/slices
@group(0) @binding(0) var<uniform> step: Step;

// Whether one workgroup makes all units of its rows, step after step.
override whole: bool = false;
// Which phase is made where it is a dispatch of its own.
override phase: u32 = 0;

// Whether this tile has few rows, and how many an invocation makes.
var<private> few: bool;
fn rows_made() -> u32 { return select(tile_height(), 4, few); }

// First row of the tile, direction, invocation of the tile and of the workgroup. Invocations past the last make what the
// last makes and keep it to themselves, as those of all parts but the first do.
struct Place { row: u32, d: u32, i: u32, local: u32 }

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(place);
  let row = group.y * tile_height();
  if (slices > 1 && row >= step.B) { return; }
  let l = select(0, step.layer + group.z, stacked);
  let d = select(group.z, 0, stacked);
  layer = l;
  few = has_few_rows(row, step.B);
  if (!whole) {
    let joined = stacked && select(l > 0, l + 1 < step.layers, backward);
    let lanes = width / split;
    part = local / lanes;
    make(phase, step.s - l, joined, Place(row, d, group.x * lanes + local % lanes, local));
    return;
  }
  for (var i = 0u; i < step.n; i++) {
    let s = select(step.s + i, step.s - i, backward);
    for (var first = 0u; first < invocations(0); first += width) { make(0, s, false, Place(row, d, first + local, local)); }
    storageBarrier();
    if (phases == 2) {
      for (var first = 0u; first < invocations(1); first += width) { make(1, s, false, Place(row, d, first + local, local)); }
      storageBarrier();
    }
  }
}
