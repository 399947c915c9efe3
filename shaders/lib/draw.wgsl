// Drawing a class from softmax(o / temperature) over the top_k largest logits (all where top_k = 0; equal logits stand or
// fall together), or the largest where temperature = 0: by a workgroup, each invocation of which sees to a stretch of the
// classes. What the invocations tell each other is added up in one order, so the same numbers draw the same class.
// The importer declares `sampling: Sampling` and `logits: array<vec4f>`.
#import lib/random

override width: u32 = 16;

struct Sampling {
  temperature: f32,
  top_k: u32,
  seed: u32,
  position: u32, // of step 0 in the whole text: the counter of the random numbers
  given: u32,    // ids before this step are the prefix's
}

const lowest = -3.4e38;
var<workgroup> largest_of: array<f32, width>;
var<workgroup> place_of: array<u32, width>;
var<workgroup> count_of: array<u32, width>;
var<workgroup> sum_of: array<f32, width>;
var<workgroup> drawn: u32;

// Logits 4 j … 4 j + 3 of the row that begins at `row`; the lowest where there is no such class.
fn logits_at(row: u32, j: u32, V: u32) -> vec4f {
  return select(vec4f(lowest), logits[row + j], 4 * j + vec4u(0, 1, 2, 3) < vec4u(V));
}

// Numbers that are in order as the logits are. 0 and −0 are equal.
fn keys(o: vec4f) -> vec4u {
  let bits = select(bitcast<vec4u>(o), vec4u(), o == vec4f());
  return select(bits | vec4u(1u << 31), ~bits, bits >= vec4u(1u << 31));
}

// The key of the k-th largest logit: of all that at least k of them reach, the largest; bit by bit.
fn threshold(lane: u32, row: u32, first: u32, end: u32, V: u32, k: u32) -> u32 {
  var least = 0u;
  for (var bit = 0u; bit < 32; bit++) {
    let tried = least | (1u << (31 - bit));
    var count = 0u;
    for (var j = first; j < end; j++) {
      let reached = vec4u(keys(logits_at(row, j, V)) >= vec4u(tried));
      count += reached.x + reached.y + reached.z + reached.w;
    }
    count_of[lane] = count;
    workgroupBarrier();
    var all = 0u;
    for (var l = 0u; l < width; l++) { all += count_of[l]; }
    workgroupBarrier();
    if (all >= k) { least = tried; }
  }
  return least;
}

// What each of four classes counts for; nothing where it has not the key.
fn weights(o: vec4f, largest: f32, least: u32) -> vec4f {
  let weight = exp(max((o - largest) / sampling.temperature, vec4f(-87.0)));
  return select(vec4f(), weight, (keys(o) >= vec4u(least)) & (o > vec4f(lowest)));
}

// `stream` and `index` number the draw. All invocations of the workgroup call it and are given the same class.
fn draw(lane: u32, row: u32, V: u32, stream: u32, index: u32) -> u32 {
  let V4 = (V + 3) / 4;
  let stretch = (V4 + width - 1) / width;
  let first = min(lane * stretch, V4);
  let end = min(first + stretch, V4);

  var largest = lowest;
  var place = 0u;
  for (var j = first; j < end; j++) {
    let o = logits_at(row, j, V);
    for (var i = 0u; i < 4; i++) { if (o[i] > largest) { largest = o[i]; place = 4 * j + i; } }
  }
  largest_of[lane] = largest;
  place_of[lane] = place;
  workgroupBarrier();
  largest = lowest;
  for (var l = 0u; l < width; l++) { if (largest_of[l] > largest) { largest = largest_of[l]; place = place_of[l]; } }
  if (sampling.temperature == 0.0) { return place; }

  var least = 0u;
  if (sampling.top_k > 0 && sampling.top_k < V) { least = threshold(lane, row, first, end, V, sampling.top_k); }
  var sum = 0.0;
  for (var j = first; j < end; j++) { sum += dot(weights(logits_at(row, j, V), largest, least), vec4f(1.0)); }
  sum_of[lane] = sum;
  if (lane == 0) { drawn = place; }
  workgroupBarrier();

  // Walk to the stretch, and in it to the class, where the running sum passes u · total. Rounding may leave it just
  // short: then the last that counts stands.
  var total = 0.0;
  for (var l = 0u; l < width; l++) { total += sum_of[l]; }
  var left = uniform_random(sampling.seed, stream, index) * total;
  var owner = 0u;
  var passed = 0.0;
  for (var l = 0u; l < width; l++) {
    if (sum_of[l] == 0.0) { continue; }
    owner = l;
    if (passed + sum_of[l] > left) { break; }
    passed += sum_of[l];
  }
  if (lane == owner) {
    left -= passed;
    for (var j = first; j < end && left >= 0.0; j++) {
      let w = weights(logits_at(row, j, V), largest, least);
      for (var i = 0u; i < 4; i++) {
        if (w[i] == 0.0 || left < 0.0) { continue; }
        drawn = 4 * j + i;
        left -= w[i];
      }
    }
  }
  return workgroupUniformLoad(&drawn);
}
