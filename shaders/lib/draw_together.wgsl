// A draw by a workgroup, each invocation of which sees to a stretch of the classes. What they tell each other is added up in one
// order, so the same numbers draw the same class.
#import lib/draw
#import lib/turns

override width: u32 = 16;

var<workgroup> likeliest_of: array<Likeliest, width>;
var<workgroup> count_of: array<u32, width>;
var<workgroup> sum_of: array<f32, width>;
var<workgroup> drawn: u32;

// The key of the k-th largest logit: of all that at least k of them reach, the largest; bit by bit.
fn threshold(lane: u32, sharing: u32, mine: Stretch, k: u32) -> u32 {
  var least = 0u;
  for (var bit = 1u << 31; bit > 0; bit >>= 1) {
    count_of[lane] = reaching(mine, least | bit);
    workgroupBarrier();
    var all = 0u;
    for (var l = 0u; l < most_turns; l++) {
      if (l >= sharing) { break; }
      all += count_of[l];
    }
    workgroupBarrier();
    if (all >= k) { least |= bit; }
  }
  return least;
}

// `stream` and `index` number the draw. All invocations of the workgroup call it and are given the same class.
fn draw(lane: u32, row: u32, V: u32, stream: u32, index: u32) -> u32 {
  let V4 = (V + 3) / 4;
  let stretch = (V4 + width - 1) / width;
  let sharing = (V4 + stretch - 1) / stretch; // those after them have no classes
  let first = min(lane * stretch, V4);
  let mine = Stretch(row, first, min(first + stretch, V4), V);

  likeliest_of[lane] = likeliest(mine);
  workgroupBarrier();
  var best = Likeliest(lowest, 0);
  for (var l = 0u; l < most_turns; l++) {
    if (l >= sharing) { break; }
    if (likeliest_of[l].logit > best.logit) { best = likeliest_of[l]; }
  }
  if (sampling.temperature == 0.0) { return best.place; }

  var least = 0u;
  if (thins_out(V)) { least = threshold(lane, sharing, mine, sampling.top_k); }
  sum_of[lane] = weight_of(mine, best.logit, least);
  if (lane == 0) { drawn = best.place; }
  workgroupBarrier();

  // Walk to the stretch, and in it to the class, where the running sum passes u · total.
  var total = 0.0;
  for (var l = 0u; l < most_turns; l++) {
    if (l >= sharing) { break; }
    total += sum_of[l];
  }
  let weight = uniform_random(sampling.seed, stream, index) * total;
  var owner = 0u;
  var passed = 0.0;
  for (var l = 0u; l < most_turns; l++) {
    if (l >= sharing) { break; }
    if (sum_of[l] == 0.0) { continue; }
    owner = l;
    if (passed + sum_of[l] > weight) { break; }
    passed += sum_of[l];
  }
  if (lane == owner) { drawn = class_at(mine, best.logit, least, weight - passed, drawn); }
  let class_ = workgroupUniformLoad(&drawn);
  return select(class_, no_class, best.logit >= broken);
}
