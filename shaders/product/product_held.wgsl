// C = A B + bias, or C += A B, where B stays in the invocations: any of the products over all steps, as A B, A Bᵀ and Aᵀ B
// differ by what is next to what. Of a longer sum up to 128 terms are made here, and added to those before them.
// Grid: x = ⌈N / (16 columns)⌉ workgroups of 4 invocations, y = parts of the rows, z as the matrices have.
#import lib/held
struct Product {
  M: u32, N: u32, K: u32, // rows of the result, its columns, a multiple of 4, and terms made here
  begins: u32,            // 1: what is in C does not count
  // Offset of A, of its next row, of its next term, of its next z, in f32; and the same of B, C, the bias.
  a: u32, a_row: u32, a_term: u32, a_z: u32,
  b: u32, b_column: u32, b_term: u32, b_z: u32,
  c: u32, c_row: u32, c_column: u32, c_z: u32,
  bias: u32, bias_z: u32,
}
@group(0) @binding(0) var<uniform> given: Product;
@group(0) @binding(1) var<storage, read> a: array<f32>;            // [M, K]
@group(0) @binding(2) var<storage, read> b: array<f32>;            // [K, N]
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // [N]
@group(0) @binding(4) var<storage, read_write> c: array<f32>;      // [M, N]

override width: u32 = 4;
// Whether what is made is added to what is in C, unless this begins it.
override adds: bool = false;
// Whether a sum begins with the bias.
override biased: bool = false;

// A copy of what is given: a software adapter takes long to load a uniform, too.
var<private> size: Product;
var<private> row_place: u32;
// From four terms of A to the next, and where its last term is: past it that is read again, and counts nothing.
var<private> fours_apart: u32;
var<private> last_place: u32;
fn row_term(k4: u32, i: u32) -> f32 { return a[min(row_place + k4 * fours_apart + i * size.a_term, last_place)]; }

// Where the c-th block of columns begins; past the last, the last, which is then not stored.
var<private> first_column: u32;
fn column_of(c: u32) -> u32 { return min(first_column + 4 * c, size.N - 4); }

fn to_hold(k: u32, c: u32) -> vec4f {
  let at = size.b + min(k, size.K - 1) * size.b_term + column_of(c) * size.b_column;
  return vec4f(b[at], b[at + size.b_column], b[at + 2 * size.b_column], b[at + 3 * size.b_column]) * select(0.0, 1.0, k < size.K);
}

fn begin(row: u32, i: u32) -> vec4f {
  let column = column_of(i);
  var first = vec4f();
  if (biased) { first = vec4f(bias[size.bias + column], bias[size.bias + column + 1], bias[size.bias + column + 2], bias[size.bias + column + 3]); }
  if (adds) {
    let at = row + column * size.c_column;
    first = select(vec4f(c[at], c[at + size.c_column], c[at + 2 * size.c_column], c[at + 3 * size.c_column]), first, size.begins == 1);
  }
  return first;
}
fn put(row: u32, i: u32, sum: vec4f) {
  let column = first_column + 4 * i;
  if (column < size.N) {
    let at = row + column * size.c_column;
    c[at] = sum.x; c[at + size.c_column] = sum.y; c[at + 2 * size.c_column] = sum.z; c[at + 3 * size.c_column] = sum.w;
  }
}

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  size = given;
  size.a += id.z * size.a_z;
  size.b += id.z * size.b_z;
  size.c += id.z * size.c_z;
  size.bias += id.z * size.bias_z;
  lane = id.x;
  first_column = id.x * 4 * columns;
  fours_apart = 4 * size.a_term;
  hold();
  let rows = (size.M + groups.y - 1) / groups.y;
  let end = min((id.y + 1) * rows, size.M);
  for (var m = id.y * rows; m < end; m++) {
    row_place = size.a + m * size.a_row;
    last_place = row_place + (size.K - 1) * size.a_term;
    let at = size.c + m * size.c_row;
    sum0 = begin(at, 0);
    if (columns > 1) { sum1 = begin(at, 1); }
    if (columns > 2) { sum2 = begin(at, 2); }
    if (columns > 3) { sum3 = begin(at, 3); }
    add_held(false, 0, held4);
    put(at, 0, sum0);
    if (columns > 1) { put(at, 1, sum1); }
    if (columns > 2) { put(at, 2, sum2); }
    if (columns > 3) { put(at, 3, sum3); }
  }
}
