// dgates Uᵀ for a tile of 8 rows × 8 units, in blocks of 4 × 4: block X of dgates holds four rows as its columns, block
// N of U four units, so `transpose(N) * X` adds four gate columns at once and its column r is row r of the tile.
// It is the frame of every step backward: the importer declares `gates` and `U`, both array<vec4f>, and has
//   recurrent_gradient(row, unit, d)        what the state receives through the product, for a tile
//   finish(t, b, d, unit, product)          everything else, for one row and four units

// Whether `dy` shall hold dL/dh of each step afterwards, for inspection.
override keep: bool = false;

// Rows row .. row + 7 by units unit .. unit + 1 (in vec4f): rc is row block r, unit block c.
struct Tile { m00: mat4x4f, m10: mat4x4f, m01: mat4x4f, m11: mat4x4f }

// Where four rows of dgates [T, B, D, G, H] begin.
fn rows_of_gates(t: u32, rows: vec4u, d: u32, stride: u32) -> vec4u {
  return vec4u(row_at(t, rows.x, d), row_at(t, rows.y, d), row_at(t, rows.z, d), row_at(t, rows.w, d)) * stride;
}

// Where the rows of U [D, H, G, H] of the four units of one vec4f begin; past the last unit, those of the last.
fn rows_of_U(unit: u32, d: u32, stride: u32) -> vec4u {
  return (d * 4 * step.H4 + 4 * min(unit, step.H4 - 1) + vec4u(0, 1, 2, 3)) * stride;
}

fn block_of_gates(rows: vec4u, j: u32) -> mat4x4f {
  return mat4x4f(gates[rows.x + j], gates[rows.y + j], gates[rows.z + j], gates[rows.w + j]);
}

fn block_of_U_transposed(rows: vec4u, j: u32) -> mat4x4f {
  return transpose(mat4x4f(U[rows.x + j], U[rows.y + j], U[rows.z + j], U[rows.w + j]));
}

// Σ_j dgates[t][row, first + j] · U[unit, first + j] over `count` vec4f of gate columns.
fn gates_times_U(t: u32, row: u32, unit: u32, d: u32, stride: u32, first: u32, count: u32) -> Tile {
  let x0 = rows_of_gates(t, four_rows(row), d, stride) + first;
  let x1 = rows_of_gates(t, four_rows(row + 4), d, stride) + first;
  let n0 = rows_of_U(unit, d, stride) + first;
  let n1 = rows_of_U(unit + 1, d, stride) + first;
  var tile = Tile();
  for (var j = 0u; j < count; j++) {
    let u0 = block_of_U_transposed(n0, j);
    let u1 = block_of_U_transposed(n1, j);
    let g0 = block_of_gates(x0, j);
    tile.m00 += u0 * g0;
    tile.m01 += u1 * g0;
    if (tall) {
      let g1 = block_of_gates(x1, j);
      tile.m10 += u0 * g1;
      tile.m11 += u1 * g1;
    }
  }
  return tile;
}

// The time of the step after this one, in the order of reading, and `count` if there is one.
fn time_after(d: u32) -> u32 { return time(min(step.s + 1, step.T - 1), d); }
fn if_after(count: u32) -> u32 { return select(0u, count, step.s + 1 < step.T); }

@compute @workgroup_size(width)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let unit = id.x * 2;
  let row = id.y * select(4u, 8u, tall);
  let d = id.z;
  if (unit >= step.H4) { return; }
  let t = time(step.s, d);
  let made = recurrent_gradient(row, unit, d);
  var tile = array<mat4x4f, 4>(made.m00, made.m01, made.m10, made.m11);
  for (var r = 0u; r < select(4u, 8u, tall); r++) {
    finish(t, row + r, d, unit, tile[r / 4 * 2][r % 4]);
    finish(t, row + r, d, unit + 1, tile[r / 4 * 2 + 1][r % 4]);
  }
}
