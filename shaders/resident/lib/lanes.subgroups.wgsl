// What the lanes of a workgroup that samples do together. A quad shares the loads of a row's terms: each loads one of four, and the lanes exchange
// three times. The first quad has the leader lanes, which share what is too little for all. A workgroup must be a row of invocations.
enable subgroups;
// What a quad does depends on its workgroup alone; that the first quad is there as a whole is more than the analysis sees.
diagnostic(off, subgroup_uniformity);
// The i-th of the k4-th four terms:
#expects fn load_term(k4: u32, i: u32) -> f32

fn load_terms(k4: u32, lane: u32) -> vec4f {
  let x = load_term(k4, lane & 3);
  return vec4f(x, quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x));
}

// Which term is the lane's k-th.
fn lane_term(k: u32, lane: u32) -> u32 { return k ^ (lane & 3); }

const leaders = 4u;

// In one order for all four: (a + b) + (c + d).
fn sum_of_counts(x: u32) -> u32 { let pair = x + quadSwapX(x); return pair + quadSwapY(pair); }
fn sum_of_leaders(x: f32) -> f32 { let pair = x + quadSwapX(x); return pair + quadSwapY(pair); }
// Of those before this one.
fn sum_before(x: f32, lane: u32) -> f32 {
  let neighbours = vec3f(quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x)); // lane ^ 1, ^ 2, ^ 3
  let pair = neighbours.y + neighbours.z; // of the other two
  return select(0.0, pair, lane >= 2) + select(0.0, neighbours.x, (lane & 1) == 1);
}
fn min_of_leaders(x: u32) -> u32 { let pair = min(x, quadSwapX(x)); return min(pair, quadSwapY(pair)); }
fn max_of_leaders(x: f32) -> f32 { let pair = max(x, quadSwapX(x)); return max(pair, quadSwapY(pair)); }
