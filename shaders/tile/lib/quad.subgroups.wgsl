// A quad is four neighbouring invocations that compute the same rows of a product. Each loads one row of four, and the lanes exchange three
// times. So each has its own row first, and the others in an order of its own (lane-rotated): a swap is one instruction where a broadcast is
// many. Neighbours in x must be neighbours in the subgroup, as they are where workgroups are a row.
enable subgroups;
// What a quad does depends on its workgroup alone, which is more than the analysis sees.
diagnostic(off, subgroup_uniformity);
#expects fn load_left(i: u32) -> vec4f
// Four rows: the index or address of this invocation's.
alias Rows = u32;

// The order of the four rows in a lane.
fn lane_order(lane: u32) -> vec4u { return vec4u(0, 1, 2, 3) ^ vec4u(lane); }

// Rows first .. first + 3; past the end they repeat the last (it is computed and not stored).
fn quad_rows(first: u32, lane: u32, count: u32) -> Rows { return min(first + lane, count - 1); }

// Elements k of four rows, in that order, as the columns of a block.
fn load_rows(rows: Rows, k: u32) -> mat4x4f {
  let row = load_left(rows + k);
  return mat4x4f(row, quadSwapX(row), quadSwapY(row), quadSwapDiagonal(row));
}

// Of a tile of one row.
fn first_row(rows: Rows) -> u32 { return rows; }

// A transpose within the quad: lane g has column g of four rows, in its own order, and gets all columns of one row: lane r has row r, column g
// of which comes from lane g.
fn quad_transpose(m: mat4x4f, local: u32) -> mat4x4f {
  // Of row r = lane: what the neighbours have, nearest first.
  let near = mat4x4f(m[0], quadSwapX(m[1]), quadSwapY(m[2]), quadSwapDiagonal(m[3]));
  // Neighbour s is lane r ^ s, so column g is that of neighbour r ^ g.
  let odd = (local & 1) == 1;
  let a0 = select(near[0], near[1], odd);
  let a1 = select(near[1], near[0], odd);
  let a2 = select(near[2], near[3], odd);
  let a3 = select(near[3], near[2], odd);
  let upper = (local & 2) == 2;
  return mat4x4f(select(a0, a2, upper), select(a1, a3, upper), select(a2, a0, upper), select(a3, a1, upper));
}
