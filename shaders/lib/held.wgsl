// Products of rows with a matrix that stays in the invocations: loaded once, and used for as many rows as follow (Diamos et al.,
// "Persistent RNNs", ICML 2016). An invocation holds up to four blocks of four columns.
// On a software adapter a load from a buffer, or from memory that is indexed by a variable, is some seventy instructions; what
// is held as a value of its own costs none, as it is an operand. So what is held lies in banks, which a compiler takes apart if
// every index is a number that stands here, and the loop over the terms is written out, by functions whose other arguments are
// constants once they are inlined. Loops end with their test: where it comes first, such an adapter goes through the body once more,
// with nothing to do. The importer declares
//   row_four(k4, i)     four terms of the left operand (lib/sixteen)
//   to_hold(k4, c)      four terms of the right one, from 4 k4 on, of the c-th block of columns: a column each; zero past the last
#import lib/sixteen

// Blocks of four columns that an invocation makes, 1 to 4.
override columns: u32 = 1;
// Terms that are held, in fours: a multiple of 4, as sixteen are added at a time.
override held4: u32 = 4;

// Of each four terms a bank has a matrix for each block of columns, whose columns are the terms, and room for 1, 2 or 4 of them.
alias Bank = array<mat4x4f, 16>;
override slots: u32 = select(columns, 4, columns == 3);
override fours: u32 = 16 / slots;

var<private> lane: u32;
var<private> filled: Bank;
var<private> bank0: Bank; var<private> bank1: Bank; var<private> bank2: Bank; var<private> bank3: Bank;
var<private> bank4: Bank; var<private> bank5: Bank; var<private> bank6: Bank; var<private> bank7: Bank;
var<private> bank8: Bank; var<private> bank9: Bank; var<private> bank10: Bank; var<private> bank11: Bank;
var<private> bank12: Bank; var<private> bank13: Bank; var<private> bank14: Bank; var<private> bank15: Bank;
// Not an array: its elements would stay in memory.
var<private> sum0: vec4f; var<private> sum1: vec4f; var<private> sum2: vec4f; var<private> sum3: vec4f;
fn clear_sums() { sum0 = vec4f(); sum1 = vec4f(); sum2 = vec4f(); sum3 = vec4f(); }

fn hold() {
  fill(0); bank0 = filled;
  if (held4 > fours) { fill(1); bank1 = filled; } if (held4 > 2 * fours) { fill(2); bank2 = filled; }
  if (held4 > 3 * fours) { fill(3); bank3 = filled; } if (held4 > 4 * fours) { fill(4); bank4 = filled; }
  if (held4 > 5 * fours) { fill(5); bank5 = filled; } if (held4 > 6 * fours) { fill(6); bank6 = filled; }
  if (held4 > 7 * fours) { fill(7); bank7 = filled; } if (held4 > 8 * fours) { fill(8); bank8 = filled; }
  if (held4 > 9 * fours) { fill(9); bank9 = filled; } if (held4 > 10 * fours) { fill(10); bank10 = filled; }
  if (held4 > 11 * fours) { fill(11); bank11 = filled; } if (held4 > 12 * fours) { fill(12); bank12 = filled; }
  if (held4 > 13 * fours) { fill(13); bank13 = filled; } if (held4 > 14 * fours) { fill(14); bank14 = filled; }
  if (held4 > 15 * fours) { fill(15); bank15 = filled; }
}
fn fill(bank: u32) {
  var i = 0u;
  loop {
    filled[i] = to_hold(four_met(bank * fours + i / slots, lane), i % slots);
    continuing { i++; break if i == 16; }
  }
}

// Whether the third block of columns is added to at a time of its own.
override divided: bool = false;

