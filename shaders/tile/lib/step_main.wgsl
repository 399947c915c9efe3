// The main of every step kernel in tiles: one step, by as many workgroups as it takes. The importer has
//   make(phase, s, place)     one of the products that follow one another within step s, and what is made of it
#import tile/lib/step_tile
#import lib/slices
@group(0) @binding(0) var<uniform> step: Step;

// Which phase this dispatch makes.
override phase: u32 = 0;

// Whether this tile has few rows, and how many an invocation makes.
var<private> few: bool;
fn rows_made() -> u32 { return select(tile_height(), 4, few); }

// First row of the tile, direction, invocation of the tile and of the workgroup. Invocations past the last make what the
// last makes and keep it to themselves.
struct Place { row: u32, d: u32, i: u32, local: u32 }

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = in_grid(place);
  let row = group.y * tile_height();
  if (slices > 1 && row >= step.B) { return; }
  few = has_few_rows(row, step.B);
  make(phase, step.s, Place(row, group.z, group.x * width + local, local));
}
