// A step of one row through the layers, in one workgroup that keeps their matrices and that of the head in registers.
#expects var size: Loop
#expects var c: array<f32>
#import resident/lib/row_cell

struct Loop {
  T: u32,      // the state before the first step is in slot 0, that after the last goes to slot T
  V: u32,      // classes
  layer_stride: u32,  // from a layer to the next in h and c
  // Where things begin in the parameters; 0: there are none.
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

override width: u32 = 4;
// b + h' U of the last layer, computed while the head reads the same state.
var<private> early_sum0: vec4f;
var<private> early_sum1: vec4f;

fn V4() -> u32 { return (size.V + 3) / 4; }
// Which four classes the i-th columns of an invocation past the units are.
fn class_block(i: u32) -> u32 { return lane - unit_lanes() + i * (width - unit_lanes()); }

// What is resident: of each layer the columns of what it reads, unless that is looked up, and then those of its state, with which the
// invocations past the units have the head's if it is the last.
fn input_size(l: u32) -> u32 { return select(H, E, l == 0); }
fn input_row(l: u32) -> u32 { return state_row(l) - input_size(l); }
fn state_row(l: u32) -> u32 { return E + 2 * l * H; }

fn load_layer(l: u32) {
  let offset = l * size.layer_parameters;
  let W = select(size.second_W + offset - size.layer_parameters, size.W, l == 0);
  for (var i = 0u; i < 2; i++) {
    let classes = 4 * min(class_block(i), V4() - 1);
    for (var k = 0u; k < H; k++) {
      let term = lane_term(k, lane);
      resident[2 * (state_row(l) + k) + i] = state_columns(load_columns(size.U + offset + term * gates * H, size.head_W + 4 * term * V4() + classes, i));
    }
    if (E > 0 || layers > 1) {
      for (var k = 0u; k < input_size(l); k++) {
        resident[2 * (input_row(l) + k) + i] = input_columns(load_columns(W + lane_term(k, lane) * gates * H, 0, i));
      }
    }
    let bias_mask = select(0.0, 1.0, size.b > 0 || lane >= unit_lanes());
    biases[l][i] = bias_mask * input_columns(load_columns(size.b + offset, size.head_b + classes, i));
    if (size.bn > 0 && lane < unit_lanes()) { biases[l][i].z = parameters[size.bn + offset + unit_index(i)]; }
    if (peepholes) { peeps[l][i] = load_columns(size.p + offset, 0, i); }
    if (gates == 4) { cells[l][i] = c[l * size.layer_stride + unit_index(i)]; }
  }
}

// A step of a layer, whose number is a constant.
fn step_layer(l: u32, id: u32) {
  sum0 = early_sum0;
  sum1 = early_sum1;
  if (layers > 1) { if (l + 1 < layers) { add_state_products(l); } }
  if (E == 0 && l == 0) {
    sum0 += input_columns(load_columns(size.W + id * gates * H, 0, 0));
    sum1 += input_columns(load_columns(size.W + id * gates * H, 0, 1));
  } else if (E > 0 || layers > 1) {
    accumulate(false, input_row(l), select(state_offset(l - 1), 0, l == 0) / 4, input_size(l) / 4);
  }
  if (peepholes) { add_peepholes(l); }
  if (resets) {
    reset(l);
    workgroupBarrier();
    accumulate(true, state_row(l), reset_offset() / 4, H / 4);
  } else if (l + 1 < layers) {
    workgroupBarrier(); // others still read its state
  }
  finish_units(l);
  workgroupBarrier();
}
// b + h' U.
fn add_state_products(l: u32) {
  sum0 = biases[l][0];
  sum1 = biases[l][1];
  accumulate(false, state_row(l), state_offset(l) / 4, H / 4);
}
