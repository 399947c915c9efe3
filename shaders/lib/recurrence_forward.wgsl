// Steps forward of a cell on a GPU: the product of the state with the gates' columns of U, then the cell's equations. The importer
// declares `U` and `const G`, and has
//   gates_of(phase)                          the gates made in a phase, and the first of them
//   left_at(phase, t, b, d)                  where the row that is multiplied begins in the left operand
//   finish_gates_of(phase, t, b, d, unit, product)   everything else, for one row and four units: column g is gate g of the phase
#import lib/recurrence
const backward = false;
const parts_first = false;

struct GateRange { first: u32, count: u32 }

fn load_right(i: u32) -> vec4f { return U[i]; }
fn units_of(phase: u32) -> u32 { return columns / gates_of(phase).count; }

// b of a gate, where `input_at` has it not.
fn bias_of(d: u32, gate: u32, unit: u32) -> vec4f { return bias_at(d, G * step.H4, gate * step.H4 + unit); }

fn make(phase: u32, s: u32, first_unit: u32, place: Place) {
  let H4 = step.H4;
  let t = time(s, place.d);
  let gates = gates_of(phase);
  let units = units_of(phase);
  // Columns past the last gate or unit are computed as the last and not used.
  let gate = gates.first + min(place.lane.column / units, gates.count - 1);
  let unit = min(first_unit + place.lane.column % units, H4 - 1);
  let stride = G * H4;
  let right = parameters_of(place.d, 4 * H4 * stride) + gate * H4 + unit;
  var sums = Sums();
  add_terms(&sums, phase, left_at(phase, t, row_of(place), place.d), step.D * H4, right, stride, 4 * stride, H4, place.lane.part);
  put_sums(sums, place.local);
  workgroupBarrier();
  for (var i = place.local; i < tile_height() * units; i += width) {
    let row = i / units;
    let u = i % units;
    let b = place.row + row;
    if (b < step.B && first_unit + u < H4) {
      var product: mat4x4f;
      product[0] = sum_of(row, u);
      if (gates.count > 1) { product[1] = sum_of(row, units + u); }
      if (gates.count > 2) { product[2] = sum_of(row, 2 * units + u); }
      if (gates.count > 3) { product[3] = sum_of(row, 3 * units + u); }
      finish_gates_of(phase, t, b, place.d, first_unit + u, product);
    }
  }
  if (fused) { workgroupBarrier(); } // before other sums take their place
}
