// The gradient as an optimizer uses it: clipped by norm, then by element.
#expects var control: Control
#expects var statistics: Statistics
#expects var gradients: array<vec4f>
#import lib/control

struct Clip { scale: f32, limit: vec4f }

fn clipping() -> Clip { return Clip(statistics.scale, vec4f(control.clip_value)); }

// gradient ⊙ min(1, clip_norm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_; then ± clip_value at most.
// Without a limit nothing is clamped: that would make a large number of a NaN, which must stay to be seen.
fn clipped(i: u32, clip: Clip) -> vec4f {
  let g = gradients[i] * clip.scale;
  return select(clamp(g, -clip.limit, clip.limit), g, clip.limit <= vec4f());
}
