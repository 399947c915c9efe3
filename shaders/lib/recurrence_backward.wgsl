// Steps backward of a cell on a GPU: what the state receives through the product dgates Uᵀ, then the cell's equations. The terms are
// columns of U, which lie side by side.
#expects var U: array<vec4f>
#expects const G
// The product, by `accumulate_gates`; and everything else, for one row and four units:
#expects fn accumulate_phase(sums: ptr<function, Sums>, phase: u32, s: u32, unit: u32, invocation: Invocation)
#expects fn finish(phase: u32, t: u32, b: u32, d: u32, unit: u32, product: vec4f)
#import lib/recurrence
#import lib/step_backward

const k_contiguous = true;

fn load_right(i: u32) -> vec4f { return U[i]; }
fn units_of(phase: u32) -> u32 { return columns; }

// sums += Σ_j left[t][row, first + j] · U[unit, column + j] over `count` vec4f of gate columns, of rows of `right_stride`.
fn accumulate_gates(sums: ptr<function, Sums>, phase: u32, t: u32, unit: u32, invocation: Invocation, right_stride: u32, first: u32, column: u32, count: u32) {
  let row = G * step.H4;
  let left = segment_row(t, row_of(invocation), invocation.d) * right_stride + first;
  let right = direction_offset(invocation.d, 4 * step.H4 * row) + 4 * unit * row + column;
  accumulate(sums, phase, left, step.D * right_stride, right, row, 1, count, invocation.lane.k_slice);
}

fn run_phase(phase: u32, s: u32, first_unit: u32, invocation: Invocation) {
  let t = time(s, invocation.d);
  var sums = Sums();
  accumulate_phase(&sums, phase, s, min(first_unit + invocation.lane.column, step.H4 - 1), invocation);
  store_partial_sums(sums, invocation.local);
  workgroupBarrier();
  for (var i = invocation.local; i < tile_height() * columns; i += width) {
    let row = i / columns;
    let unit = first_unit + i % columns;
    let b = invocation.row + row;
    if (b < step.B && unit < step.H4) { finish(phase, t, b, invocation.d, unit, sum_of_slices(row, i % columns)); }
  }
  if (fused) { workgroupBarrier(); } // before other sums take their place
}
