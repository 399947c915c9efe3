// Steps forward of a GRU (lib/gru_forward), a tile of rows × units an invocation.
// Grid: x = H4 invocations, then ⌈H4 / 2⌉, y = ⌈B / tile height⌉, z = D.
#import lib/gru_forward
#import tile/lib/tile_forward

// A pair of column blocks is r and z of four units, then the candidates of eight.
fn finish(phase: u32, t: u32, b: u32, d: u32, column: u32, p0: vec4f, p1: vec4f) {
  if (phase == 0) {
    finish_gates(t, b, d, column, p0, p1);
  } else {
    finish_candidate(t, b, d, 2 * column, p0);
    finish_candidate(t, b, d, 2 * column + 1, p1);
  }
}

// Whether the left operand is s or h'.
var<private> candidate: bool;

fn load_left(i: u32) -> vec4f {
  if (candidate) { return saved[i]; }
  return h[i];
}

fn left_offsets(phase: u32, t: u32, rows: TileRows, d: u32) -> TileRows {
  candidate = phase == 1;
  if (candidate) { return tile_in_segment(t, rows, d, step.H4); }
  return tile_before(t, rows, d);
}

fn invocations(phase: u32) -> u32 { return select(step.H4, (step.H4 + 1) / 2, phase == 1); }

fn right_columns(phase: u32, column: u32) -> vec2u {
  if (phase == 0) { return column + vec2u(0, step.H4); }
  return 2 * step.H4 + min(2 * column + vec2u(0, 1), vec2u(step.H4 - 1));
}
fn column_count() -> u32 { return 3 * step.H4; }
