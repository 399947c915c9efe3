// What every step kernel of a recurrent layer shares: the size of the layer, which steps these are, and where things lie.
// Innermost dimensions are padded to a multiple of 4 with zeros, so every tensor is an array of vec4f; H4 counts vec4f.
// States have two slots more than steps: slot 0 is the initial state of the direction that reads forwards, slot T + 1 of
// the one that reads backwards, slot t + 1 the state after step t. Past the end of a sequence the state is carried.
#expects var step: Step

struct Step {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
  s: u32,  // the first step of this dispatch, counted in the direction of reading
  n: u32,  // how many steps it runs; more than one only where a workgroup runs all of them
  first: u32, // of the segment: the steps whose gates are in memory, all T unless gates are recomputed, counted as s is
  end: u32,   // the step after its last
  b: u32,  // from U to b, which follows it in `U`; 0: there is none
}

// Where the parameters of a direction begin, each direction's of `direction_size` vec4f.
fn direction_offset(d: u32, direction_size: u32) -> u32 { return d * direction_size; }

// Whether a layer of one direction reads backwards.
override backwards: bool = false;
fn reads_backwards(d: u32) -> bool { return d == 1 || backwards; }

// The time of the s-th step in direction d.
fn time(s: u32, d: u32) -> u32 { return select(s, step.T - 1 - s, reads_backwards(d)); }

// Where the state of row b, direction d lies in a state tensor [T+2, B, D, H]: before and after the step at time t.
fn state_before(t: u32, b: u32, d: u32) -> u32 { return ((select(t, t + 2, reads_backwards(d)) * step.B + b) * step.D + d) * step.H4; }
fn state_after(t: u32, b: u32, d: u32) -> u32 { return (((t + 1) * step.B + b) * step.D + d) * step.H4; }

// The row of [T, B, D, H] at time t, in vec4f once multiplied by H4.
fn row_index(t: u32, b: u32, d: u32) -> u32 { return (t * step.B + b) * step.D + d; }

// Where the gradient carried from step to step lies, in [B, D, H].
fn carried_offset(b: u32, d: u32) -> u32 { return (b * step.D + d) * step.H4; }

// Gates, and the residuals in `saved`, are in memory for the S steps of the segment. Time t of direction d is slot segment_slot(t, d) of S, and
// row segment_row(t, b, d) of [S, B, D, …], in vec4f once multiplied by the length of a row.
fn segment_slot(t: u32, d: u32) -> u32 { return t - select(step.first, step.T - step.end, reads_backwards(d)); }
fn segment_row(t: u32, b: u32, d: u32) -> u32 { return row_index(segment_slot(t, d), b, d); }
