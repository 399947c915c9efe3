// Four terms of a row in the order in which an invocation meets them: each of a quad loads one, then they change places three
// times. The importer declares `row_term(k4, i)`, the i-th of the k4-th four, and a workgroup that is a row of
// invocations.
enable subgroups;
// What a quad does depends on its workgroup alone, which is more than the analysis sees.
diagnostic(off, subgroup_uniformity);

fn terms(k4: u32, lane: u32) -> vec4f {
  let x = row_term(k4, lane & 3);
  return vec4f(x, quadSwapX(x), quadSwapY(x), quadSwapDiagonal(x));
}

// The k-th that it meets.
fn term_met(k: u32, lane: u32) -> u32 { return k ^ (lane & 3); }
