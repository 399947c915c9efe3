// The frame of a cell whose gates all come from one product with h'.
#expects var h: array<vec4f>
#import lib/recurrence_forward
const phases = 1;
fn gates_of(phase: u32) -> GateRange { return GateRange(0, G); }
fn load_left(phase: u32, i: u32) -> vec4f { return h[i]; }
fn left_row(phase: u32, t: u32, b: u32, d: u32) -> u32 { return state_before(t, b, d); }
