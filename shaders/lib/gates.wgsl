// The activations of a cell's gates and of its candidate, chosen when the kernel is made. Derivatives are in terms of the activation.
#import lib/activation

// a of the hard sigmoid, a x + 1/2 cut to 0 … 1; 0: the logistic function.
override hard_slope: f32 = 0.0;
// Whether the candidate is relu in place of tanh; of an LSTM its output, too.
override relu: bool = false;

fn gate_activation(x: vec4f) -> vec4f {
  if (hard_slope > 0.0) { return or_nan(clamp(hard_slope * x + 0.5, vec4f(), vec4f(1.0)), x); }
  return sigmoid(x);
}

fn gate_derivative(y: vec4f) -> vec4f {
  if (hard_slope > 0.0) { return select(vec4f(), vec4f(hard_slope), (y > vec4f()) & (y < vec4f(1.0))); }
  return sigmoid_derivative(y);
}

fn candidate_activation(x: vec4f) -> vec4f {
  if (relu) { return relu_of(x); }
  return tanh_safe(x);
}

fn candidate_derivative(y: vec4f) -> vec4f {
  if (relu) { return select(vec4f(), vec4f(1.0), y > vec4f()); }
  return tanh_derivative(y);
}
