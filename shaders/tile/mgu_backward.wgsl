// Steps backward of a minimal gated unit (lib/mgu_backward), a tile of rows × units an invocation.
// Grid: x = ⌈H4 / 2⌉ invocations, for each phase, y = ⌈B / tile height⌉, z = D.
#import lib/mgu_backward
#import tile/lib/recurrent_gradient

fn load_left(i: u32) -> vec4f { return gates[i]; }

// df of the step after; then ds, of this very step.
fn recurrent_gradient(phase: u32, tile: ptr<function, Tile>, s: u32, rows: TileRows, unit: u32, d: u32) {
  let H4 = step.H4;
  if (phase == 0) {
    add_gates_times_U(tile, time_after(s, d), rows, unit, d, 2 * H4, 0, 2 * H4, 0, if_after(s, H4));
  } else {
    add_gates_times_U(tile, time(s, d), rows, unit, d, 2 * H4, H4, 2 * H4, H4, H4);
  }
}
