// A quad is four neighbouring invocations that make the same rows of a product: each loads one row of four, and then they
// change places three times. So each meets its own row first and the others in an order of its own: a swap is one
// instruction where a broadcast is many. Neighbours in x must be neighbours in the subgroup, as they are where workgroups
// are a row. The importer declares `load_left(i) -> vec4f`, element i of the product's left operand.
enable subgroups;
// What a quad does depends on its workgroup alone, which is more than the analysis sees.
diagnostic(off, subgroup_uniformity);

// Four rows: the index or address of this invocation's.
alias Rows = u32;

// In which order an invocation meets the four rows.
fn order_of_rows(lane: u32) -> vec4u { return vec4u(0, 1, 2, 3) ^ vec4u(lane); }

// Rows first .. first + 3; past the end they repeat the last (it is computed and not stored).
fn quad_rows(first: u32, lane: u32, count: u32) -> Rows { return min(first + lane, count - 1); }

// Elements k of four rows, in that order, as the columns of a block.
fn left_rows(rows: Rows, k: u32) -> mat4x4f {
  let row = load_left(rows + k);
  return mat4x4f(row, quadSwapX(row), quadSwapY(row), quadSwapDiagonal(row));
}

// Where there is one row.
fn first_row(rows: Rows) -> u32 { return rows; }
