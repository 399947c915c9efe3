// A step of one row through a layer, by one workgroup of a GPU. The row that is multiplied and all states lie in workgroup memory;
// neighbours read neighbouring columns of the matrices. Layers are alike.
#expects override width
#expects var size: Loop
#expects var parameters: array<vec4f>
#import lib/activation
#import lib/accumulate

struct Loop {
  first: u32,  // the first step of this dispatch; 0: the states before it are in slot 0
  end: u32,    // the step after the last, unless `sampling` has fewer
  terms4: u32, // H4: loops of a known count would be unrolled, to twice as much code
  k_slices: u32,  // of the sums of the gates, of the candidate if it has a product of its own, of a logit
  reset_k_slices: u32,
  head_k_slices: u32,
  slot: u32,   // of the states after the last step, and before a first step other than 0
  V: u32,      // classes
  layer_stride: u32,  // from a layer to the next in h and c, in vec4f
  // Where things begin in the parameters, in vec4f; 0: there are none.
  W: u32,      // W of the first layer
  second_W: u32,     // of the second
  U: u32,      // of the first layer, as b, b'_n and p
  b: u32,
  bn: u32,
  p: u32,
  layer_parameters: u32,   // from U, b, b'_n and p of a layer to the next's, and from the second layer's W to the third's
  head_W: u32, // W_q [H, V]
  head_b: u32, // b_q [V]
  table: u32,  // the embedding [V, E]
}

// The equations of a step (src/cells/cell.ts, rowForms).
const RNN = 0u;
const MGU = 1u;
const GRU = 2u;
const LSTM = 3u;
override form: u32 = RNN;
override gates: u32 = 1;
override relu: bool = false;
override reset_after: bool = false; // of a GRU
override peepholes: bool = false;
override H4: u32 = 1;               // hidden size / 4
override E4: u32 = 0;               // of the embedding / 4; 0: the first layer reads ids
override layers: u32 = 1;
// The last gate, the candidate, needs a second product, of s = r ⊙ h' (an MGU's f ⊙ h'). Or a GRU's needs two, added up later.
override resets: bool = form == MGU || (form == GRU && !reset_after);
override column_blocks: u32 = (gates + u32(reset_after)) * H4; // of four columns of the first product

// The embedded id, the state of each layer, and s.
override row_length: u32 = E4 + (layers + 1) * H4;
var<workgroup> row: array<vec4f, row_length>;
// Of an LSTM the cells of each layer.
override cells_length: u32 = select(1, layers * H4, form == LSTM);
var<workgroup> cells: array<vec4f, cells_length>;
// The sums of the longest product but the second of a step, slice by slice, and those of the second.
override sums_length: u32 = 1;
var<workgroup> sums: array<vec4f, sums_length>;
override sums2_length: u32 = 1;
var<workgroup> sums2: array<vec4f, sums2_length>;

fn state_offset(l: u32) -> u32 { return E4 + l * H4; }
fn reset_offset() -> u32 { return E4 + layers * H4; }

// sum + a slice's terms of row · matrix: 4 count4 terms of the row from `left` on, with four columns of a matrix of `stride`.
fn add_slice(sum: vec4f, left: u32, right: u32, stride: u32, count4: u32, k_slice: u32, slices: u32) -> vec4f {
  var total = sum;
  for (var i = 0u; i < max_iterations; i++) {
    let k = i * slices + k_slice;
    if (k >= count4) { break; }
    let offset = right + 4 * k * stride;
    total = fma_terms(
      total, row[left + k],
      mat4x4f(parameters[offset], parameters[offset + stride], parameters[offset + 2 * stride], parameters[offset + 3 * stride]));
  }
  return total;
}

// The sum of a column over its slices, each of `stride` columns.
fn sum_of_slices(column: u32, stride: u32, k_slices: u32) -> vec4f {
  var sum = sums[column];
  for (var p = 1u; p < max_iterations; p++) {
    if (p >= k_slices) { break; }
    sum += sums[p * stride + column];
  }
  return sum;
}

