// A quad is four neighbouring invocations that make the same rows of a product: each loads one row of four and hands it
// to the others. Neighbours in x must be neighbours in the subgroup, as they are where workgroups are a row. The importer
// declares `load_left(i) -> vec4f`, element i of the product's left operand.
enable subgroups;

// Four rows: the index or address of this invocation's.
alias Rows = u32;

// Rows first .. first + 3; past the end they repeat the last (it is computed and not stored).
fn quad_rows(first: u32, lane: u32, count: u32) -> Rows { return min(first + lane, count - 1); }

// Elements k of four rows, as the columns of a block.
fn left_rows(rows: Rows, k: u32) -> mat4x4f {
  let row = load_left(rows + k);
  return mat4x4f(quadBroadcast(row, 0u), quadBroadcast(row, 1u), quadBroadcast(row, 2u), quadBroadcast(row, 3u));
}

// Where there is one row.
fn first_row(rows: Rows) -> u32 { return rows; }
