// Drawing a class from softmax(o / temperature) over the top_k largest logits (all where top_k = 0; equal logits stand or
// fall together), or the largest where temperature = 0: what one invocation does with a stretch of the classes, 4 first …
// 4 end − 1 of V. The importer declares `sampling: Sampling` and `logits: array<vec4f>`, of which a row
// of classes begins at `row`.
#import lib/random

struct Sampling {
  temperature: f32,
  top_k: u32,
  seed: u32,
  position: u32, // of step 0 in the whole text: the counter of the random numbers
  given: u32,    // ids before this step are the prefix's
  steps: u32,    // how many are made, where a dispatch makes more than one
}

const lowest = -3.4e38;
// Of logits that are not all finite nothing is drawn: this stands for the largest then, and for the class.
const broken = 3.4028234e38;
const no_class = 0xffffffffu;
struct Likeliest { logit: f32, place: u32 }
struct Stretch { row: u32, first: u32, end: u32, V: u32 }

// Logits 4 j … 4 j + 3; the lowest where there is no such class.
fn logits_at(s: Stretch, j: u32) -> vec4f {
  return select(vec4f(lowest), logits[s.row + j], 4 * j + vec4u(0, 1, 2, 3) < vec4u(s.V));
}

// Numbers that are in order as the logits are. 0 and −0 are equal.
fn keys(o: vec4f) -> vec4u {
  let bits = select(bitcast<vec4u>(o), vec4u(), o == vec4f());
  return select(bits | vec4u(1u << 31), ~bits, bits >= vec4u(1u << 31));
}

// The first of the largest, or `broken`. By bits: compilers may take it that there is neither NaN nor infinity.
fn likeliest(s: Stretch) -> Likeliest {
  var best = Likeliest(lowest, 0);
  for (var j = s.first; j < s.end; j++) {
    let o = logits_at(s, j);
    if (any((bitcast<vec4u>(o) & vec4u(0x7f800000u)) == vec4u(0x7f800000u))) { return Likeliest(broken, no_class); }
    for (var i = 0u; i < 4; i++) { if (o[i] > best.logit) { best = Likeliest(o[i], 4 * j + i); } }
  }
  return best;
}

// How many have this key or a larger one.
fn reaching(s: Stretch, key: u32) -> u32 {
  var count = vec4u();
  for (var j = s.first; j < s.end; j++) { count += vec4u(keys(logits_at(s, j)) >= vec4u(key)); }
  return count.x + count.y + count.z + count.w;
}

// What each of four classes counts for; nothing where it has not the key.
fn weights(o: vec4f, largest: f32, least: u32) -> vec4f {
  let weight = exp(max((o - largest) / sampling.temperature, vec4f(-87.0)));
  return select(vec4f(), weight, (keys(o) >= vec4u(least)) & (o > vec4f(lowest)));
}
fn weight_of(s: Stretch, largest: f32, least: u32) -> f32 {
  var sum = 0.0;
  for (var j = s.first; j < s.end; j++) { sum += dot(weights(logits_at(s, j), largest, least), vec4f(1.0)); }
  return sum;
}

// The class where the running sum passes `weight`. Rounding may leave it just short: then the last that counts stands, or `none`.
fn class_at(s: Stretch, largest: f32, least: u32, weight: f32, none: u32) -> u32 {
  var left = weight;
  var class_ = none;
  for (var j = s.first; j < s.end && left >= 0.0; j++) {
    let w = weights(logits_at(s, j), largest, least);
    for (var i = 0u; i < 4; i++) {
      if (w[i] == 0.0 || left < 0.0) { continue; }
      class_ = 4 * j + i;
      left -= w[i];
    }
  }
  return class_;
}

fn thins_out(V: u32) -> bool { return sampling.top_k > 0 && sampling.top_k < V; }
