// A row of 16: sixteen terms of the left operand, in lane-rotated order. Each of a quad loads four that lie side by side, and then the lanes
// exchange three times. A workgroup must be a row of invocations.
enable subgroups;
// What a quad does depends on its workgroup alone, which is more than the analysis sees.
diagnostic(off, subgroup_uniformity);
// The four terms at 4 (k4 + i), where k4 is a constant and a multiple of 4, and i is below 4:
#expects fn load_row4(k4: u32, i: u32) -> vec4f

alias Row16 = vec4f;
fn load_row16(k4: u32, lane: u32) -> Row16 { return load_row4(k4, lane & 3); }

// The fours in the lane's order.
fn row4_0(x: Row16) -> vec4f { return x; }
fn row4_1(x: Row16) -> vec4f { return quadSwapX(x); }
fn row4_2(x: Row16) -> vec4f { return quadSwapY(x); }
fn row4_3(x: Row16) -> vec4f { return quadSwapDiagonal(x); }

// Which four is the lane's k4-th.
fn lane_row4(k4: u32, lane: u32) -> u32 { return k4 ^ (lane & 3); }
