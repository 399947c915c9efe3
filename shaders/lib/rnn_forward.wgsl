// RNN, one step forward: h = φ(x W + b + h' U), φ = tanh or relu.
#import lib/step
#import lib/activation
@group(0) @binding(1) var<storage, read> lengths: array<u32>;      // [B]
@group(0) @binding(2) var<storage, read> ids: array<u32>;          // [T, B], where rows of W are looked up
@group(0) @binding(3) var<storage, read> W: array<vec4f>;          // [V, D, 1, H], the same
@group(0) @binding(4) var<storage, read> U: array<vec4f>;          // [D, H, 1, H], and b behind it
@group(0) @binding(5) var<storage, read> gates: array<vec4f>;      // [S, B, D, 1, H]: x W + b unless looked up
@group(0) @binding(6) var<storage, read_write> h: array<vec4f>;    // [T+2, B, D, H]
#import lib/step_forward
override relu: bool = false;

fn finish_units(t: u32, b: u32, d: u32, unit: u32, product: vec4f) {
  if (unit >= step.H4) { return; }
  var y: vec4f;
  if (t < lengths[b]) {
    let a = input_columns(input_row(t, b, d, step.H4), unit) + product;
    y = select(tanh_safe(a), relu_of(a), relu);
  } else {
    y = h[state_before(t, b, d) + unit];
  }
  h[state_after(t, b, d) + unit] = y;
}
