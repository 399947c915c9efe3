// A step of one row through a layer, by one workgroup of a GPU. The row that is multiplied and all states lie in workgroup memory;
// neighbours read neighbouring columns of the matrices. Layers are alike. The importer declares
//   width        invocations of the workgroup
//   places       where things are, as token/write_loop has it
//   parameters   all, flat
#import lib/activation
#import lib/eight_rows
#import lib/turns

override gates: u32 = 1;            // 1: RNN, 2: MGU, 3: GRU, 4: LSTM
override relu: bool = false;
override reset_after: bool = false; // of a GRU
override peepholes: bool = false;
override H4: u32 = 1;               // hidden size / 4
override E4: u32 = 0;               // of the embedding / 4; 0: the first layer reads ids
override layers: u32 = 1;
// The last gate, the candidate, is made of a second product, of s = r ⊙ h' (an MGU's f ⊙ h'); or a GRU's of two, added up later.
override resets: bool = gates == 2 || (gates == 3 && !reset_after);
override blocks: u32 = (gates + u32(reset_after)) * H4; // of four columns of the first product

// The embedded id, the state of each layer, and s.
override row_length: u32 = E4 + (layers + 1) * H4;
var<workgroup> row: array<vec4f, row_length>;
// Of an LSTM the cells of each layer.
override cells_length: u32 = select(1, layers * H4, gates == 4);
var<workgroup> cells: array<vec4f, cells_length>;
// The sums of the longest product but the second of a step, a part after the other, and of that.
override sums_length: u32 = 1;
var<workgroup> sums: array<vec4f, sums_length>;
override sums2_length: u32 = 1;
var<workgroup> sums2: array<vec4f, sums2_length>;

fn state_place(l: u32) -> u32 { return E4 + l * H4; }
fn reset_place() -> u32 { return E4 + layers * H4; }

// sum + a part's terms of row · matrix: 4 count4 terms of the row from `left` on, with four columns of a matrix of `stride`.
fn add_part(sum: vec4f, left: u32, right: u32, stride: u32, count4: u32, part: u32, apart: u32) -> vec4f {
  var total = sum;
  for (var i = 0u; i < most_turns; i++) {
    let k = i * apart + part;
    if (k >= count4) { break; }
    let at = right + 4 * k * stride;
    total = add_four(total, row[left + k], mat4x4f(parameters[at], parameters[at + stride], parameters[at + 2 * stride], parameters[at + 3 * stride]));
  }
  return total;
}

// The sum of a column over its parts, of `blocks` columns.
fn total(column: u32, of_blocks: u32, parts: u32) -> vec4f {
  var sum = sums[column];
  for (var p = 1u; p < most_turns; p++) {
    if (p >= parts) { break; }
    sum += sums[p * of_blocks + column];
  }
  return sum;
}

// x W + h' U of a layer, of the gates; of the candidate without what `resets`; and after a GRU's gates h' U_n where `reset_after`.
fn multiply(l: u32, local: u32) {
  let stride = gates * H4;
  let first = l == 0;
  let terms4 = select(places.terms4, E4, first);
  let x = select(E4 + (l - 1) * H4, 0, first);
  let W = select(places.W1 + (l - 1) * places.next, places.W, first);
  let U = places.U + l * places.next;
  for (var turn = 0u; turn < most_turns; turn++) {
    let i = turn * width + local;
    if (i >= places.parts * blocks) { break; }
    let column = i % blocks;
    let part = i / blocks;
    var sum = vec4f();
    if (column < stride) { sum = add_part(sum, x, W + column, stride, terms4, part, places.parts); }
    let candidate = column / H4 == gates - 1 && gates != 1 && gates != 4;
    if (!candidate) { sum = add_part(sum, state_place(l), U + min(column, stride - H4 + column % H4), stride, places.terms4, part, places.parts); }
    sums[i] = sum;
  }
}

// s U_n.
fn multiply_reset(l: u32, local: u32) {
  let U = places.U + l * places.next + (gates - 1) * H4;
  for (var turn = 0u; turn < most_turns; turn++) {
    let i = turn * width + local;
    if (i >= places.parts2 * H4) { break; }
    sums2[i] = add_part(vec4f(), reset_place(), U + i % H4, gates * H4, places.terms4, i / H4, places.parts2);
  }
}

// Adds up the parts of each sum, and b, with x W where that is looked up; or b'_n to h' U_n.
fn settle(l: u32, id: u32, local: u32) {
  for (var turn = 0u; turn < most_turns; turn++) {
    let column = turn * width + local;
    if (column >= blocks) { break; }
    var a = total(column, blocks, places.parts);
    let after = column >= gates * H4;
    let bias = select(places.b + column, places.bn + column - gates * H4, after);
    if (select(places.b, places.bn, after) > 0) { a += parameters[bias + l * places.next]; }
    if (E4 == 0 && l == 0 && !after) { a += parameters[places.W + id * gates * H4 + column]; }
    sums[column] = a;
  }
}
fn gate_of(gate: u32, unit: u32) -> vec4f { return sums[gate * H4 + unit]; }

fn peep(l: u32, gate: u32, unit: u32, cell: vec4f) -> vec4f {
  if (!peepholes) { return vec4f(); }
  return parameters[places.p + l * places.next + gate * H4 + unit] * cell;
}

// s, of four units.
fn reset(l: u32, unit: u32) { row[reset_place() + unit] = sigmoid(gate_of(0, unit)) * row[state_place(l) + unit]; }

// The state after the step, of four units.
fn finish(l: u32, unit: u32) {
  let at = state_place(l) + unit;
  let before = row[at];
  if (gates == 1) {
    let a = gate_of(0, unit);
    row[at] = select(tanh_safe(a), relu_of(a), vec4<bool>(relu));
  } else if (gates == 4) {
    let kept = l * H4 + unit;
    let i = sigmoid(gate_of(0, unit) + peep(l, 0, unit, cells[kept]));
    let f = sigmoid(gate_of(1, unit) + peep(l, 1, unit, cells[kept]));
    let cell = f * cells[kept] + i * tanh_safe(gate_of(2, unit));
    cells[kept] = cell;
    row[at] = sigmoid(gate_of(3, unit) + peep(l, 2, unit, cell)) * tanh_safe(cell);
  } else {
    let r = sigmoid(gate_of(0, unit));
    var a = gate_of(gates - 1, unit);
    if (resets) {
      for (var p = 0u; p < most_turns; p++) {
        if (p >= places.parts2) { break; }
        a += sums2[p * H4 + unit];
      }
    } else {
      a += r * gate_of(3, unit);
    }
    let n = tanh_safe(a);
    if (gates == 2) { row[at] = (1.0 - r) * before + r * n; } else {
      let z = sigmoid(gate_of(1, unit));
      row[at] = z * before + (1.0 - z) * n;
    }
  }
}

// Layer l makes a step; all invocations call it.
fn advance(l: u32, id: u32, local: u32) {
  multiply(l, local);
  workgroupBarrier();
  settle(l, id, local);
  workgroupBarrier();
  if (resets) {
    for (var unit = local; unit < H4; unit += width) { reset(l, unit); }
    workgroupBarrier();
    multiply_reset(l, local);
    workgroupBarrier();
  }
  for (var unit = local; unit < H4; unit += width) { finish(l, unit); }
  workgroupBarrier();
}
