// Activations that hold over the whole range of f32, and their derivatives written in terms of the activation.
// The builtins do not: tanh(x) is NaN from |x| = 89 and off by 6 % near 1e-6 on some adapters, exp(x) overflows at 89.
// NaN stays NaN, so that a network that is ruined says so; min, max and exp may return a number for it.

fn or_nan(y: vec4f, x: vec4f) -> vec4f { return select(x, y, x == x); }

fn sigmoid(x: vec4f) -> vec4f {
  let e = exp(-min(abs(x), vec4f(87.0))); // e ≤ 1, so nothing overflows: σ(-x) = e / (1 + e)
  return or_nan(select(vec4f(1.0), e, x < vec4f()) / (1.0 + e), x);
}

fn tanh_safe(x: vec4f) -> vec4f {
  let a = min(abs(x), vec4f(15.0)); // tanh(15) rounds to 1
  let e = exp(-2.0 * a);
  let large = (1.0 - e) / (1.0 + e);
  // Below 0.3 the quotient cancels; the odd Taylor series to x^11 is within 2e-9 relative there.
  let s = a * a;
  let series = 1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 + s * (-17.0 / 315.0 + s * (62.0 / 2835.0 - s * (1382.0 / 155925.0)))));
  return or_nan(sign(x) * select(large, a * series, a < vec4f(0.3)), x);
}

fn relu_of(x: vec4f) -> vec4f { return select(x, vec4f(), x < vec4f()); }

fn sigmoid_derivative(y: vec4f) -> vec4f { return y * (1.0 - y); }

fn tanh_derivative(y: vec4f) -> vec4f { return (1.0 - y) * (1.0 + y); }
