// What an invocation keeps in registers in steps backward, whose terms are gate columns: a block of columns is four units, rows of U.
#expects var U: array<vec4f>
#expects var dh: array<vec4f>
#expects const G
// How many gates the first product's terms are of; and what says where its row begins, of the step after s:
#expects const lhs_gates
#expects fn set_row(s: u32, b: u32)
#expects fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f)
#import resident/lib/step
#import lib/step_backward

// Invocations past the last unit compute what the last does, and store nothing.
fn resident_block(k4: u32, c: u32) -> mat4x4f {
  let row = G * step.H4;
  let column = slice_offset() + gate_four(k4, 0);
  let offset = direction_offset(d, 4 * step.H4 * row) + 4 * min(lane * columns + c, step.H4 - 1) * row + column;
  return transpose(mat4x4f(U[offset], U[offset + row], U[offset + 2 * row], U[offset + 3 * row])) * select(0.0, 1.0, k4 % padded4 < hidden4);
}
// Where the (k4 + i)-th four of the resident terms are in a row of gates, which has no padding.
fn gate_four(k4: u32, i: u32) -> u32 { return k4 / padded4 * hidden4 + unit_four(k4 % padded4 + i); }
// Where those of the K slice begin: it has whole gates.
fn slice_offset() -> u32 { return k_slice * (G / k_slices) * hidden4; }

fn load_more() {}

// A K slice that is not the last adds its sums to what passes the step without the product: a phase that no cell has.
const slice_phase = 2u;
fn accumulate_slice(s: u32, t: u32, b: u32) { run_product(slice_phase, s, t, b); }
fn run_phase_0(s: u32, t: u32, b: u32) { run_product(0, s, t, b); }
fn run_product(phase: u32, s: u32, t: u32, b: u32) {
  set_row(s, b);
  // A K slice has no more than its resident terms.
  multiply_row(Row(phase, t, b, s + 1 < step.end), KRange(0, min(lhs_gates * padded4, resident_k4)));
}
// Where a product goes; `has_row`: whether there is a row to multiply.
struct Row { phase: u32, t: u32, b: u32, has_row: bool }
fn multiply_row(row: Row, range: KRange) {
  multiply(0, columns, range);
  store(row, 0);
  if (columns > 1) { store(row, 1); }
  if (columns > 2) { store(row, 2); store(row, 3); }
}
fn store(row: Row, c: u32) {
  let product = select(vec4f(), accumulators[c], row.has_row);
  let unit = lane * columns + c;
  if (unit < step.H4) {
    if (row.phase == slice_phase) { dh[carried_offset(row.b, d) + unit] += product; } else { finish(row.phase, row.t, row.b, d, unit, product); }
  }
}
