// What the matrix products share. Every matrix is an array of vec4f: a row is `stride` vec4f long, its columns are
// padded to a multiple of 4 with zeros, and dimension z of the grid moves each matrix by its own distance (directions).
struct Product {
  M: u32,        // rows of the result
  N4: u32,       // columns of the result, in vec4f
  K: u32,        // terms of a sum: in vec4f, where k runs along the rows of A (nn, nt); in rows (column_sums)
  a: u32, a_stride: u32, a_z: u32, // offset of A, of its next row, of its next z; in vec4f
  b: u32, b_stride: u32, b_z: u32, // the same of B
  c: u32, c_stride: u32, c_z: u32, // of the result
  sums: u32, sums_z: u32,          // of the column sums or the bias
}
