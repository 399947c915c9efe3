// A quad is four neighbouring invocations that compute the same rows of a product. Without subgroups, as here, each of them loads every row.
// quad.subgroups.wgsl is the twin for devices that have them: each loads one row of four, and the lanes exchange.
#expects fn load_left(i: u32) -> vec4f
#expects override width
// Four rows: an index or an address for each.
alias Rows = vec4u;

// The order of the four rows in a lane.
fn lane_order(lane: u32) -> vec4u { return vec4u(0, 1, 2, 3); }

// Rows first .. first + 3; past the end they repeat the last (it is computed and not stored).
fn quad_rows(first: u32, lane: u32, count: u32) -> Rows { return min(first + vec4u(0, 1, 2, 3), vec4u(count - 1)); }

// Elements k of four rows, in that order, as the columns of a block.
fn load_rows(rows: Rows, k: u32) -> mat4x4f {
  return mat4x4f(load_left(rows.x + k), load_left(rows.y + k), load_left(rows.z + k), load_left(rows.w + k));
}

// Of a tile of one row.
fn first_row(rows: Rows) -> u32 { return rows.x; }

// A transpose within the quad: lane g has column g of four rows, and gets all columns of one row: lane r has row r, column g of which comes
// from lane g. This goes by way of workgroup memory, so all invocations of the workgroup must call it together.
var<workgroup> exchanged: array<vec4f, width>;

fn quad_transpose(m: mat4x4f, local: u32) -> mat4x4f {
  let lane = local & 3u;
  var own = m;
  var result = m;
  for (var s = 1u; s < 4; s++) {
    workgroupBarrier();
    exchanged[local] = own[lane ^ s];
    workgroupBarrier();
    result[lane ^ s] = exchanged[local ^ s];
  }
  return result;
}
