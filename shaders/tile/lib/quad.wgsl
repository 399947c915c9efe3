// A quad is four neighbouring invocations that make the same rows of a product. This is the way for any device: each of
// them loads every row. quad.subgroups.wgsl says the same where the device has subgroups: each loads one row of four and
// they change places. The importer declares `load_left(i) -> vec4f`, element i of the product's left operand.

// Four rows: an index or an address for each.
alias Rows = vec4u;

// In which order an invocation meets the four rows.
fn order_of_rows(lane: u32) -> vec4u { return vec4u(0, 1, 2, 3); }

// Rows first .. first + 3; past the end they repeat the last (it is computed and not stored).
fn quad_rows(first: u32, lane: u32, count: u32) -> Rows { return min(first + vec4u(0, 1, 2, 3), vec4u(count - 1)); }

// Elements k of four rows, in that order, as the columns of a block.
fn left_rows(rows: Rows, k: u32) -> mat4x4f {
  return mat4x4f(load_left(rows.x + k), load_left(rows.y + k), load_left(rows.z + k), load_left(rows.w + k));
}

// Where there is one row.
fn first_row(rows: Rows) -> u32 { return rows.x; }
