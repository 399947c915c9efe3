// A draw (lib/draw) by the sharers among the invocations of a workgroup.
#import lib/draw
#import resident/lib/sharers

// A draw by the sharers, who are all given the same class; `stream` and `index` number it.
fn draw_by_few(lane: u32, row: u32, V: u32, stream: u32, index: u32) -> u32 {
  let V4 = (V + 3) / 4;
  let each = (V4 + sharers - 1) / sharers;
  let mine = Stretch(row, min(lane * each, V4), min((lane + 1) * each, V4), V);
  let best = likeliest(mine);
  let largest = largest_of_sharers(best.logit);
  if (largest >= broken) { return no_class; }
  let place = least_of_sharers(select(V, best.place, best.logit == largest));
  if (sampling.temperature == 0.0) { return place; }
  // The key of the k-th largest logit: of all that at least k of them reach, the largest; bit by bit.
  var least = 0u;
  if (thins_out(V)) {
    for (var bit = 1u << 31; bit > 0; bit >>= 1) { if (sum_of_counts(reaching(mine, least | bit)) >= sampling.top_k) { least |= bit; } }
  }
  let part = weight_of(mine, largest, least);
  let before = sum_before(part, lane);
  let weight = uniform_random(sampling.seed, stream, index) * sum_of_sharers(part);
  // It is the first's whose sum passes; or, where rounding leaves all just short, the last's that has a weight.
  let order = select(select(2 * sharers, 2 * sharers - 1 - lane, part > 0.0), lane, part > 0.0 && before + part > weight);
  let class_ = class_at(mine, largest, least, weight - before, place);
  return least_of_sharers(select(V, class_, order == least_of_sharers(order)));
}
