// Invocations of a quad exchange rows: what each made of four rows, lane g of column g, becomes all columns of one row: lane r
// has row r, of which column g of the result is what lane g made. By way of workgroup memory, on any device; all invocations
// of the workgroup must come by together.
var<workgroup> given: array<mat4x4f, width>;

fn quad_transpose(m: mat4x4f, local: u32) -> mat4x4f {
  workgroupBarrier();
  given[local] = m;
  workgroupBarrier();
  let first = local & ~3u;
  let lane = local & 3u;
  return mat4x4f(given[first][lane], given[first + 1][lane], given[first + 2][lane], given[first + 3][lane]);
}
