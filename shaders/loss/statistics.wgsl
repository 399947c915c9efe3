// One workgroup ends the reductions: the mean loss from the losses of the rows, the gradient's norm from the partial
// sums of squares, and the factor that clips it, as torch.nn.utils.clip_grad_norm_ has it: min(1, clip / (norm + 1e-6)).
// Each invocation adds every `width`th term, then a tree adds their sums: a fixed order, so the same bits.
// Grid: one workgroup.
#import lib/control
#import lib/statistics
struct Counts {
  rows: u32,      // losses
  partials: u32,  // partial sums of squares; 0: no gradient was made
}
@group(0) @binding(0) var<uniform> size: Counts;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> losses: array<f32>;                   // [rows]
@group(0) @binding(3) var<storage, read> partials: array<f32>;                 // [partials]
@group(0) @binding(4) var<storage, read_write> statistics: Statistics;

override width: u32 = 64;
var<workgroup> sums: array<vec2f, width>;

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) i: u32) {
  var sum = vec2f();
  for (var n = i; n < size.rows; n += width) { sum.x += losses[n]; }
  for (var n = i; n < size.partials; n += width) { sum.y += partials[n]; }
  sums[i] = sum;
  for (var half = width / 2; half > 0; half /= 2) {
    workgroupBarrier();
    if (i < half) { sums[i] += sums[i + half]; }
  }
  if (i == 0) {
    let norm = sqrt(sums[0].y);
    statistics.loss = sums[0].x * control.weight;
    statistics.norm = norm;
    statistics.scale = select(1.0, min(1.0, control.clip_norm / (norm + 1e-6)), control.clip_norm > 0.0);
  }
}
