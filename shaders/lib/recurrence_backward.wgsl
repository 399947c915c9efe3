// Steps backward of a cell on a GPU: what the state receives through the product, dgates Uᵀ, then the cell's equations. The terms
// are columns of U, which lie side by side. The importer declares `U` and `const G`, and has
//   add_products(sums, phase, s, unit, place)   by `add_gates`
//   finish(phase, t, b, d, unit, product)       everything else, for one row and four units
#import lib/recurrence
const parts_first = true;

fn load_right(i: u32) -> vec4f { return U[i]; }
fn units_of(phase: u32) -> u32 { return columns; }

// sums += Σ_j left[t][row, first + j] · U[unit, column + j] over `count` vec4f of gate columns, of rows of `stride`.
fn add_gates(sums: ptr<function, Sums>, phase: u32, t: u32, unit: u32, place: Place, stride: u32, first: u32, column: u32, count: u32) {
  let row = G * step.H4;
  let left = kept_at(t, row_of(place), place.d) * stride + first;
  let right = parameters_of(place.d, 4 * step.H4 * row) + 4 * unit * row + column;
  add_terms(sums, phase, left, step.D * stride, right, row, 1, count, place.lane.part);
}

// The time of the step after s, in the order of reading, and `count` if the segment has one.
fn time_after(s: u32, d: u32) -> u32 { return time(min(s + 1, step.end - 1), d); }
fn if_after(s: u32, count: u32) -> u32 { return select(0u, count, s + 1 < step.end); }

fn make(phase: u32, s: u32, first_unit: u32, place: Place) {
  let t = time(s, place.d);
  var sums = Sums();
  add_products(&sums, phase, s, min(first_unit + place.lane.column, step.H4 - 1), place);
  put_sums(sums, place.local);
  workgroupBarrier();
  for (var i = place.local; i < tile_height() * columns; i += width) {
    let row = i / columns;
    let unit = first_unit + i % columns;
    let b = place.row + row;
    if (b < step.B && unit < step.H4) { finish(phase, t, b, place.d, unit, sum_of(row, i % columns)); }
  }
  if (fused) { workgroupBarrier(); } // before other sums take their place
}
