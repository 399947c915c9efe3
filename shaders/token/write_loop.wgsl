// Writing on a GPU in one dispatch for many steps: the layers, O = h W_q + b_q, and the next token drawn from it, step after step, by
// one workgroup, that keeps the states in its memory. Where the token was given (the prefix) nothing is drawn, so O is not made.
// Grid: one workgroup.
#import lib/row_layer
#import lib/draw_together
struct Write {
  first: u32,  // the first step made here; 0: the states before it are in slot 0
  end: u32,    // the step after the last, unless `sampling` has fewer
  terms4: u32, // H4: loops of a known count would be written out, to twice as much code
  parts: u32,  // that the terms of a sum are dealt to: of the gates, of the candidate if it has a product of its own, of a logit
  parts2: u32,
  head_parts: u32,
  slot: u32,   // in which the states are left, and the states before a first step other than 0
  V: u32,      // classes
  apart: u32,  // from a layer to the next in h and c, in vec4f
  // Where things begin in the parameters, in vec4f; 0: there are none.
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
@group(0) @binding(2) var<storage, read> parameters: array<vec4f>;     // all, flat
@group(0) @binding(3) var<storage, read_write> h: array<vec4f>;        // [T+2, H] of each layer
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;        // [T+2, H] of each layer of an LSTM
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;   // [T, V]
@group(0) @binding(6) var<storage, read_write> ids: array<u32>;        // [T+1]

override V4: u32 = 1;

fn make_logits(s: u32, local: u32) {
  for (var turn = 0u; turn < most_turns; turn++) {
    let i = turn * width + local;
    if (i >= places.head_parts * V4) { break; }
    sums[i] = add_part(vec4f(), state_place(layers - 1), places.head_W + i % V4, V4, places.terms4, i / V4, places.head_parts);
  }
  workgroupBarrier();
  for (var j = local; j < V4; j += width) {
    logits[s * V4 + j] = total(j, V4, places.head_parts) + parameters[places.head_b + j];
  }
  storageBarrier();
}

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) local: u32) {
  let before = select(places.slot, 0, places.first == 0) * H4;
  for (var i = local; i < layers * H4; i += width) {
    let at = i / H4 * places.apart + before + i % H4;
    row[E4 + i] = h[at];
    if (gates == 4) { cells[i] = c[at]; }
  }
  var id = ids[places.first];
  for (var s = places.first; s < min(places.end, sampling.steps); s++) {
    for (var i = local; i < E4; i += width) { row[i] = parameters[places.table + id * E4 + i]; }
    workgroupBarrier();
    for (var l = 0u; l < layers; l++) { advance(l, id, local); }
    if (s + 1 < sampling.given) {
      id = ids[s + 1];
    } else {
      make_logits(s, local);
      id = draw(local, s * V4, places.V, 0, sampling.position + s);
      if (local == 0) { ids[s + 1] = id; }
    }
  }
  for (var i = local; i < layers * H4; i += width) {
    let at = i / H4 * places.apart + places.slot * H4 + i % H4;
    h[at] = row[E4 + i];
    if (gates == 4) { c[at] = cells[i]; }
  }
}
