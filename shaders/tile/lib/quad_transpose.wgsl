// Invocations of a quad exchange rows: what each made of four rows, lane g of column g, becomes all columns of one row: lane r
// has row r, of which column g of the result is what lane g made. By way of workgroup memory, on any device; all invocations
// of the workgroup must come by together.
var<workgroup> given: array<vec4f, width>;

fn quad_transpose(m: mat4x4f, local: u32) -> mat4x4f {
  let lane = local & 3u;
  var made = m;
  var result = m;
  for (var s = 1u; s < 4; s++) {
    workgroupBarrier();
    given[local] = made[lane ^ s];
    workgroupBarrier();
    result[lane ^ s] = given[local ^ s];
  }
  return result;
}
