// Sixteen terms of a row in the order in which an invocation meets them. This is the way for any device: each loads all of them.
// sixteen.subgroups.wgsl says the same where the device has subgroups: each of a quad loads four, and they change places. The
// importer declares `row_four(k4, i)`, the four terms at 4 (k4 + i), where k4 is a constant and a multiple of 4 and i is below 4.

alias Terms = mat4x4f;
fn terms(k4: u32, lane: u32) -> Terms { return mat4x4f(row_four(k4, 0), row_four(k4, 1), row_four(k4, 2), row_four(k4, 3)); }

fn first(x: Terms) -> vec4f { return x[0]; }
fn second(x: Terms) -> vec4f { return x[1]; }
fn third(x: Terms) -> vec4f { return x[2]; }
fn fourth(x: Terms) -> vec4f { return x[3]; }

// Which four it meets as its k4-th.
fn four_met(k4: u32, lane: u32) -> u32 { return k4; }
