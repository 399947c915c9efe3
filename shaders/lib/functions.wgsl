// The functions of a layer's own choice. They have the names that a cell's equations call; the usual ones under these names get others
// (src/gpu/choices.ts). Derivatives are in terms of the activation.
#expects fn or_nan(y: vec4f, x: vec4f) -> vec4f
#expects fn relu_of(x: vec4f) -> vec4f
#expects fn usual_sigmoid(x: vec4f) -> vec4f
#expects fn usual_sigmoid_derivative(y: vec4f) -> vec4f
#expects fn usual_tanh_safe(x: vec4f) -> vec4f
#expects fn usual_tanh_derivative(y: vec4f) -> vec4f

// a of the gates' hard sigmoid, a x + 1/2 cut to 0 … 1; 0: the logistic function.
override hard_slope: f32 = 0.0;
// Whether the candidate is relu in place of tanh; of an LSTM its output, too.
override relu_candidate: bool = false;

fn sigmoid(x: vec4f) -> vec4f {
  if (hard_slope > 0.0) { return or_nan(clamp(hard_slope * x + 0.5, vec4f(), vec4f(1.0)), x); }
  return usual_sigmoid(x);
}

fn sigmoid_derivative(y: vec4f) -> vec4f {
  if (hard_slope > 0.0) { return select(vec4f(), vec4f(hard_slope), (y > vec4f()) & (y < vec4f(1.0))); }
  return usual_sigmoid_derivative(y);
}

fn tanh_safe(x: vec4f) -> vec4f {
  if (relu_candidate) { return relu_of(x); }
  return usual_tanh_safe(x);
}

fn tanh_derivative(y: vec4f) -> vec4f {
  if (relu_candidate) { return select(vec4f(), vec4f(1.0), y > vec4f()); }
  return usual_tanh_derivative(y);
}
