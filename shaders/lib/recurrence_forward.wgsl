// Steps forward of a cell on a GPU: the product of the state with the gates' columns of U, then the cell's equations.
#expects var U: array<vec4f>
#expects const G
// The gates of a phase; and where the row that is multiplied begins in the left operand:
#expects fn gates_of(phase: u32) -> GateRange
#expects fn left_row(phase: u32, t: u32, b: u32, d: u32) -> u32
// Everything else, for one row and four units: column g of the product is gate g of the phase.
#expects fn finish_gates_of(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: mat4x4f)
#import lib/recurrence
#import lib/step_forward

const backward = false;
const k_contiguous = false;

// The first of some gates, and how many they are.
struct GateRange { first: u32, count: u32 }

fn load_right(i: u32) -> vec4f { return U[i]; }
fn units_of(phase: u32) -> u32 { return columns / gates_of(phase).count; }

// b of a gate, unless `input_columns` has it.
fn gate_bias(d: u32, gate: u32, unit: u32) -> vec4f { return input_bias(d, G * step.H4, gate * step.H4 + unit); }

fn run_phase(phase: u32, s: u32, first_unit: u32, invocation: Invocation) {
  let H4 = step.H4;
  let t = time(s, invocation.d);
  let gates = gates_of(phase);
  let units = units_of(phase);
  // Columns past the last gate or unit are computed as the last and not used.
  let gate = gates.first + min(invocation.lane.column / units, gates.count - 1);
  let unit = min(first_unit + invocation.lane.column % units, H4 - 1);
  let right_stride = G * H4;
  let right = direction_offset(invocation.d, 4 * H4 * right_stride) + gate * H4 + unit;
  var sums = Sums();
  accumulate(
    &sums, phase, left_row(phase, t, row_of(invocation), invocation.d), step.D * H4,
    right, right_stride, 4 * right_stride, H4, invocation.lane.k_slice);
  store_partial_sums(sums, invocation.local);
  workgroupBarrier();
  for (var i = invocation.local; i < tile_height() * units; i += width) {
    let row = i / units;
    let u = i % units;
    let b = invocation.row + row;
    if (b < step.B && first_unit + u < H4) {
      var product: mat4x4f;
      product[0] = sum_of_slices(row, u);
      if (gates.count > 1) { product[1] = sum_of_slices(row, units + u); }
      if (gates.count > 2) { product[2] = sum_of_slices(row, 2 * units + u); }
      if (gates.count > 3) { product[3] = sum_of_slices(row, 3 * units + u); }
      finish_gates_of(phase, t, b, invocation.d, first_unit + u, product);
    }
  }
  if (fused) { workgroupBarrier(); } // before other sums take their place
}
