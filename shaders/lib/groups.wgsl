// Parameter groups: how often a parameter counts in the norm of the gradient and moves in an update, by which share of the learning rate,
// and its weight decay. A table of groups, and then the number of the group of each vec4f of parameters, four in a word.
#expects var groups: array<u32>

// Without it all parameters are alike, and nothing is read.
override grouped: bool = false;

struct Group {
  times: f32,  // 0: frozen; 2: a bias that stands for two, each of which has this gradient
  rate: f32,   // of the learning rate
  decay: f32,  // weight decay, in place of control.decay
}

const table_words = 256u; // 64 groups of four words, the last of which is not used

fn group_of(n: u32) -> Group {
  if (!grouped) { return Group(1.0, 1.0, 0.0); }
  let g = 4 * ((groups[table_words + n / 4] >> (8 * (n % 4))) & 0xffu);
  return Group(bitcast<f32>(groups[g]), bitcast<f32>(groups[g + 1]), bitcast<f32>(groups[g + 2]));
}
