// One step backward of an LSTM that projects its state, but for its products: from the gradient of m = o ⊙ tanh(c), which `dh` of
// lib/lstm_backward is here, to those of the gates and of c.
// Grid: x = H4 invocations, y = B, z = D.
#import lib/grid
#import lib/lstm_backward
@group(0) @binding(0) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  if (id.x >= step.H4 || id.y >= step.B) { return; }
  finish(0, time(step.s, id.z), id.y, id.z, id.x, vec4f());
}
