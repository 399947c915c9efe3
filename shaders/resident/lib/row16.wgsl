// A row of 16: sixteen terms of the left operand, in the lane's order. Without subgroups, as here, each invocation loads all of them.
// row16.subgroups.wgsl is the twin for devices that have them: each of a quad loads four, and the lanes exchange.
// The four terms at 4 (k4 + i), where k4 is a constant and a multiple of 4, and i is below 4:
#expects fn load_row4(k4: u32, i: u32) -> vec4f

alias Row16 = mat4x4f;
fn load_row16(k4: u32, lane: u32) -> Row16 { return mat4x4f(load_row4(k4, 0), load_row4(k4, 1), load_row4(k4, 2), load_row4(k4, 3)); }

fn row4_0(x: Row16) -> vec4f { return x[0]; }
fn row4_1(x: Row16) -> vec4f { return x[1]; }
fn row4_2(x: Row16) -> vec4f { return x[2]; }
fn row4_3(x: Row16) -> vec4f { return x[3]; }

// Which four is the lane's k4-th.
fn lane_row4(k4: u32, lane: u32) -> u32 { return k4; }
