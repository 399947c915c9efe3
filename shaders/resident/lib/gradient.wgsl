// What an invocation holds in steps backward, whose terms are gate columns: a block of columns is four units, rows of U. The
// importer declares `gates` and `U`, and has const G, `finish` of the cell's equations, and
//   begin_row(s, b)      says where the row is that step s multiplies first, of the step after it
//   const first_terms    and how many gates its terms are of
#import resident/lib/step

// Places past the last unit make what the last makes, and keep it to themselves.
fn to_hold(k4: u32, c: u32) -> mat4x4f {
  let row = G * step.H4;
  let column = place_of_part() + gate_four(k4, 0);
  let at = parameters_of(d, 4 * step.H4 * row) + 4 * min(lane * columns + c, step.H4 - 1) * row + column;
  return transpose(mat4x4f(U[at], U[at + row], U[at + 2 * row], U[at + 3 * row])) * select(0.0, 1.0, k4 % padded4 < hidden4);
}
// Where the (k4 + i)-th four of what is held are in a row of gates, whose terms have no padding.
fn gate_four(k4: u32, i: u32) -> u32 { return k4 / padded4 * hidden4 + unit_four(k4 % padded4 + i); }
// Where those of the part begin: it has whole gates.
fn place_of_part() -> u32 { return part * (G / parts) * hidden4; }

fn hold_more() {}

// The time of the step after s, in the order of reading; of the segment's last step, which has none after it, its own.
// (What a segment's first step gives to the step before it is added to `dh` once the segment is done.)
fn time_after(s: u32) -> u32 { return time(min(s + 1, step.end - 1), d); }

// A part that is not the last adds what it makes to what passes the step without the product: a phase that no cell has.
const passes_on = 2u;
fn make_part(s: u32, t: u32, b: u32) { make_first(passes_on, s, t, b); }
fn make(s: u32, t: u32, b: u32) { make_first(0, s, t, b); }
fn make_first(phase: u32, s: u32, t: u32, b: u32) {
  begin_row(s, b);
  // A part has no more than what it holds.
  make_row(Row(phase, t, b, s + 1 < step.end), What(0, min(first_terms * padded4, held4)));
}
// Where a product goes; `counts`: whether there is a row to multiply.
struct Row { phase: u32, t: u32, b: u32, counts: bool }
fn make_row(row: Row, what: What) {
  multiply(0, columns, what);
  put(row, 0);
  if (columns > 1) { put(row, 1); }
  if (columns > 2) { put(row, 2); put(row, 3); }
}
fn put(row: Row, c: u32) {
  let product = select(vec4f(), made[c], row.counts);
  let unit = lane * columns + c;
  if (unit < step.H4) {
    if (row.phase == passes_on) { dh[carried(row.b, d) + unit] += product; } else { finish(row.phase, row.t, row.b, d, unit, product); }
  }
}
