// What every step kernel of a recurrent layer shares: the size of the layer, which steps these are, and where things lie. The
// importer declares `step: Step`.
// Innermost dimensions are padded to a multiple of 4 with zeros, so every tensor is an array of vec4f; H4 counts vec4f.
// States have two slots more than steps: slot 0 is the initial state of the direction that reads forwards, slot T + 1 of
// the one that reads backwards, slot t + 1 the state after step t. Past the end of a sequence the state is carried.
struct Step {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
  s: u32,  // the first step made here, counted in the direction of reading
  n: u32,  // how many steps are made here; more than one only where a workgroup makes all of them
  first: u32, // of the segment: the steps whose gates are kept, all T unless gates are recomputed, counted as s is
  end: u32,   // the step after its last
  b: u32,  // from U to b, which follows it in `U`; 0: there is none
}

// Where the parameters of a direction begin, `each` the size of one direction's.
fn parameters_of(d: u32, each: u32) -> u32 { return d * each; }

// The time of the s-th step in direction d.
fn time(s: u32, d: u32) -> u32 { return select(s, step.T - 1 - s, d == 1); }

// Where the state of row b, direction d lies in a state tensor [T+2, B, D, H]: before and after the step at time t.
fn state_before(t: u32, b: u32, d: u32) -> u32 { return ((select(t, t + 2, d == 1) * step.B + b) * step.D + d) * step.H4; }
fn state_after(t: u32, b: u32, d: u32) -> u32 { return (((t + 1) * step.B + b) * step.D + d) * step.H4; }

// The row of [T, B, D, H] at time t, in vec4f once multiplied by H4.
fn row_at(t: u32, b: u32, d: u32) -> u32 { return (t * step.B + b) * step.D + d; }

// Where the gradient carried from step to step lies, in [B, D, H].
fn carried(b: u32, d: u32) -> u32 { return (b * step.D + d) * step.H4; }

// Gates and `saved` are there for the S steps of the segment: time t of direction d has place kept(t, d) of S, and the row
// kept_at(t, b, d) of [S, B, D, …], in vec4f once multiplied by what a row takes.
fn kept(t: u32, d: u32) -> u32 { return t - select(step.first, step.T - step.end, d == 1); }
fn kept_at(t: u32, b: u32, d: u32) -> u32 { return row_at(kept(t, d), b, d); }
