// Writing in one dispatch: step after step the layers, O = h W_q + b_q, and the next token drawn from it, by one workgroup that
// holds all matrices. Where the token was given (the prefix) nothing is drawn. The kernels that import this differ by how much
// they have room for.
#import resident/lib/row_layers
#import resident/lib/draw_by_few
struct Write {
  T: u32,      // the state before the first step is in slot 0, that after the last goes to slot T
  V: u32,      // classes
  apart: u32,  // from a layer to the next in h and c
  // Where things begin in the parameters; 0: there are none.
  W: u32,      // W of the first layer
  W1: u32,     // of the second
  U: u32,      // of the first layer, as b, b'_n and p
  b: u32,
  bn: u32,
  p: u32,
  next: u32,   // from U, b, b'_n and p of a layer to the next's, and from the second layer's W to the third's
  head_W: u32, // W_q [H, V]
  head_b: u32, // b_q [V]
  table: u32,  // the embedding [V, E]
}
@group(0) @binding(0) var<uniform> places: Write;
@group(0) @binding(1) var<storage, read> sampling: Sampling;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;       // all, flat
@group(0) @binding(3) var<storage, read_write> h: array<f32>;          // [T+2, H] of each layer
@group(0) @binding(4) var<storage, read_write> c: array<f32>;          // [T+2, H] of each layer of an LSTM
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;   // [T, V]
@group(0) @binding(6) var<storage, read_write> ids: array<u32>;        // [T+1]

override row_length: u32 = 4;
var<workgroup> row: array<f32, row_length>;
fn row_term(k4: u32, i: u32) -> f32 { return row[4 * k4 + i]; }
var<workgroup> next: u32;

// The id of step s: drawn from what the head has made of the step before, unless it was given.
fn next_id(s: u32) -> u32 {
  for (var i = 0u; i < 2; i++) {
    if (s > 0 && lane >= unit_lanes() && classes_at(i) < V4()) { logits[(s - 1) * V4() + classes_at(i)] = select(sum1, sum0, i == 0); }
  }
  storageBarrier();
  if (lane < sharers) {
    let drawn = s > 0 && s >= sampling.given;
    var id = 0u;
    if (drawn) { id = draw_by_few(lane, (s - 1) * V4(), places.V, 0, sampling.position + s - 1); }
    if (lane == 0) {
      if (drawn) { ids[s] = id; } else { id = ids[s]; }
      next = id;
    }
  }
  return workgroupUniformLoad(&next);
}

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) local: u32) {
  lane = local;
  for (var l = 0u; l < layers; l++) {
    hold_layer(l);
    for (var unit = lane; unit < H; unit += width) { row[state_place(l) + unit] = h[l * places.apart + unit]; }
  }
  workgroupBarrier();
  for (var s = 0u; s <= sampling.steps; s++) {
    begin(layers - 1);
    ahead0 = sum0;
    ahead1 = sum1;
    let id = next_id(s);
    if (s == sampling.steps) { break; }
    if (E > 0) {
      for (var i = lane; i < E; i += width) { row[i] = parameters[places.table + id * E + i]; }
      workgroupBarrier();
    }
    advance(0, id);
    if (layers > 1) { advance(1, id); }
    if (layers > 2) { advance(2, id); }
    if (layers > 3) { advance(3, id); }
  }
  for (var l = 0u; l < layers; l++) {
    let at = l * places.apart + places.T * H;
    for (var unit = lane; unit < H; unit += width) { h[at + unit] = row[state_place(l) + unit]; }
    if (gates == 4) { for (var i = 0u; i < 2; i++) { if (has_unit(i)) { c[at + unit_at(i)] = cells[l][i]; } } }
  }
}
