// Sampling by a workgroup: each invocation sees to a range of the classes. Their sums are added in one order, so the same numbers sample
// the same class.
#import lib/sampling
#import lib/accumulate

override width: u32 = 16;

var<workgroup> candidate_of: array<Candidate, width>;
var<workgroup> count_of: array<u32, width>;
var<workgroup> sum_of: array<f32, width>;
var<workgroup> sampled: u32;

// The key of the k-th largest logit: of all that at least k of them reach, the largest; bit by bit.
fn top_k_key(lane: u32, active_lanes: u32, range: ClassRange, k: u32) -> u32 {
  var least = 0u;
  for (var bit = 1u << 31; bit > 0; bit >>= 1) {
    count_of[lane] = count_from(range, least | bit);
    workgroupBarrier();
    var all = 0u;
    for (var l = 0u; l < max_iterations; l++) {
      if (l >= active_lanes) { break; }
      all += count_of[l];
    }
    workgroupBarrier();
    if (all >= k) { least |= bit; }
  }
  return least;
}

// `stream` and `index` number the sample. All invocations of the workgroup call it and get the same class.
fn sample_class(lane: u32, row: u32, V: u32, stream: u32, index: u32) -> u32 {
  let V4 = (V + 3) / 4;
  let range_length = (V4 + width - 1) / width;
  let active_lanes = (V4 + range_length - 1) / range_length; // those after them have no classes
  let first = min(lane * range_length, V4);
  let range = ClassRange(row, first, min(first + range_length, V4), V);

  candidate_of[lane] = argmax(range);
  workgroupBarrier();
  var best = Candidate(min_logit, 0);
  for (var l = 0u; l < max_iterations; l++) {
    if (l >= active_lanes) { break; }
    if (candidate_of[l].logit > best.logit) { best = candidate_of[l]; }
  }
  if (sampling.temperature == 0.0) { return best.class_; }

  var least = 0u;
  if (top_k_active(V)) { least = top_k_key(lane, active_lanes, range, sampling.top_k); }
  sum_of[lane] = weight_of(range, best.logit, least);
  if (lane == 0) { sampled = best.class_; }
  workgroupBarrier();

  // Walk to the range, and in it to the class, where the running sum passes u · total.
  var total = 0.0;
  for (var l = 0u; l < max_iterations; l++) {
    if (l >= active_lanes) { break; }
    total += sum_of[l];
  }
  let weight = uniform_random(sampling.seed, stream, index) * total;
  var chosen_lane = 0u;
  var sum_before = 0.0;
  for (var l = 0u; l < max_iterations; l++) {
    if (l >= active_lanes) { break; }
    if (sum_of[l] == 0.0) { continue; }
    chosen_lane = l;
    if (sum_before + sum_of[l] > weight) { break; }
    sum_before += sum_of[l];
  }
  if (lane == chosen_lane) { sampled = class_past(range, best.logit, least, weight - sum_before, sampled); }
  let class_ = workgroupUniformLoad(&sampled);
  return select(class_, no_class, best.logit >= not_finite_logit);
}
