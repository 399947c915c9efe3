// The gradient as an optimizer uses it: clipped by norm, then by element.
// The importer declares `control`, `statistics` and `gradients`.

// gradient ⊙ min(1, clip_norm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_; then ± clip_value at most.
fn clipped(i: u32) -> vec4f {
  let g = gradients[i] * statistics.scale;
  let limit = select(control.clip_value, 3.4e38, control.clip_value <= 0.0);
  return clamp(g, vec4f(-limit), vec4f(limit));
}
