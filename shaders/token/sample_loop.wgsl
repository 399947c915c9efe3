// Sampling on a GPU, many steps in one dispatch: the layers, O = h W_q + b_q, and the next token sampled from it, step after step, by one
// workgroup that keeps the states in its memory. A token of the prefix stays, and O is not computed there.
// Grid: one workgroup.
#import lib/row_layer
#import lib/sampling_workgroup

@group(0) @binding(0) var<uniform> size: Loop;
@group(0) @binding(1) var<storage, read> sampling: Sampling;
@group(0) @binding(2) var<storage, read> parameters: array<vec4f>;     // all, flat
@group(0) @binding(3) var<storage, read_write> h: array<vec4f>;        // [T+2, H] of each layer
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;        // [T+2, H] of each layer of an LSTM
@group(0) @binding(5) var<storage, read_write> logits: array<vec4f>;   // [T, V]
@group(0) @binding(6) var<storage, read_write> ids: array<u32>;        // [T+1]

override V4: u32 = 1;

fn compute_logits(s: u32, local: u32) {
  for (var round = 0u; round < max_iterations; round++) {
    let i = round * width + local;
    if (i >= size.head_k_slices * V4) { break; }
    sums[i] = add_slice(vec4f(), state_offset(layers - 1), size.head_W + i % V4, V4, size.terms4, i / V4, size.head_k_slices);
  }
  workgroupBarrier();
  for (var j = local; j < V4; j += width) {
    logits[s * V4 + j] = sum_of_slices(j, V4, size.head_k_slices) + parameters[size.head_b + j];
  }
  storageBarrier();
}

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) local: u32) {
  let initial_slot = select(size.slot, 0, size.first == 0) * H4;
  for (var i = local; i < layers * H4; i += width) {
    let offset = i / H4 * size.layer_stride + initial_slot + i % H4;
    row[E4 + i] = h[offset];
    if (form == LSTM) { cells[i] = c[offset]; }
  }
  var id = ids[size.first];
  for (var s = size.first; s < min(size.end, sampling.steps); s++) {
    for (var i = local; i < E4; i += width) { row[i] = parameters[size.table + id * E4 + i]; }
    workgroupBarrier();
    for (var l = 0u; l < layers; l++) { step_layer(l, id, local); }
    if (s + 1 < sampling.prefix) {
      id = ids[s + 1];
    } else {
      compute_logits(s, local);
      id = sample_class(local, s * V4, size.V, 0, sampling.position + s);
      if (local == 0) { ids[s + 1] = id; }
    }
  }
  for (var i = local; i < layers * H4; i += width) {
    let offset = i / H4 * size.layer_stride + size.slot * H4 + i % H4;
    h[offset] = row[E4 + i];
    if (form == LSTM) { c[offset] = cells[i]; }
  }
}
