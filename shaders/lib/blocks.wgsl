// Blocks of 4 × 4 numbers of the matrices of a product, for staging, however they lie in memory.
#expects var size: Product
#expects var a: array<vec4f>
#expects var b: array<vec4f>
#expects override a_transposed
#expects override b_transposed

// Four terms from `k` of four rows from `row` of A, one a column; terms past the last are zero, rows past it the last.
fn block_of_a(row: u32, k: u32, z: u32) -> mat4x4f {
  let offset = size.a + z * size.a_z;
  let i = vec4u(0, 1, 2, 3);
  if (a_transposed) {
    let rows = offset + min(k + i, vec4u(size.K - 1)) * size.a_stride + min(row, size.M - 1) / 4;
    let mask = vec4f(k + i < vec4u(size.K));
    return transpose(mat4x4f(a[rows.x] * mask.x, a[rows.y] * mask.y, a[rows.z] * mask.z, a[rows.w] * mask.w));
  }
  let rows = offset + min(row + i, vec4u(size.M - 1)) * size.a_stride + min(k, size.K - 1) / 4;
  let mask = f32(k < size.K);
  return mat4x4f(a[rows.x] * mask, a[rows.y] * mask, a[rows.z] * mask, a[rows.w] * mask);
}

// Four columns of B, number `column` of such fours, of four terms from `k`, one a column.
fn block_of_b(column: u32, k: u32, z: u32) -> mat4x4f {
  let offset = size.b + z * size.b_z;
  let i = vec4u(0, 1, 2, 3);
  let j = min(column, size.N4 - 1);
  if (b_transposed) {
    let rows = offset + (4 * j + i) * size.b_stride + min(k, size.K - 1) / 4;
    let mask = f32(k < size.K);
    return transpose(mat4x4f(b[rows.x] * mask, b[rows.y] * mask, b[rows.z] * mask, b[rows.w] * mask));
  }
  let rows = offset + min(k + i, vec4u(size.K - 1)) * size.b_stride + j;
  let mask = vec4f(k + i < vec4u(size.K));
  return mat4x4f(b[rows.x] * mask.x, b[rows.y] * mask.y, b[rows.z] * mask.z, b[rows.w] * mask.w);
}
