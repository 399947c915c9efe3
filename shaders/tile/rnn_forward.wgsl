// Steps forward of an RNN (lib/rnn_forward), a tile of rows × units an invocation.
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / tile height⌉, z = D.
#import lib/rnn_forward
#import tile/lib/tile_forward

// A pair of column blocks is 8 units.
fn finish(phase: u32, t: u32, b: u32, d: u32, column: u32, p0: vec4f, p1: vec4f) {
  finish_units(t, b, d, 2 * column, p0);
  finish_units(t, b, d, 2 * column + 1, p1);
}

fn load_left(i: u32) -> vec4f { return h[i]; }
fn left_offsets(phase: u32, t: u32, rows: TileRows, d: u32) -> TileRows { return tile_before(t, rows, d); }
fn invocations(phase: u32) -> u32 { return (step.H4 + 1) / 2; }
fn right_columns(phase: u32, column: u32) -> vec2u { return min(2 * column + vec2u(0, 1), vec2u(step.H4 - 1)); }
fn column_count() -> u32 { return step.H4; }
