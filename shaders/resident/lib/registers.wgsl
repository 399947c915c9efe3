// Products of rows with a matrix that stays in the invocations: loaded once, and used for as many rows as follow (Diamos et al.,
// "Persistent RNNs", ICML 2016). An invocation holds up to four blocks of four columns.
// On a software adapter a quad's load of a vec4f from a buffer is some four hundred instructions, and what is indexed by a variable
// is such a gather anywhere; what is held as a value of its own costs none, as it is an operand. So what is held lies in banks,
// which a compiler takes apart if every index is a number that stands here, and the loop over the terms is written out, by
// functions whose other arguments are constants once they are inlined. There is more such code than the caches of a core hold, so
// its length is its time: it is shortest where one block of columns is made after the other, as four sums find registers and
// sixteen do not, and where what has been loaded of the row, and the blocks made, wait in memory: as values they would take the
// registers. Loops end with their test: where it comes first, such an adapter goes through the body once more, with nothing to do.
// The importer declares
//   row_four(k4, i)     four terms of the left operand (resident/lib/sixteen)
//   to_hold(k4, c)      four terms of the right one, from 4 k4 on, of the c-th block of columns: a column each; zero past the last
#import resident/lib/sixteen

// Blocks of four columns that an invocation makes, 1 to 4.
override columns: u32 = 1;
// Terms that are held, in fours: a multiple of 4, as sixteen are added at a time.
override held4: u32 = 4;

// A bank has a matrix for each four terms of a block, whose columns are the terms. Of the sixteen banks a block has four, eight or
// all. Each quarter of them has its block's terms from a certain four on: of one block 0, 64, 128, 192; of two 0, 64, 0, 64; of
// four 0 all; and so of three, but the last quarter has none: no block has more than 256.
alias Bank = array<mat4x4f, 16>;
override banks_each: u32 = select(16 / columns, 4, columns == 3);
override quarter1: u32 = select(64u, 0u, banks_each == 4);
override quarter2: u32 = select(0u, 128u, banks_each == 16);
override quarter3: u32 = select(select(64u, 192u, banks_each == 16), select(0u, 256u, columns == 3), columns > 2);

var<private> lane: u32;
var<private> filled: Bank;
var<private> bank0: Bank; var<private> bank1: Bank; var<private> bank2: Bank; var<private> bank3: Bank;
var<private> bank4: Bank; var<private> bank5: Bank; var<private> bank6: Bank; var<private> bank7: Bank;
var<private> bank8: Bank; var<private> bank9: Bank; var<private> bank10: Bank; var<private> bank11: Bank;
var<private> bank12: Bank; var<private> bank13: Bank; var<private> bank14: Bank; var<private> bank15: Bank;
// What the invocation has loaded of each sixteen terms of the row, and its blocks of columns of the product.
var<private> taken: array<Terms, 32>;
var<private> made: array<vec4f, 4>;
// Whether one block is made, as of one, or of three the last: then nothing is read twice, and what is loaded need not wait.
var<private> alone: bool;

fn hold() {
  taken[lane & 31] = Terms(); made[lane & 3] = vec4f(); // by a variable index, or a compiler would take them apart
  fill(0); bank0 = filled; if (held4 > 16) { fill(1); bank1 = filled; }
  if (held4 > 32) { fill(2); bank2 = filled; } if (held4 > 48) { fill(3); bank3 = filled; }
  if (held4 > quarter1) { fill(4); bank4 = filled; } if (held4 > quarter1 + 16) { fill(5); bank5 = filled; }
  if (held4 > quarter1 + 32) { fill(6); bank6 = filled; } if (held4 > quarter1 + 48) { fill(7); bank7 = filled; }
  if (held4 > quarter2) { fill(8); bank8 = filled; } if (held4 > quarter2 + 16) { fill(9); bank9 = filled; }
  if (held4 > quarter2 + 32) { fill(10); bank10 = filled; } if (held4 > quarter2 + 48) { fill(11); bank11 = filled; }
  if (held4 > quarter3) { fill(12); bank12 = filled; } if (held4 > quarter3 + 16) { fill(13); bank13 = filled; }
  if (held4 > quarter3 + 32) { fill(14); bank14 = filled; } if (held4 > quarter3 + 48) { fill(15); bank15 = filled; }
}
fn fill(bank: u32) {
  let first = bank % banks_each * 16;
  var i = 0u;
  loop {
    filled[i] = to_hold(four_met(first + i, lane), bank / banks_each);
    continuing { i++; break if i == min(16, held4 - first); }
  }
}