// To the sums, the terms of a row, 4 terms4 of them, times what is held from term 4 first4 on, both multiples of 4; where
// `divided`, to the third block of columns alone, or to the others. All arguments are constants.
struct What { third: bool, first4: u32, terms4: u32 }
fn add_held(third: bool, first4: u32, terms4: u32) {
  let what = What(third, first4, terms4);
  add_bank(&bank0, 0, what);
  if (held4 > fours) { add_bank(&bank1, fours, what); } if (held4 > 2 * fours) { add_bank(&bank2, 2 * fours, what); }
  if (held4 > 3 * fours) { add_bank(&bank3, 3 * fours, what); } if (held4 > 4 * fours) { add_bank(&bank4, 4 * fours, what); }
  if (held4 > 5 * fours) { add_bank(&bank5, 5 * fours, what); } if (held4 > 6 * fours) { add_bank(&bank6, 6 * fours, what); }
  if (held4 > 7 * fours) { add_bank(&bank7, 7 * fours, what); } if (held4 > 8 * fours) { add_bank(&bank8, 8 * fours, what); }
  if (held4 > 9 * fours) { add_bank(&bank9, 9 * fours, what); } if (held4 > 10 * fours) { add_bank(&bank10, 10 * fours, what); }
  if (held4 > 11 * fours) { add_bank(&bank11, 11 * fours, what); } if (held4 > 12 * fours) { add_bank(&bank12, 12 * fours, what); }
  if (held4 > 13 * fours) { add_bank(&bank13, 13 * fours, what); } if (held4 > 14 * fours) { add_bank(&bank14, 14 * fours, what); }
  if (held4 > 15 * fours) { add_bank(&bank15, 15 * fours, what); }
}
fn add_bank(m: ptr<private, Bank>, at: u32, what: What) {
  if (slots == 4) {
    if (wanted(at, what)) {
      let x = terms(at - what.first4, lane);
      add_to_more(m[0], m[1], m[2], m[3], first(x), what); add_to_more(m[4], m[5], m[6], m[7], second(x), what);
      add_to_more(m[8], m[9], m[10], m[11], third(x), what); add_to_more(m[12], m[13], m[14], m[15], fourth(x), what);
    }
  } else if (slots == 2) {
    add_pairs(m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], at, what);
    add_pairs(m[8], m[9], m[10], m[11], m[12], m[13], m[14], m[15], at + 4, what);
  } else {
    add_singles(m[0], m[1], m[2], m[3], at, what); add_singles(m[4], m[5], m[6], m[7], at + 4, what);
    add_singles(m[8], m[9], m[10], m[11], at + 8, what); add_singles(m[12], m[13], m[14], m[15], at + 12, what);
  }
}
fn wanted(at: u32, what: What) -> bool { return (at < held4) & (at >= what.first4) & (at < what.first4 + what.terms4); }
// Sixteen terms of one block of columns, and of two.
fn add_singles(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, at: u32, what: What) {
  if (wanted(at, what)) {
    let x = terms(at - what.first4, lane);
    add_to_first(m0, first(x)); add_to_first(m1, second(x)); add_to_first(m2, third(x)); add_to_first(m3, fourth(x));
  }
}
fn add_pairs(m0: mat4x4f, n0: mat4x4f, m1: mat4x4f, n1: mat4x4f, m2: mat4x4f, n2: mat4x4f, m3: mat4x4f, n3: mat4x4f, at: u32, what: What) {
  if (wanted(at, what)) {
    let x = terms(at - what.first4, lane);
    add_to_two(m0, n0, first(x)); add_to_two(m1, n1, second(x)); add_to_two(m2, n2, third(x)); add_to_two(m3, n3, fourth(x));
  }
}
// Four terms of three or four blocks of columns: a term after the other, of two blocks or four, by fma: a software adapter then
// keeps no product in memory.
fn add_to_more(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, x: vec4f, what: What) {
  if (columns == 3 && (!divided || !what.third)) { add_to_two(m0, m1, x); }
  if (columns == 3 && (!divided || what.third)) { add_to_third(m2, x); }
  if (columns == 4) { add_to_four(m0, m1, m2, m3, x); }
}
fn add_to_first(m0: mat4x4f, x: vec4f) { sum0 = fma(m0[0], vec4f(x[0]), sum0); sum0 = fma(m0[1], vec4f(x[1]), sum0); sum0 = fma(m0[2], vec4f(x[2]), sum0); sum0 = fma(m0[3], vec4f(x[3]), sum0); }
fn add_to_third(m2: mat4x4f, x: vec4f) { sum2 = fma(m2[0], vec4f(x[0]), sum2); sum2 = fma(m2[1], vec4f(x[1]), sum2); sum2 = fma(m2[2], vec4f(x[2]), sum2); sum2 = fma(m2[3], vec4f(x[3]), sum2); }
fn add_to_two(m0: mat4x4f, m1: mat4x4f, x: vec4f) {
  sum0 = fma(m0[0], vec4f(x[0]), sum0); sum1 = fma(m1[0], vec4f(x[0]), sum1);
  sum0 = fma(m0[1], vec4f(x[1]), sum0); sum1 = fma(m1[1], vec4f(x[1]), sum1);
  sum0 = fma(m0[2], vec4f(x[2]), sum0); sum1 = fma(m1[2], vec4f(x[2]), sum1);
  sum0 = fma(m0[3], vec4f(x[3]), sum0); sum1 = fma(m1[3], vec4f(x[3]), sum1);
}
fn add_to_four(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, x: vec4f) {
  sum0 = fma(m0[0], vec4f(x[0]), sum0); sum1 = fma(m1[0], vec4f(x[0]), sum1); sum2 = fma(m2[0], vec4f(x[0]), sum2); sum3 = fma(m3[0], vec4f(x[0]), sum3);
  sum0 = fma(m0[1], vec4f(x[1]), sum0); sum1 = fma(m1[1], vec4f(x[1]), sum1); sum2 = fma(m2[1], vec4f(x[1]), sum2); sum3 = fma(m3[1], vec4f(x[1]), sum3);
  sum0 = fma(m0[2], vec4f(x[2]), sum0); sum1 = fma(m1[2], vec4f(x[2]), sum1); sum2 = fma(m2[2], vec4f(x[2]), sum2); sum3 = fma(m3[2], vec4f(x[2]), sum3);
  sum0 = fma(m0[3], vec4f(x[3]), sum0); sum1 = fma(m1[3], vec4f(x[3]), sum1); sum2 = fma(m2[3], vec4f(x[3]), sum2); sum3 = fma(m3[3], vec4f(x[3]), sum3);
}
