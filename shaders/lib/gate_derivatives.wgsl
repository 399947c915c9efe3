// The derivatives of lib/gates in terms of the activations.
#import lib/gates

fn hard_derivative(y: vec4f) -> vec4f { return select(vec4f(), vec4f(hard_slope), (y > vec4f()) & (y < vec4f(1.0))); }
fn gate_derivative(y: vec4f) -> vec4f { if (hard_slope > 0.0) { return hard_derivative(y); } else { return sigmoid_derivative(y); } }
fn candidate_derivative(y: vec4f) -> vec4f { if (relu) { return select(vec4f(), vec4f(1.0), y > vec4f()); } else { return tanh_derivative(y); } }
