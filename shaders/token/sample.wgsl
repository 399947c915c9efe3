// The next token of each row, drawn from softmax(o / temperature) over the top_k largest logits (all where top_k = 0;
// equal logits stand or fall together), or the largest where temperature = 0. It goes straight into the ids that the
// next step looks up, so many tokens are written without the CPU. Tokens that were given (the prefix) stay.
// Grid: x = ⌈B / 64⌉ workgroups; an invocation draws for a row.
#import lib/random
struct Draw {
  B: u32,      // rows
  V: u32,      // classes
  stride: u32, // of a row of logits, in f32
  s: u32,      // this step: reads logits [s, B, V], writes ids [s+1, B]
}
struct Sampling {
  temperature: f32,
  top_k: u32,
  seed: u32,
  position: u32, // of step 0 in the whole text: the counter of the random numbers
  given: u32,    // ids before this step are the prefix's
}
@group(0) @binding(0) var<uniform> size: Draw;
@group(0) @binding(1) var<storage, read> sampling: Sampling;
@group(0) @binding(2) var<storage, read> logits: array<f32>;         // [T, B, V]
@group(0) @binding(3) var<storage, read_write> ids: array<u32>;      // [T+1, B]

// The k-th largest logit of a row.
fn threshold(row: u32, k: u32) -> f32 {
  var limit = 3.4e38;
  var kept = 0u;
  while (kept < k) {
    var best = -3.4e38;
    var count = 0u;
    for (var v = 0u; v < size.V; v++) {
      let o = logits[row + v];
      if (o < limit && o > best) {
        best = o;
        count = 1;
      } else if (o == best) {
        count++;
      }
    }
    if (count == 0) { break; }
    kept += count;
    limit = best;
  }
  return limit;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let b = id.x;
  if (b >= size.B || size.s + 1 < sampling.given) { return; }
  let row = (size.s * size.B + b) * size.stride;
  var best = 0u;
  for (var v = 1u; v < size.V; v++) { if (logits[row + v] > logits[row + best]) { best = v; } }
  var chosen = best;
  if (sampling.temperature > 0.0) {
    let least = threshold(row, select(min(sampling.top_k, size.V), 0u, sampling.top_k == 0));
    let all = sampling.top_k == 0;
    let largest = logits[row + best];
    var sum = 0.0;
    for (var v = 0u; v < size.V; v++) {
      let o = logits[row + v];
      if (all || o >= least) { sum += exp(max((o - largest) / sampling.temperature, -87.0)); }
    }
    // Walk to where the running sum passes u · sum; rounding may leave it just short, then the last one kept stands.
    var left = uniform_random(sampling.seed, b, sampling.position + size.s) * sum;
    for (var v = 0u; v < size.V; v++) {
      let o = logits[row + v];
      if (!(all || o >= least)) { continue; }
      chosen = v;
      left -= exp(max((o - largest) / sampling.temperature, -87.0));
      if (left < 0.0) { break; }
    }
  }
  ids[(size.s + 1) * size.B + b] = chosen;
}
