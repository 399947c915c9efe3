// Products of rows with a matrix that stays in registers: loaded once, and used for as many rows as follow (Diamos et al., "Persistent RNNs",
// ICML 2016). An invocation keeps up to four blocks of four columns.
// On a software adapter a quad's load of a vec4f from a buffer is some four hundred instructions, and so is a load by a variable index from
// anywhere. A value costs none, as it is an operand. So the resident matrix lies in register banks, which a compiler takes apart if every index
// is a number that stands here. The loop over the terms is written out, by functions whose other arguments are constants once they are inlined.
// There is more such code than the caches of a core hold, so its length is its time. It is shortest where one block of columns follows the other,
// as four sums find registers and sixteen do not, and where the cache of the left operand and the accumulators wait in memory: as values they
// would take the registers. Loops end with their test: where it comes first, such an adapter runs the body once more, with nothing to do.
// Four terms of the right operand, from 4 k4 on, of the c-th block of columns: a column each; zero past the last.
#expects fn resident_block(k4: u32, c: u32) -> mat4x4f
#import resident/lib/row16

// Blocks of four columns of an invocation, 1 to 4.
override columns: u32 = 1;
// Resident terms, in fours: a multiple of 4, as a row of 16 is added at a time.
override resident_k4: u32 = 4;

// A bank has a matrix for each four terms of a block, whose columns are the terms. Of the sixteen banks a block has four, eight or
// all. Each quarter of them has its block's terms from a certain four on: of one block 0, 64, 128, 192; of two 0, 64, 0, 64; of
// four 0 all; and so of three, but the last quarter has none: no block has more than 256.
alias Bank = array<mat4x4f, 16>;
override banks_per_block: u32 = select(16 / columns, 4, columns == 3);
override quarter1: u32 = select(64u, 0u, banks_per_block == 4);
override quarter2: u32 = select(0u, 128u, banks_per_block == 16);
override quarter3: u32 = select(select(64u, 192u, banks_per_block == 16), select(0u, 256u, columns == 3), columns > 2);

var<private> lane: u32;
var<private> loaded_bank: Bank;
var<private> bank0: Bank; var<private> bank1: Bank; var<private> bank2: Bank; var<private> bank3: Bank;
var<private> bank4: Bank; var<private> bank5: Bank; var<private> bank6: Bank; var<private> bank7: Bank;
var<private> bank8: Bank; var<private> bank9: Bank; var<private> bank10: Bank; var<private> bank11: Bank;
var<private> bank12: Bank; var<private> bank13: Bank; var<private> bank14: Bank; var<private> bank15: Bank;
// The rows of 16 of the left operand that are loaded, and the blocks of columns of the product.
var<private> lhs_cache: array<Row16, 32>;
var<private> accumulators: array<vec4f, 4>;
// Whether a single block is computed, as of one, or of three the last: then nothing is read twice, and the left operand is not cached.
var<private> single_block: bool;

fn load_resident() {
  lhs_cache[lane & 31] = Row16(); accumulators[lane & 3] = vec4f(); // by a variable index, or a compiler would take them apart
  load_bank(0); bank0 = loaded_bank; if (resident_k4 > 16) { load_bank(1); bank1 = loaded_bank; }
  if (resident_k4 > 32) { load_bank(2); bank2 = loaded_bank; } if (resident_k4 > 48) { load_bank(3); bank3 = loaded_bank; }
  if (resident_k4 > quarter1) { load_bank(4); bank4 = loaded_bank; } if (resident_k4 > quarter1 + 16) { load_bank(5); bank5 = loaded_bank; }
  if (resident_k4 > quarter1 + 32) { load_bank(6); bank6 = loaded_bank; } if (resident_k4 > quarter1 + 48) { load_bank(7); bank7 = loaded_bank; }
  if (resident_k4 > quarter2) { load_bank(8); bank8 = loaded_bank; } if (resident_k4 > quarter2 + 16) { load_bank(9); bank9 = loaded_bank; }
  if (resident_k4 > quarter2 + 32) { load_bank(10); bank10 = loaded_bank; } if (resident_k4 > quarter2 + 48) { load_bank(11); bank11 = loaded_bank; }
  if (resident_k4 > quarter3) { load_bank(12); bank12 = loaded_bank; } if (resident_k4 > quarter3 + 16) { load_bank(13); bank13 = loaded_bank; }
  if (resident_k4 > quarter3 + 32) { load_bank(14); bank14 = loaded_bank; } if (resident_k4 > quarter3 + 48) { load_bank(15); bank15 = loaded_bank; }
}
fn load_bank(bank: u32) {
  let first = bank % banks_per_block * 16;
  var i = 0u;
  loop {
    loaded_bank[i] = resident_block(lane_row4(first + i, lane), bank / banks_per_block);
    continuing { i++; break if i == min(16, resident_k4 - first); }
  }
}