// x W + h' U of a layer, of the gates; of the candidate without what `resets`; and after a GRU's gates h' U_n where `reset_after`.
fn multiply_gates(l: u32, local: u32) {
  let stride = gates * H4;
  let first = l == 0;
  let terms4 = select(size.terms4, E4, first);
  let x = select(E4 + (l - 1) * H4, 0, first);
  let W = select(size.second_W + (l - 1) * size.layer_parameters, size.W, first);
  let U = size.U + l * size.layer_parameters;
  for (var round = 0u; round < max_iterations; round++) {
    let i = round * width + local;
    if (i >= size.k_slices * column_blocks) { break; }
    let column = i % column_blocks;
    let k_slice = i / column_blocks;
    var sum = vec4f();
    if (column < stride) { sum = add_slice(sum, x, W + column, stride, terms4, k_slice, size.k_slices); }
    let candidate = column / H4 == gates - 1 && (form == MGU || form == GRU);
    if (!candidate) { sum = add_slice(sum, state_offset(l), U + min(column, stride - H4 + column % H4), stride, size.terms4, k_slice, size.k_slices); }
    sums[i] = sum;
  }
}

// s U_n.
fn multiply_reset(l: u32, local: u32) {
  let U = size.U + l * size.layer_parameters + (gates - 1) * H4;
  for (var round = 0u; round < max_iterations; round++) {
    let i = round * width + local;
    if (i >= size.reset_k_slices * H4) { break; }
    sums2[i] = add_slice(vec4f(), reset_offset(), U + i % H4, gates * H4, size.terms4, i / H4, size.reset_k_slices);
  }
}

// Adds up the slices of each sum, and b, with x W where that is looked up; or b'_n to h' U_n.
fn add_bias(l: u32, id: u32, local: u32) {
  for (var round = 0u; round < max_iterations; round++) {
    let column = round * width + local;
    if (column >= column_blocks) { break; }
    var a = sum_of_slices(column, column_blocks, size.k_slices);
    let after = column >= gates * H4;
    let bias = select(size.b + column, size.bn + column - gates * H4, after);
    if (select(size.b, size.bn, after) > 0) { a += parameters[bias + l * size.layer_parameters]; }
    if (E4 == 0 && l == 0 && !after) { a += parameters[size.W + id * gates * H4 + column]; }
    sums[column] = a;
  }
}
fn gate_sum(gate: u32, unit: u32) -> vec4f { return sums[gate * H4 + unit]; }

fn peep(l: u32, gate: u32, unit: u32, cell: vec4f) -> vec4f {
  if (!peepholes) { return vec4f(); }
  return parameters[size.p + l * size.layer_parameters + gate * H4 + unit] * cell;
}

// s, of four units.
fn reset(l: u32, unit: u32) { row[reset_offset() + unit] = sigmoid(gate_sum(0, unit)) * row[state_offset(l) + unit]; }

// The state after the step, of four units.
fn finish_units(l: u32, unit: u32) {
  let offset = state_offset(l) + unit;
  let before = row[offset];
  if (form == RNN) {
    let a = gate_sum(0, unit);
    row[offset] = select(tanh_safe(a), relu_of(a), vec4<bool>(relu));
  } else if (form == LSTM) {
    let index = l * H4 + unit;
    let i = sigmoid(gate_sum(0, unit) + peep(l, 0, unit, cells[index]));
    let f = sigmoid(gate_sum(1, unit) + peep(l, 1, unit, cells[index]));
    let cell = f * cells[index] + i * tanh_safe(gate_sum(2, unit));
    cells[index] = cell;
    row[offset] = sigmoid(gate_sum(3, unit) + peep(l, 2, unit, cell)) * tanh_safe(cell);
  } else {
    let r = sigmoid(gate_sum(0, unit));
    var a = gate_sum(gates - 1, unit);
    if (resets) {
      for (var p = 0u; p < max_iterations; p++) {
        if (p >= size.reset_k_slices) { break; }
        a += sums2[p * H4 + unit];
      }
    } else {
      a += r * gate_sum(3, unit);
    }
    let n = tanh_safe(a);
    if (form == MGU) { row[offset] = (1.0 - r) * before + r * n; } else {
      let z = sigmoid(gate_sum(1, unit));
      row[offset] = z * before + (1.0 - z) * n;
    }
  }
}

// One step of layer l; all invocations call it.
fn step_layer(l: u32, id: u32, local: u32) {
  multiply_gates(l, local);
  workgroupBarrier();
  add_bias(l, id, local);
  workgroupBarrier();
  if (resets) {
    for (var unit = local; unit < H4; unit += width) { reset(l, unit); }
    workgroupBarrier();
    multiply_reset(l, local);
    workgroupBarrier();
  }
  for (var unit = local; unit < H4; unit += width) { finish_units(l, unit); }
  workgroupBarrier();
}
