// The frame of a step forward with one product: a tile of 8 rows × 8 units. The importer declares `U`, and has
//   left(t, rows, d)                   where four rows of the product's left operand begin
//   block_of_left(rows, k)             four of its rows over four k, as the columns of a block
//   right(k, unit, d)                  where U begins for four k and a unit
//   right_stride()                     from one k to the next in U
//   finish(t, b, d, unit, product)     everything else, for one row and four units
@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x * 2;
  let row = id.y * select(4u, 8u, tall);
  let d = id.z;
  if (unit >= step.H4) { return; }
  let t = time(step.s, d);
  let rows0 = left(t, four_rows(row), d);
  let rows1 = left(t, four_rows(row + 4), d);
  let next = min(unit + 1, step.H4 - 1) - unit;
  var a00 = mat4x4f();
  var a01 = mat4x4f();
  var a10 = mat4x4f();
  var a11 = mat4x4f();
  for (var k = 0u; k < step.H4; k++) {
    let at = right(k, unit, d);
    let u0 = block_of_U(at, right_stride());
    let u1 = block_of_U(at + next, right_stride());
    let x0 = block_of_left(rows0, k);
    a00 += u0 * x0;
    a01 += u1 * x0;
    if (tall) {
      let x1 = block_of_left(rows1, k);
      a10 += u0 * x1;
      a11 += u1 * x1;
    }
  }
  var tile = array<mat4x4f, 4>(a00, a01, a10, a11);
  for (var r = 0u; r < select(4u, 8u, tall); r++) {
    finish(t, row + r, d, unit, tile[r / 4 * 2][r % 4]);
    finish(t, row + r, d, unit + 1, tile[r / 4 * 2 + 1][r % 4]);
  }
}
