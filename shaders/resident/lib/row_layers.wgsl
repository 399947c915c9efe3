// A step of one row through the layers, in one workgroup that holds their matrices and that of the head. Beside what
// resident/lib/row_cell wants, the importer declares
//   places       where things are, as resident/lib/write has it
//   h, c         the states before, of each layer
#import resident/lib/row_cell

override width: u32 = 4;
// b + h' U of the last layer, made while the head reads the same state.
var<private> ahead0: vec4f;
var<private> ahead1: vec4f;

fn V4() -> u32 { return (places.V + 3) / 4; }
// Which four classes the i-th columns of an invocation past the units are.
fn classes_at(i: u32) -> u32 { return lane - unit_lanes() + i * (width - unit_lanes()); }

// What is held: of each layer the columns of what it reads, unless that is looked up, and then those of its state, with which the
// invocations past the units have the head's if it is the last.
fn input_terms(l: u32) -> u32 { return select(H, E, l == 0); }
fn input_term(l: u32) -> u32 { return state_term(l) - input_terms(l); }
fn state_term(l: u32) -> u32 { return E + 2 * l * H; }

fn hold_layer(l: u32) {
  let at = l * places.next;
  let W = select(places.W1 + at - places.next, places.W, l == 0);
  for (var i = 0u; i < 2; i++) {
    let classes = 4 * min(classes_at(i), V4() - 1);
    for (var k = 0u; k < H; k++) {
      let met = term_met(k, lane);
      held[2 * (state_term(l) + k) + i] = as_state(four(places.U + at + met * gates * H, places.head_W + 4 * met * V4() + classes, i));
    }
    if (E > 0 || layers > 1) {
      for (var k = 0u; k < input_terms(l); k++) { held[2 * (input_term(l) + k) + i] = as_input(four(W + term_met(k, lane) * gates * H, 0, i)); }
    }
    let known = select(0.0, 1.0, places.b > 0 || lane >= unit_lanes());
    biases[l][i] = known * as_input(four(places.b + at, places.head_b + classes, i));
    if (places.bn > 0 && lane < unit_lanes()) { biases[l][i].z = parameters[places.bn + at + unit_at(i)]; }
    if (peepholes) { peeps[l][i] = four(places.p + at, 0, i); }
    if (gates == 4) { cells[l][i] = c[l * places.apart + unit_at(i)]; }
  }
}

// A step of a layer, whose number is a constant.
fn advance(l: u32, id: u32) {
  sum0 = ahead0;
  sum1 = ahead1;
  if (layers > 1) { if (l + 1 < layers) { begin(l); } }
  if (E == 0 && l == 0) {
    sum0 += as_input(four(places.W + id * gates * H, 0, 0));
    sum1 += as_input(four(places.W + id * gates * H, 0, 1));
  } else if (E > 0 || layers > 1) {
    add_products(false, input_term(l), select(state_place(l - 1), 0, l == 0) / 4, input_terms(l) / 4);
  }
  if (peepholes) { add_peepholes(l); }
  if (resets) {
    reset(l);
    workgroupBarrier();
    add_products(true, state_term(l), reset_place() / 4, H / 4);
  } else if (l + 1 < layers) {
    workgroupBarrier(); // others still read its state
  }
  finish(l);
  workgroupBarrier();
}
// b + h' U.
fn begin(l: u32) {
  sum0 = biases[l][0];
  sum1 = biases[l][1];
  add_products(false, state_term(l), state_place(l) / 4, H / 4);
}
