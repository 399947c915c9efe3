// Steps backward of an RNN (lib/rnn_backward), a tile of rows × units an invocation.
// Grid: x = ⌈H4 / 2⌉ invocations, y = ⌈B / tile height⌉, z = D.
#import lib/rnn_backward
#import tile/lib/recurrent_gradient

fn load_left(i: u32) -> vec4f { return gates[i]; }

fn recurrent_gradient(phase: u32, tile: ptr<function, Tile>, s: u32, rows: TileRows, unit: u32, d: u32) {
  let H4 = step.H4;
  add_gates_times_U(tile, time_after(s, d), rows, unit, d, H4, 0, H4, 0, if_after(s, H4));
}
