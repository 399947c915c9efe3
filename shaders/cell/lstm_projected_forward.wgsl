// One step forward of an LSTM that projects its state, but for its products. m = o ⊙ tanh(c), which is projected, is `h` of lib/lstm_forward here,
// and has its shape. `gates` has h' U already, with x W + b; or with b, where rows of W are looked up.
// Grid: x = H4 invocations, y = B, z = D.
#import lib/grid
#import lib/lstm_forward
@group(0) @binding(0) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  let H4 = step.H4;
  if (id.x >= H4 || id.y >= step.B) { return; }
  let t = time(step.s, id.z);
  var product: mat4x4f;
  if (reads_ids) {
    let offset = segment_row(t, id.y, id.z) * 4 * H4 + id.x;
    product[0] = gates[offset];
    product[1] = gates[offset + H4];
    product[2] = gates[offset + 2 * H4];
    product[3] = gates[offset + 3 * H4];
  }
  finish(t, id.y, id.z, id.x, product);
}
