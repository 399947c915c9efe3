// The main of the steps of a recurrence on a GPU. A dispatch is one step, by as many workgroups as there are tiles. Or, where `fused`, it is
// `n` steps in a row: a workgroup owns its rows, which no other reads or writes, so a step waits for nothing but a barrier.
// Products that follow one another within a step, 1 or 2; and whether steps go from the last to the first:
#expects const phases
#expects const backward
// Units in fours that a workgroup computes at a time; and one phase of a step, for the units from `unit` on:
#expects fn units_of(phase: u32) -> u32
#expects fn run_phase(phase: u32, s: u32, unit: u32, invocation: Invocation)
#import lib/step
#import lib/workgroup_sums
#import lib/grid

@group(0) @binding(0) var<uniform> step: Step;

override fused: bool = false;
// Which phase this dispatch is, unless `fused`.
override phase: u32 = 0;

// The first row of the tile, the direction, and what an invocation computes.
struct Invocation { row: u32, d: u32, lane: Lane, local: u32 }

// The first row of an invocation. Rows past the last of the batch are computed from whatever lies there, and not stored: an address for
// each row would be more than small register files have room for.
fn row_of(invocation: Invocation) -> u32 { return min(invocation.row + invocation.lane.row, step.B - 1); }

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(id);
  if (y_slices > 1 && group.y * tile_height() >= step.B) { return; }
  let invocation = Invocation(group.y * tile_height(), group.z, lane_of(local), local);
  if (!fused) {
    run_phase(phase, step.s, group.x * units_of(phase), invocation);
    return;
  }
  for (var i = 0u; i < max_iterations; i++) {
    if (i >= step.n) { break; }
    let s = select(step.s + i, step.s - i, backward);
    run_all_units(0, s, invocation);
    if (phases == 2) { run_all_units(1, s, invocation); }
  }
}

// All units, as many at a time as the workgroup computes.
fn run_all_units(which: u32, s: u32, invocation: Invocation) {
  for (var i = 0u; i < max_iterations; i++) {
    let unit = i * units_of(which);
    if (unit >= step.H4) { break; }
    run_phase(which, s, unit, invocation);
  }
  storageBarrier();
}
