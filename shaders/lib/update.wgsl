// The gradient as an optimizer uses it: clipped by norm, then by element.
// The importer declares `control`, `statistics` and `gradients`.

struct Clip { scale: f32, limit: vec4f }

fn clipping() -> Clip {
  return Clip(statistics.scale, vec4f(select(control.clip_value, 3.4e38, control.clip_value <= 0.0)));
}

// gradient ⊙ min(1, clip_norm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_; then ± clip_value at most.
fn clipped(i: u32, clip: Clip) -> vec4f { return clamp(gradients[i] * clip.scale, -clip.limit, clip.limit); }
