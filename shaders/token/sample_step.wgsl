// All that lies between the last layer of one step and the first layer of the next when a network of few classes samples, in one
// workgroup: O = h W_q + b_q, the next token sampled from it, and its row of an embedding looked up. A token of the prefix stays, and O is not
// computed there.
// Grid: one workgroup.
#import lib/sampling_workgroup

struct Step {
  s: u32,      // this step: reads state s + 1, writes logits s, id s + 1, and row s + 1 of `out`
  T: u32,      // steps; the last looks nothing up
  H4: u32,     // hidden size / 4
  V: u32,      // classes
  W: u32,      // where W_q [H, V] begins in the parameters, in vec4f
  b: u32,      // b_q [V]
  table: u32,  // the embedding [V, width]
  width4: u32, // of its rows, in vec4f; 0: there is none
}
@group(0) @binding(0) var<uniform> size: Step;
@group(0) @binding(1) var<storage, read> sampling: Sampling;
@group(0) @binding(2) var<storage, read> parameters: array<vec4f>;           // all, flat
@group(0) @binding(3) var<storage, read> h: array<vec4f>;              // [T+2, H]
@group(0) @binding(4) var<storage, read_write> logits: array<vec4f>;   // [T, V]
@group(0) @binding(5) var<storage, read_write> ids: array<u32>;        // [T+1]
@group(0) @binding(6) var<storage, read_write> out: array<vec4f>;      // [T, width]

// Two blocks of four columns each.
var<workgroup> partial: array<mat2x4f, width>;

// Four columns of W_q over four terms.
fn block_of_W(offset: u32, V4: u32) -> mat4x4f {
  return mat4x4f(parameters[offset], parameters[offset + V4], parameters[offset + 2 * V4], parameters[offset + 3 * V4]);
}

// Σ h[k] W_q[k] for a pair of column blocks over terms 4 k0 … 4 k1 − 1. A last block without a partner is computed twice.
fn head_product(pair: u32, V4: u32, k0: u32, k1: u32) -> mat2x4f {
  let state = (size.s + 1) * size.H4;
  let first = 2 * pair;
  let second = min(first + 1, V4 - 1);
  var sum = mat2x4f();
  for (var k = k0; k < k1; k++) {
    let x = h[state + k];
    let offset = size.W + 4 * k * V4;
    sum[0] += block_of_W(offset + first, V4) * x;
    sum[1] += block_of_W(offset + second, V4) * x;
  }
  return sum;
}

fn store(pair: u32, V4: u32, o: mat2x4f) {
  for (var i = 0u; i < min(2u, V4 - 2 * pair); i++) { logits[size.s * V4 + 2 * pair + i] = o[i] + parameters[size.b + 2 * pair + i]; }
}

@compute @workgroup_size(width)
fn main(@builtin(local_invocation_index) lane: u32) {
  var next = ids[size.s + 1];
  if (size.s + 1 >= sampling.prefix) {
    let V4 = (size.V + 3) / 4;
    let pairs = (V4 + 1) / 2;
    // Where there are invocations to spare, the terms of a sum are dealt to several (split-K).
    let k_slices = clamp(width / pairs, 1u, size.H4);
    var sum: mat2x4f;
    for (var i = lane; i < k_slices * pairs; i += width) {
      let k_slice = i / pairs;
      sum = head_product(i % pairs, V4, k_slice * size.H4 / k_slices, (k_slice + 1) * size.H4 / k_slices);
      if (k_slices == 1) { store(i, V4, sum); }
    }
    if (k_slices > 1) {
      partial[lane] = sum;
      workgroupBarrier();
      if (lane < pairs) {
        for (var k_slice = 1u; k_slice < k_slices; k_slice++) { sum += partial[k_slice * pairs + lane]; }
        store(lane, V4, sum);
      }
    }
    storageBarrier();
    next = sample_class(lane, size.s * V4, size.V, 0, sampling.position + size.s);
    if (lane == 0) { ids[size.s + 1] = next; }
  }
  if (size.s + 1 == size.T) { return; }
  for (var i = lane; i < size.width4; i += width) {
    out[(size.s + 1) * size.width4 + i] = parameters[size.table + next * size.width4 + i];
  }
}
