// Steps backward of a GRU with the reset gate after the product (lib/gru_reset_after_backward) on a GPU.
// Grid: x = ⌈H4 / columns⌉ workgroups (fused: one), y = ⌈B / tile height⌉, z = D.
#import lib/gru_reset_after_backward
#import lib/recurrence_backward
const phases = 1;

// Whether the left operand is ds, which lies in `saved`, or dr dz.
var<private> candidate: bool;
fn load_left(phase: u32, i: u32) -> vec4f {
  if (candidate) { return saved[i]; }
  return gates[i];
}
fn accumulate_phase(sums: ptr<function, Sums>, phase: u32, s: u32, unit: u32, invocation: Invocation) {
  let H4 = step.H4;
  let t = time_after(s, invocation.d);
  candidate = false;
  accumulate_gates(sums, phase, t, unit, invocation, 3 * H4, 0, 0, if_after(s, 2 * H4));
  candidate = true;
  accumulate_gates(sums, phase, t, unit, invocation, H4, 0, 2 * H4, if_after(s, H4));
}
