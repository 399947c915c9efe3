// The activations of a cell's gates and of its candidate, chosen when the kernel is made.
#import lib/activation

// a of the hard sigmoid, a x + 1/2 cut to 0 … 1; 0: the logistic function.
override hard_slope: f32 = 0.0;
// Whether the candidate is relu in place of tanh; of an LSTM its output, too.
override relu: bool = false;

fn hard_sigmoid(x: vec4f) -> vec4f { return or_nan(clamp(hard_slope * x + 0.5, vec4f(), vec4f(1.0)), x); }
fn gate_activation(x: vec4f) -> vec4f { if (hard_slope > 0.0) { return hard_sigmoid(x); } else { return sigmoid(x); } }
fn candidate_activation(x: vec4f) -> vec4f { if (relu) { return relu_of(x); } else { return tanh_safe(x); } }
