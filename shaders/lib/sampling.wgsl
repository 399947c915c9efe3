// Sampling a class from softmax(o / temperature) over the top_k largest logits, or over all where top_k = 0. Equal logits are in or out
// together. Where temperature = 0 it is the largest. These functions see to the classes 4 first … 4 end − 1 of V, for one invocation; a row of
// logits begins at `row`.
#expects var sampling: Sampling
#expects var logits: array<vec4f>
#import lib/random

struct Sampling {
  temperature: f32,
  top_k: u32,
  seed: u32,
  position: u32, // of step 0 in the whole text: the counter of the random numbers
  prefix: u32,   // ids before this step were given
  steps: u32,    // how many are sampled, where a dispatch samples more than one
}

const min_logit = -3.4e38;
// Logits that are not all finite have no sample: this stands for the largest then, and for the class.
const not_finite_logit = 3.4028234e38;
const no_class = 0xffffffffu;
struct Candidate { logit: f32, class_: u32 }
struct ClassRange { row: u32, first: u32, end: u32, V: u32 }

// Logits 4 j … 4 j + 3; the lowest where there is no such class.
fn logits_of(s: ClassRange, j: u32) -> vec4f {
  return select(vec4f(min_logit), logits[s.row + j], 4 * j + vec4u(0, 1, 2, 3) < vec4u(s.V));
}

// Numbers that are in order as the logits are. 0 and −0 are equal.
fn keys(o: vec4f) -> vec4u {
  let bits = select(bitcast<vec4u>(o), vec4u(), o == vec4f());
  return select(bits | vec4u(1u << 31), ~bits, bits >= vec4u(1u << 31));
}

// The first of the largest, or `not_finite_logit`. By bits: compilers may take it that there is neither NaN nor infinity.
fn argmax(s: ClassRange) -> Candidate {
  var best = Candidate(min_logit, 0);
  for (var j = s.first; j < s.end; j++) {
    let o = logits_of(s, j);
    if (any((bitcast<vec4u>(o) & vec4u(0x7f800000u)) == vec4u(0x7f800000u))) { return Candidate(not_finite_logit, no_class); }
    for (var i = 0u; i < 4; i++) { if (o[i] > best.logit) { best = Candidate(o[i], 4 * j + i); } }
  }
  return best;
}

// How many have this key or a larger one.
fn count_from(s: ClassRange, key: u32) -> u32 {
  var count = vec4u();
  for (var j = s.first; j < s.end; j++) { count += vec4u(keys(logits_of(s, j)) >= vec4u(key)); }
  return count.x + count.y + count.z + count.w;
}

// What each of four classes counts for; nothing where it has not the key.
fn weights(o: vec4f, largest: f32, least: u32) -> vec4f {
  let weight = exp(max((o - largest) / sampling.temperature, vec4f(-87.0)));
  return select(vec4f(), weight, (keys(o) >= vec4u(least)) & (o > vec4f(min_logit)));
}
fn weight_of(s: ClassRange, largest: f32, least: u32) -> f32 {
  var sum = 0.0;
  for (var j = s.first; j < s.end; j++) { sum += dot(weights(logits_of(s, j), largest, least), vec4f(1.0)); }
  return sum;
}

// The class where the running sum passes `weight`. Rounding may leave it just short: then the last that counts stands, or `none`.
fn class_past(s: ClassRange, largest: f32, least: u32, weight: f32, none: u32) -> u32 {
  var remaining = weight;
  var class_ = none;
  for (var j = s.first; j < s.end && remaining >= 0.0; j++) {
    let w = weights(logits_of(s, j), largest, least);
    for (var i = 0u; i < 4; i++) {
      if (w[i] == 0.0 || remaining < 0.0) { continue; }
      class_ = 4 * j + i;
      remaining -= w[i];
    }
  }
  return class_;
}

fn top_k_active(V: u32) -> bool { return sampling.top_k > 0 && sampling.top_k < V; }
