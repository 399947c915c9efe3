// Steps backward of a GRU with the reset gate after the product (lib/gru_reset_after_backward), a tile of rows × units an invocation.
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / tile height⌉, z = D.
#import lib/gru_reset_after_backward
#import tile/lib/recurrent_gradient

// Whether the left operand is ds, which lies in `saved`, or dr dz.
var<private> candidate: bool;

fn load_left(i: u32) -> vec4f {
  if (candidate) { return saved[i]; }
  return gates[i];
}

fn recurrent_gradient(phase: u32, tile: ptr<function, Tile>, s: u32, rows: TileRows, unit: u32, d: u32) {
  let H4 = step.H4;
  candidate = false;
  add_gates_times_U(tile, time_after(s, d), rows, unit, d, 3 * H4, 0, 3 * H4, 0, if_after(s, 2 * H4));
  candidate = true;
  add_gates_times_U(tile, time_after(s, d), rows, unit, d, H4, 0, 3 * H4, 2 * H4, if_after(s, H4));
}
