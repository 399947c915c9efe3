// Invocations of a quad exchange rows: what they made of the rows that they met in their own order, lane g of column g, becomes
// all columns of one row: lane r has row r, of which column g of the result is what lane g made.
fn quad_transpose(m: mat4x4f, local: u32) -> mat4x4f {
  // Of row r = lane: what the neighbours made, nearest first.
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
