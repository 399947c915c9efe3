// Products of a row with matrices that stay in the invocations: loaded once, and used for as many rows as follow (Diamos et al.,
// "Persistent RNNs", ICML 2016). An invocation holds twice four columns of each, side by side for every term.
// On a software adapter a load from a buffer, or from memory that is indexed by a variable, is some seventy instructions; from
// what an invocation holds, at a constant place, it is one. So the loop over the terms is written out, by functions that call
// each other: inlined, their arguments are constants. And such an adapter goes through what an `if` or a loop guards at least
// once, with all stores masked, so there are no guards but those that are constants. The importer declares `row_term(k4, i)`,
// of the left operand, and `const most_terms`: how many terms an invocation can hold columns for.
#import resident/lib/terms

// Terms of the longest product, in fours: no code is made for more. At most 128.
override longest4: u32 = 128;

var<private> lane: u32;
var<private> held: array<vec4f, 2 * most_terms>;
// Not a matrix: its columns would stay in memory.
var<private> sum0: vec4f;
var<private> sum1: vec4f;

// The sums of terms 4 at4 … of the row, 4 terms4 of them, times the columns that are held from term `first` on, are added; where
// `third`, only those of the third of each four columns. All arguments are constants.
fn add_products(third: bool, first: u32, at4: u32, terms4: u32) {
  add_64(third, 0, first, at4, terms4);
  if (longest4 > 64) { add_64(third, 64, first, at4, terms4); }
}
fn add_64(third: bool, k: u32, first: u32, at4: u32, terms4: u32) {
  add_16(third, k, first, at4, terms4);
  if (longest4 > 16) { add_16(third, k + 16, first, at4, terms4); }
  if (longest4 > 32) { add_16(third, k + 32, first, at4, terms4); add_16(third, k + 48, first, at4, terms4); }
}
fn add_16(third: bool, k: u32, first: u32, at4: u32, terms4: u32) {
  add_4(third, k, first, at4, terms4);
  if (longest4 > 4) { add_4(third, k + 4, first, at4, terms4); add_4(third, k + 8, first, at4, terms4); add_4(third, k + 12, first, at4, terms4); }
}
fn add_4(third: bool, k: u32, first: u32, at4: u32, terms4: u32) {
  add_1(third, k, first, at4, terms4); add_1(third, k + 1, first, at4, terms4); add_1(third, k + 2, first, at4, terms4); add_1(third, k + 3, first, at4, terms4);
}
fn add_1(third: bool, k: u32, first: u32, at4: u32, terms4: u32) {
  if (k >= terms4) { return; }
  let x = terms(at4 + k, lane);
  let at = 2 * (first + 4 * k);
  if (third) {
    sum0.z += held[at].z * x[0]; sum1.z += held[at + 1].z * x[0];
    sum0.z += held[at + 2].z * x[1]; sum1.z += held[at + 3].z * x[1];
    sum0.z += held[at + 4].z * x[2]; sum1.z += held[at + 5].z * x[2];
    sum0.z += held[at + 6].z * x[3]; sum1.z += held[at + 7].z * x[3];
    return;
  }
  sum0 += held[at] * x[0]; sum1 += held[at + 1] * x[0];
  sum0 += held[at + 2] * x[1]; sum1 += held[at + 3] * x[1];
  sum0 += held[at + 4] * x[2]; sum1 += held[at + 5] * x[2];
  sum0 += held[at + 6] * x[3]; sum1 += held[at + 7] * x[3];
}