// Computes blocks c up to `end`: the sums over a row's terms, 4 count4 of them, times the resident terms from 4 first4 on. All arguments are
// constants. What depends on overrides alone is asked first, as a compiler then makes no code for it to throw away.
struct KRange { first4: u32, count4: u32 }
fn multiply(c: u32, end: u32, range: KRange) {
  single_block = c + 1 == end;
  if (columns > 1) { if (!single_block) { cache_lhs(range.count4); } }
  if (c < 1) {
    sum = vec4f(); accumulate_quarter0(range);
    if (banks_per_block > 4) { accumulate_quarter1(range); } if (banks_per_block > 8) { accumulate_quarter2(range); accumulate_quarter3(range); }
    accumulators[0] = sum;
  }
  if (columns > 1) { if (c < 2 && 1 < end) {
    sum = vec4f();
    if (banks_per_block == 4) { accumulate_quarter1(range); } else { accumulate_quarter2(range); accumulate_quarter3(range); }
    accumulators[1] = sum;
  } }
  if (columns > 2) { if (c < 3 && 2 < end) { sum = vec4f(); accumulate_quarter2(range); accumulators[2] = sum; } }
  if (columns > 3) { sum = vec4f(); accumulate_quarter3(range); accumulators[3] = sum; }
}

fn cache_lhs(count4: u32) {
  cache_lhs_16(0, count4);
  if (resident_k4 > 16) { cache_lhs_16(16, count4); } if (resident_k4 > 32) { cache_lhs_16(32, count4); cache_lhs_16(48, count4); }
  if (resident_k4 > 64) { cache_lhs_16(64, count4); cache_lhs_16(80, count4); cache_lhs_16(96, count4); cache_lhs_16(112, count4); }
}
fn cache_lhs_16(k4: u32, count4: u32) {
  cache_lhs_4(k4, count4); if (resident_k4 > 4) { cache_lhs_4(k4 + 4, count4); }
  if (resident_k4 > 8) { cache_lhs_4(k4 + 8, count4); cache_lhs_4(k4 + 12, count4); }
}
fn cache_lhs_4(k4: u32, count4: u32) { if (k4 < count4) { lhs_cache[k4 / 4] = load_row16(k4, lane); } }

var<private> sum: vec4f;
fn accumulate_quarter0(range: KRange) {
  accumulate_bank(&bank0, 0, range); if (resident_k4 > 16) { accumulate_bank(&bank1, 16, range); }
  if (resident_k4 > 32) { accumulate_bank(&bank2, 32, range); } if (resident_k4 > 48) { accumulate_bank(&bank3, 48, range); }
}
fn accumulate_quarter1(range: KRange) {
  if (resident_k4 > quarter1) { accumulate_bank(&bank4, quarter1, range); } if (resident_k4 > quarter1 + 16) { accumulate_bank(&bank5, quarter1 + 16, range); }
  if (resident_k4 > quarter1 + 32) { accumulate_bank(&bank6, quarter1 + 32, range); }
  if (resident_k4 > quarter1 + 48) { accumulate_bank(&bank7, quarter1 + 48, range); }
}
fn accumulate_quarter2(range: KRange) {
  if (resident_k4 > quarter2) { accumulate_bank(&bank8, quarter2, range); } if (resident_k4 > quarter2 + 16) { accumulate_bank(&bank9, quarter2 + 16, range); }
  if (resident_k4 > quarter2 + 32) { accumulate_bank(&bank10, quarter2 + 32, range); }
  if (resident_k4 > quarter2 + 48) { accumulate_bank(&bank11, quarter2 + 48, range); }
}
fn accumulate_quarter3(range: KRange) {
  if (resident_k4 > quarter3) { accumulate_bank(&bank12, quarter3, range); }
  if (resident_k4 > quarter3 + 16) { accumulate_bank(&bank13, quarter3 + 16, range); }
  if (resident_k4 > quarter3 + 32) { accumulate_bank(&bank14, quarter3 + 32, range); }
  if (resident_k4 > quarter3 + 48) { accumulate_bank(&bank15, quarter3 + 48, range); }
}
fn accumulate_bank(m: ptr<private, Bank>, offset: u32, range: KRange) {
  accumulate_row16(m[0], m[1], m[2], m[3], offset, range); if (resident_k4 > 4) { accumulate_row16(m[4], m[5], m[6], m[7], offset + 4, range); }
  if (resident_k4 > 8) { accumulate_row16(m[8], m[9], m[10], m[11], offset + 8, range); accumulate_row16(m[12], m[13], m[14], m[15], offset + 12, range); }
}
fn accumulate_row16(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, offset: u32, range: KRange) {
  if ((offset < resident_k4) & (offset >= range.first4) & (offset < range.first4 + range.count4)) {
    if (columns == 1 || columns == 3) { if (single_block) { accumulate_terms(m0, m1, m2, m3, load_row16(offset - range.first4, lane)); } }
    if (columns != 1) { if (!single_block) { accumulate_terms(m0, m1, m2, m3, lhs_cache[(offset - range.first4) / 4]); } }
  }
}
fn accumulate_terms(m0: mat4x4f, m1: mat4x4f, m2: mat4x4f, m3: mat4x4f, x: Row16) {
  accumulate_row4(m0, row4_0(x)); accumulate_row4(m1, row4_1(x)); accumulate_row4(m2, row4_2(x)); accumulate_row4(m3, row4_3(x));
}
fn accumulate_row4(m: mat4x4f, x: vec4f) {
  sum = fma(m[0], vec4f(x[0]), sum); sum = fma(m[1], vec4f(x[1]), sum); sum = fma(m[2], vec4f(x[2]), sum); sum = fma(m[3], vec4f(x[3]), sum);
}