// Makes blocks c up to `end`, the sums over a row's terms, 4 terms4 of them, times what is held from term 4 first4 on. All
// arguments are constants; what depends on overrides alone is asked first, as a compiler then makes no code for it to throw away.
struct What { first4: u32, terms4: u32 }
fn multiply(c: u32, end: u32, what: What) {
  alone = c + 1 == end;
  if (columns > 1) { if (!alone) { take(what.terms4); } }
  if (c < 1) {
    sum = vec4f(); add_quarter0(what);
    if (banks_each > 4) { add_quarter1(what); } if (banks_each > 8) { add_quarter2(what); add_quarter3(what); }
    made[0] = sum;
  }
  if (columns > 1) { if (c < 2 && 1 < end) {
    sum = vec4f();
    if (banks_each == 4) { add_quarter1(what); } else { add_quarter2(what); add_quarter3(what); }
    made[1] = sum;
  } }
  if (columns > 2) { if (c < 3 && 2 < end) { sum = vec4f(); add_quarter2(what); made[2] = sum; } }
  if (columns > 3) { sum = vec4f(); add_quarter3(what); made[3] = sum; }
}

fn take(terms4: u32) {
  take_16(0, terms4);
  if (held4 > 16) { take_16(16, terms4); } if (held4 > 32) { take_16(32, terms4); take_16(48, terms4); }
  if (held4 > 64) { take_16(64, terms4); take_16(80, terms4); take_16(96, terms4); take_16(112, terms4); }
}
fn take_16(k4: u32, terms4: u32) {
  take_4(k4, terms4); if (held4 > 4) { take_4(k4 + 4, terms4); } if (held4 > 8) { take_4(k4 + 8, terms4); take_4(k4 + 12, terms4); }
}
fn take_4(k4: u32, terms4: u32) { if (k4 < terms4) { taken[k4 / 4] = terms(k4, lane); } }

var<private> sum: vec4f;
fn add_quarter0(what: What) {
  add_bank(&bank0, 0, what); if (held4 > 16) { add_bank(&bank1, 16, what); }
  if (held4 > 32) { add_bank(&bank2, 32, what); } if (held4 > 48) { add_bank(&bank3, 48, what); }
}
fn add_quarter1(what: What) {
  if (held4 > quarter1) { add_bank(&bank4, quarter1, what); } if (held4 > quarter1 + 16) { add_bank(&bank5, quarter1 + 16, what); }
  if (held4 > quarter1 + 32) { add_bank(&bank6, quarter1 + 32, what); } if (held4 > quarter1 + 48) { add_bank(&bank7, quarter1 + 48, what); }
}
fn add_quarter2(what: What) {
  if (held4 > quarter2) { add_bank(&bank8, quarter2, what); } if (held4 > quarter2 + 16) { add_bank(&bank9, quarter2 + 16, what); }
  if (held4 > quarter2 + 32) { add_bank(&bank10, quarter2 + 32, what); } if (held4 > quarter2 + 48) { add_bank(&bank11, quarter2 + 48, what); }
}
fn add_quarter3(what: What) {
  if (held4 > quarter3) { add_bank(&bank12, quarter3, what); } if (held4 > quarter3 + 16) { add_bank(&bank13, quarter3 + 16, what); }
  if (held4 > quarter3 + 32) { add_bank(&bank14, quarter3 + 32, what); } if (held4 > quarter3 + 48) { add_bank(&bank15, quarter3 + 48, what); }
}
fn add_bank(m: ptr<private, Bank>, at: u32, what: What) {
  add_sixteen(m[0], m[1], m[2], m[3], at, what); if (held4 > 4) { add_sixteen(m[4], m[5], m[6], m[7], at + 4, what); }
  if (held4 > 8) { add_sixteen(m[8], m[9], m[10], m[11], at + 8, what); add_sixteen(m[12], m[13], m[14], m[15], at + 12, what); }
}
fn add_sixteen(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, at: u32, what: What) {
  if ((at < held4) & (at >= what.first4) & (at < what.first4 + what.terms4)) {
    if (columns == 1 || columns == 3) { if (alone) { add_terms(m0, m1, m2, m3, terms(at - what.first4, lane)); } }
    if (columns != 1) { if (!alone) { add_terms(m0, m1, m2, m3, taken[(at - what.first4) / 4]); } }
  }
}
fn add_terms(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, x: Terms) {
  add_four(m0, first(x)); add_four(m1, second(x)); add_four(m2, third(x)); add_four(m3, fourth(x));
}
fn add_four(m: mat4x4f, x: vec4f) {
  sum = fma(m[0], vec4f(x[0]), sum); sum = fma(m[1], vec4f(x[1]), sum); sum = fma(m[2], vec4f(x[2]), sum); sum = fma(m[3], vec4f(x[3]), sum);
}
