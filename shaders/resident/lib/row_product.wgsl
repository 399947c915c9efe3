// Products of a row with matrices that stay in registers: loaded once, and used for as many rows as follow (Diamos et al., "Persistent RNNs",
// ICML 2016). An invocation keeps twice four columns of each, side by side for every term.
// On a software adapter a load from a buffer, or from memory that is indexed by a variable, is some seventy instructions. A value at a constant
// index is one. So the loop over the terms is written out, by functions that call each other: inlined, their arguments are constants. Such an
// adapter runs what an `if` or a loop guards at least once, with all stores masked, so there are no guards but constant ones.
// How many terms an invocation has room for:
#expects const max_resident_terms
#import resident/lib/lanes

// Terms of the longest product, in fours: no code is made for more. At most 128.
override max_k4: u32 = 128;

var<private> lane: u32;
var<private> resident: array<vec4f, 2 * max_resident_terms>;
// Not a matrix: its columns would stay in memory.
var<private> sum0: vec4f;
var<private> sum1: vec4f;

// sum0, sum1 += the row's terms from 4 row4 on, 4 count4 of them, times the resident columns from term `resident_row` on; where `third_only`, for
// the third of each four columns alone. All arguments are constants.
fn accumulate(third_only: bool, resident_row: u32, row4: u32, count4: u32) {
  accumulate_64(third_only, 0, resident_row, row4, count4);
  if (max_k4 > 64) { accumulate_64(third_only, 64, resident_row, row4, count4); }
}
fn accumulate_64(third_only: bool, k: u32, resident_row: u32, row4: u32, count4: u32) {
  accumulate_16(third_only, k, resident_row, row4, count4);
  if (max_k4 > 16) { accumulate_16(third_only, k + 16, resident_row, row4, count4); }
  if (max_k4 > 32) { accumulate_16(third_only, k + 32, resident_row, row4, count4); accumulate_16(third_only, k + 48, resident_row, row4, count4); }
}
fn accumulate_16(third_only: bool, k: u32, resident_row: u32, row4: u32, count4: u32) {
  accumulate_4(third_only, k, resident_row, row4, count4);
  if (max_k4 > 4) {
    accumulate_4(third_only, k + 4, resident_row, row4, count4);
    accumulate_4(third_only, k + 8, resident_row, row4, count4);
    accumulate_4(third_only, k + 12, resident_row, row4, count4);
  }
}
fn accumulate_4(third_only: bool, k: u32, resident_row: u32, row4: u32, count4: u32) {
  accumulate_1(third_only, k, resident_row, row4, count4);
  accumulate_1(third_only, k + 1, resident_row, row4, count4);
  accumulate_1(third_only, k + 2, resident_row, row4, count4);
  accumulate_1(third_only, k + 3, resident_row, row4, count4);
}
fn accumulate_1(third_only: bool, k: u32, resident_row: u32, row4: u32, count4: u32) {
  if (k >= count4) { return; }
  let x = load_terms(row4 + k, lane);
  let offset = 2 * (resident_row + 4 * k);
  if (third_only) {
    sum0.z += resident[offset].z * x[0]; sum1.z += resident[offset + 1].z * x[0];
    sum0.z += resident[offset + 2].z * x[1]; sum1.z += resident[offset + 3].z * x[1];
    sum0.z += resident[offset + 4].z * x[2]; sum1.z += resident[offset + 5].z * x[2];
    sum0.z += resident[offset + 6].z * x[3]; sum1.z += resident[offset + 7].z * x[3];
    return;
  }
  sum0 += resident[offset] * x[0]; sum1 += resident[offset + 1] * x[0];
  sum0 += resident[offset + 2] * x[1]; sum1 += resident[offset + 3] * x[1];
  sum0 += resident[offset + 4] * x[2]; sum1 += resident[offset + 5] * x[2];
  sum0 += resident[offset + 6] * x[3]; sum1 += resident[offset + 7] * x[3];
}
