// One workgroup ends the reductions: the mean loss from the losses of the rows, the gradient's norm from the partial
// sums of squares, and the factor that clips it, as torch.nn.utils.clip_grad_norm_ has it: min(1, clip / (norm + 1e-6)).
// It judges the step, too: where loss, norm or the length of the update is NaN or infinite, the step is dropped.
// Each invocation adds every `width`th term, then a tree adds their sums: a fixed order, so the same bits.
// Grid: one workgroup.
#import lib/control
struct Counts {
  rows: u32,      // losses
  partials: u32,  // partial sums of squares; 0: there is no gradient
}
@group(0) @binding(0) var<uniform> size: Counts;
@group(0) @binding(1) var<storage, read> control: Control;
@group(0) @binding(2) var<storage, read> losses: array<f32>;                   // [rows]
@group(0) @binding(3) var<storage, read> partials: array<f32>;                 // [partials]
@group(0) @binding(4) var<storage, read_write> statistics: Statistics;

// By bits: compilers may take it that there is neither NaN nor infinity.
fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }

fn judge(loss: f32, norm: f32, update: f32, before: u32) -> u32 {
  let stopping = (control.policy & stops) != 0;
  if (stopping && before >= stopped) { return behind; }
  if (is_finite(loss) && is_finite(norm) && is_finite(update)) { return counts; }
  return select(skipped, stopped, stopping);
}

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
    let loss = sums[0].x * control.weight;
    let norm = sqrt(sums[0].y);
    let scale = select(1.0, min(1.0, control.clip_norm / (norm + 1e-6)), control.clip_norm > 0.0);
    statistics = Statistics(loss, norm, scale, judge(loss, norm, control.rate * (scale * norm), statistics.verdict));
  }
}
