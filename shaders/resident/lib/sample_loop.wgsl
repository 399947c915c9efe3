// Sampling in one dispatch: step after step the layers, O = h W_q + b_q, and the next token sampled from it, by one workgroup that keeps all
// matrices in registers. Ids of the prefix stay. The kernels that import this differ by how much they have room for.
#import resident/lib/row_layers
#import resident/lib/sample_by_leaders

@group(0) @binding(0) var<uniform> size: Loop;
@group(0) @binding(1) var<storage, read> sampling: Sampling;
@group(0) @binding(2) var<storage, read> parameters: array<f32>;       // all, flat
@group(0) @binding(3) var<storage, read_write> h: array<f32>;          // [T+2, H] of each layer
@group(0) @binding(4) var<storage, read_write> c: array<f32>;          // [T+2, H] of each layer of an LSTM
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;   // [T, V]
@group(0) @binding(6) var<storage, read_write> ids: array<u32>;        // [T+1]

override row_length: u32 = 4;
var<workgroup> row: array<f32, row_length>;
fn load_term(k4: u32, i: u32) -> f32 { return row[4 * k4 + i]; }
var<workgroup> next: u32;

// The id of step s: sampled from the logits of the step before, unless it was given.
fn next_id(s: u32) -> u32 {
  for (var i = 0u; i < 2; i++) {
    if (s > 0 && lane >= unit_lanes() && class_block(i) < V4()) { logits[(s - 1) * V4() + class_block(i)] = select(sum1, sum0, i == 0); }
  }
  storageBarrier();
  if (lane < leaders) {
    let samples = s > 0 && s >= sampling.prefix;
    var id = 0u;
    if (samples) { id = sample_by_leaders(lane, (s - 1) * V4(), size.V, 0, sampling.position + s - 1); }
    if (lane == 0) {
      if (samples) { ids[s] = id; } else { id = ids[s]; }
      next = id;
    }
  }
  return workgroupUniformLoad(&next);
}

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) local: u32) {
  lane = local;
  for (var l = 0u; l < layers; l++) {
    load_layer(l);
    for (var unit = lane; unit < H; unit += width) { row[state_offset(l) + unit] = h[l * size.layer_stride + unit]; }
  }
  workgroupBarrier();
  for (var s = 0u; s <= sampling.steps; s++) {
    add_state_products(layers - 1);
    early_sum0 = sum0;
    early_sum1 = sum1;
    let id = next_id(s);
    if (s == sampling.steps) { break; }
    if (E > 0) {
      for (var i = lane; i < E; i += width) { row[i] = parameters[size.table + id * E + i]; }
      workgroupBarrier();
    }
    step_layer(0, id);
    if (layers > 1) { step_layer(1, id); }
    if (layers > 2) { step_layer(2, id); }
    if (layers > 3) { step_layer(3, id); }
  }
  for (var l = 0u; l < layers; l++) {
    let offset = l * size.layer_stride + size.T * H;
    for (var unit = lane; unit < H; unit += width) { h[offset + unit] = row[state_offset(l) + unit]; }
    if (gates == 4) { for (var i = 0u; i < 2; i++) { if (has_unit(i)) { c[offset + unit_index(i)] = cells[l][i]; } } }
  }
}
