// The activation of a dense layer, and its derivative written in terms of the activation.
#import lib/activation

// 0: linear, 1: relu, 2: tanh, 3: sigmoid (src/schedule/products.ts).
override activation: u32 = 0;
// Columns of the last vec4f of a row that are no padding, which stays 0: σ(0) is not 0.
override tail: u32 = 4;

fn activate(x: vec4f, is_last: bool) -> vec4f {
  if (activation == 1) { return relu_of(x); }
  if (activation == 2) { return tanh_safe(x); }
  if (activation == 3) {
    let y = sigmoid(x);
    if (tail == 4) { return y; }
    return select(vec4f(), y, vec4<bool>(!is_last) | (vec4u(0, 1, 2, 3) < vec4u(tail)));
  }
  return x;
}

fn activation_derivative(y: vec4f) -> vec4f {
  if (activation == 1) { return select(vec4f(), vec4f(1.0), y > vec4f()); }
  if (activation == 2) { return tanh_derivative(y); }
  if (activation == 3) { return sigmoid_derivative(y); }
  return vec4f(1.0);
}
