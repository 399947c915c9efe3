// The first invocations of a workgroup that share what is too little for all, and what they tell each other: here the first quad.
enable subgroups;
// That the quad is there as a whole is more than the analysis sees.
diagnostic(off, subgroup_uniformity);
const sharers = 4u;

// In one order for all four: (a + b) + (c + d).
fn sum_of_counts(x: u32) -> u32 { let pair = x + quadSwapX(x); return pair + quadSwapY(pair); }
fn sum_of_sharers(x: f32) -> f32 { let pair = x + quadSwapX(x); return pair + quadSwapY(pair); }
// Of those before this one.
fn sum_before(x: f32, lane: u32) -> f32 {
  let neighbours = vec3f(quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x)); // lane ^ 1, ^ 2, ^ 3
  let pair = neighbours.y + neighbours.z; // of the other two
  return select(0.0, pair, lane >= 2) + select(0.0, neighbours.x, (lane & 1) == 1);
}
fn least_of_sharers(x: u32) -> u32 { let pair = min(x, quadSwapX(x)); return min(pair, quadSwapY(pair)); }
fn largest_of_sharers(x: f32) -> f32 { let pair = max(x, quadSwapX(x)); return max(pair, quadSwapY(pair)); }
