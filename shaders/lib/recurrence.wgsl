// The main of the steps of a recurrence on a GPU: one step, by as many workgroups as there are tiles; or, where `fused`, `n` steps
// in a row: a workgroup owns its rows, which no other reads or writes, so a step waits for nothing but a barrier. The importer has
//   const phases                       products that follow one another within a step, 1 or 2
//   const backward                     whether steps go from the last to the first
//   units_of(phase)                    units in fours that a workgroup makes at a time
//   make(phase, s, unit, place)        one step, of the units from `unit` on
#import lib/step
#import lib/workgroup_sums
#import lib/slices
@group(0) @binding(0) var<uniform> step: Step;

override fused: bool = false;
// Which phase is made where it is a dispatch of its own.
override phase: u32 = 0;

// The first row of the tile, the direction, and what an invocation makes.
struct Place { row: u32, d: u32, lane: Lane, local: u32 }

// The first row of an invocation. Those past the last of the batch are whatever lies there, computed and not stored: an address for each
// row would be more than small register files have room for.
fn row_of(place: Place) -> u32 { return min(place.row + place.lane.row, step.B - 1); }

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(id);
  if (slices > 1 && group.y * tile_height() >= step.B) { return; }
  let place = Place(group.y * tile_height(), group.z, lane_of(local), local);
  if (!fused) {
    make(phase, step.s, group.x * units_of(phase), place);
    return;
  }
  for (var i = 0u; i < most_turns; i++) {
    if (i >= step.n) { break; }
    let s = select(step.s + i, step.s - i, backward);
    make_all(0, s, place);
    if (phases == 2) { make_all(1, s, place); }
  }
}

// All units, as many at a time as the workgroup makes.
fn make_all(which: u32, s: u32, place: Place) {
  for (var i = 0u; i < most_turns; i++) {
    let unit = i * units_of(which);
    if (unit >= step.H4) { break; }
    make(which, s, unit, place);
  }
  storageBarrier();
}
