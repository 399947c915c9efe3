// A sample (lib/sampling) by the leader lanes of a workgroup.
#import lib/sampling
#import resident/lib/lanes

// All leaders get the same class; `stream` and `index` number the sample.
fn sample_by_leaders(lane: u32, row: u32, V: u32, stream: u32, index: u32) -> u32 {
  let V4 = (V + 3) / 4;
  let range_length = (V4 + leaders - 1) / leaders;
  let range = ClassRange(row, min(lane * range_length, V4), min((lane + 1) * range_length, V4), V);
  let best = argmax(range);
  let largest = max_of_leaders(best.logit);
  if (largest >= not_finite_logit) { return no_class; }
  let best_class = min_of_leaders(select(V, best.class_, best.logit == largest));
  if (sampling.temperature == 0.0) { return best_class; }
  // The key of the k-th largest logit: of all that at least k of them reach, the largest; bit by bit.
  var least = 0u;
  if (top_k_active(V)) {
    for (var bit = 1u << 31; bit > 0; bit >>= 1) { if (sum_of_counts(count_from(range, least | bit)) >= sampling.top_k) { least |= bit; } }
  }
  let weight_here = weight_of(range, largest, least);
  let weight_before = sum_before(weight_here, lane);
  let weight = uniform_random(sampling.seed, stream, index) * sum_of_leaders(weight_here);
  // It is the first's whose sum passes; or, where rounding leaves all just short, the last's that has a weight.
  let priority = select(select(2 * leaders, 2 * leaders - 1 - lane, weight_here > 0.0), lane, weight_here > 0.0 && weight_before + weight_here > weight);
  let class_ = class_past(range, largest, least, weight - weight_before, best_class);
  return min_of_leaders(select(V, class_, priority == min_of_leaders(priority)));
}
