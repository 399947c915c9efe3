// Sixteen terms of a row in the order in which an invocation meets them: each of a quad loads four that lie side by side, and
// then they change places three times. The importer declares `row_four(k4, i)`, the four terms at 4 (k4 + i), where k4 is a
// constant and a multiple of 4 and i is below 4, and a workgroup that is a row of invocations.
enable subgroups;
// What a quad does depends on its workgroup alone, which is more than the analysis sees.
diagnostic(off, subgroup_uniformity);

alias Terms = vec4f;
fn terms(k4: u32, lane: u32) -> Terms { return row_four(k4, lane & 3); }

// The fours in the order in which they are met.
fn first(x: Terms) -> vec4f { return x; }
fn second(x: Terms) -> vec4f { return quadSwapX(x); }
fn third(x: Terms) -> vec4f { return quadSwapY(x); }
fn fourth(x: Terms) -> vec4f { return quadSwapDiagonal(x); }

// Which four it meets as its k4-th.
fn four_met(k4: u32, lane: u32) -> u32 { return k4 ^ (lane & 3); }
