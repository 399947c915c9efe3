// From sums of products to the state of a layer, in a workgroup that computes all of it for one row. The first invocations have the units: of an
// RNN four columns are four units; of a GRU or LSTM they are the gates of one: i f g o; or r z, what the state gives to n, and what the input
// gives to it. Gates are those of src/cells. The invocations after them have columns of the head.
#expects var parameters: array<f32>
// The embedded id [E], the state of each layer [H], and s of a GRU [H]:
#expects var row: array<f32, row_length>
#import resident/lib/row_product
#import lib/activation

override gates: u32 = 1;
override relu: bool = false;
override reset_after: bool = false;
override resets: bool = gates == 3 && !reset_after;
override peepholes: bool = false;
override H: u32 = 4; // hidden size, rounded up to a multiple of 4
override E: u32 = 0; // of the embedding, rounded up; 0: the first layer reads ids
override layers: u32 = 1;

fn state_offset(l: u32) -> u32 { return E + l * H; }
fn reset_offset() -> u32 { return E + layers * H; }

// How many invocations have units; whole quads.
fn unit_lanes() -> u32 { return ((select(H, H / 4, gates == 1) + 1) / 2 + 3) & ~3u; }
fn unit_or_past(i: u32) -> u32 { return (lane + i * unit_lanes()) * select(1u, 4u, gates == 1); }
// The unit of an invocation's i-th four columns, or the first of four units. There are more places than units: where there is
// none it is the last, and not used.
fn unit_index(i: u32) -> u32 { return min(unit_or_past(i), select(H - 1, H - 4, gates == 1)); }
fn has_unit(i: u32) -> bool { return unit_or_past(i) < H && lane < unit_lanes(); }

// The i-th four columns of a row of a layer's parameters that begins at `offset`; or, of an invocation past the units, four
// numbers from `other_offset` on. They are as `state_columns` and `input_columns` say what they multiply.
fn load_columns(offset: u32, other_offset: u32, i: u32) -> vec4f {
  let first = select(other_offset, offset + unit_index(i), lane < unit_lanes());
  let layer_stride = select(1, H, lane < unit_lanes() && gates > 1);
  return vec4f(parameters[first], parameters[first + layer_stride], parameters[first + 2 * layer_stride], parameters[first + 3 * layer_stride]);
}
fn state_columns(columns: vec4f) -> vec4f { return select(columns, vec4f(columns.xyz, 0.0), gates == 3 && lane < unit_lanes()); }
fn input_columns(columns: vec4f) -> vec4f { return select(columns, vec4f(columns.xy, 0.0, columns.z), gates == 3 && lane < unit_lanes()); }

// Of each layer, for the invocation's columns: b, peepholes, and of an LSTM the cells.
const max_layers = 4u;
var<private> biases: array<mat2x4f, max_layers>;
var<private> peeps: array<mat2x4f, max_layers>;
var<private> cells: array<vec2f, max_layers>;

fn store_unit(offset: u32, i: u32, value: f32) { if (has_unit(i)) { row[offset + unit_index(i)] = value; } }
fn store_pair(offset: u32, pair: vec2f) { store_unit(offset, 0, pair.x); store_unit(offset, 1, pair.y); }
fn state_pair(l: u32) -> vec2f { return vec2f(row[state_offset(l) + unit_index(0)], row[state_offset(l) + unit_index(1)]); }
fn sigmoids(x: vec2f) -> vec2f { return sigmoid(vec4f(x, x)).xy; }
fn tanhs(x: vec2f) -> vec2f { return tanh_safe(vec4f(x, x)).xy; }

// p ⊙ c' of i and f.
fn add_peepholes(l: u32) {
  sum0 += vec4f(peeps[l][0].xy * cells[l].x, 0.0, 0.0);
  sum1 += vec4f(peeps[l][1].xy * cells[l].y, 0.0, 0.0);
}

// GRU with the reset gate before the product: the state whose product is wanted for n is s = r ⊙ h'.
fn reset(l: u32) {
  store_pair(reset_offset(), sigmoids(vec2f(sum0.x, sum1.x)) * state_pair(l));
  sum0.z = 0.0;
  sum1.z = 0.0;
}

fn finish_units(l: u32) {
  if (gates == 1) {
    finish_unit_block(l, 0, sum0);
    finish_unit_block(l, 1, sum1);
    return;
  }
  let one = sigmoid(sum0);
  let other_offset = sigmoid(sum1);
  if (gates == 3) {
    let r = select(vec2f(1.0), vec2f(one.x, other_offset.x), reset_after);
    let z = vec2f(one.y, other_offset.y);
    let n = tanhs(vec2f(sum0.w, sum1.w) + r * vec2f(sum0.z, sum1.z));
    store_pair(state_offset(l), z * state_pair(l) + (1.0 - z) * n);
    return;
  }
  cells[l] = vec2f(one.y, other_offset.y) * cells[l] + vec2f(one.x, other_offset.x) * tanhs(vec2f(sum0.z, sum1.z));
  var o = vec2f(one.w, other_offset.w);
  if (peepholes) { o = sigmoids(vec2f(sum0.w, sum1.w) + vec2f(peeps[l][0].z, peeps[l][1].z) * cells[l]); }
  store_pair(state_offset(l), o * tanhs(cells[l]));
}
fn finish_unit_block(l: u32, i: u32, a: vec4f) {
  let y = select(tanh_safe(a), relu_of(a), relu);
  for (var j = 0u; j < 4; j++) { if (has_unit(i)) { row[state_offset(l) + unit_index(i) + j] = y[j]; } }
}
