// Invocations of a quad exchange columns: column g of the result is column `lane` of what lane g gave. Blocks of 2 × 2
// change places within pairs of lanes, then the halves between the pairs.
fn quad_transpose(m: mat4x4f, local: u32) -> mat4x4f {
  let odd = (local & 1) == 1;
  let x0 = quadSwapX(select(m[1], m[0], odd));
  let x1 = quadSwapX(select(m[3], m[2], odd));
  let a0 = select(m[0], x0, odd);
  let a1 = select(x0, m[1], odd);
  let a2 = select(m[2], x1, odd);
  let a3 = select(x1, m[3], odd);
  let upper = (local & 2) == 2;
  let y0 = quadSwapY(select(a2, a0, upper));
  let y1 = quadSwapY(select(a3, a1, upper));
  return mat4x4f(select(a0, y0, upper), select(a1, y1, upper), select(y0, a2, upper), select(y1, a3, upper));
}
