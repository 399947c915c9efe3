// What every step kernel of a recurrent layer shares: the size of the layer, which step this is, and where things lie.
// Innermost dimensions are padded to a multiple of 4 with zeros, so every tensor is an array of vec4f; H4 counts vec4f.
// States have two slots more than steps: slot 0 is the initial state of the direction that reads forwards, slot T + 1 of
// the one that reads backwards, slot t + 1 the state after step t. Past the end of a sequence the state is carried.

struct Step {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
  s: u32,  // this step, counted in the direction of reading
}

// Workgroup size in x: few invocations suit a software adapter, many suit hardware.
override width: u32 = 8;
// Whether the batch has more than 4 rows: an invocation then makes 8 of them.
override tall: bool = true;

// The time of the s-th step in direction d.
fn time(s: u32, d: u32) -> u32 { return select(s, step.T - 1 - s, d == 1); }

// Where the state of row b, direction d begins in a state tensor [T+2, B, D, H]: before and after the step at time t.
fn state_before(t: u32, b: u32, d: u32) -> u32 { return ((select(t, t + 2, d == 1) * step.B + b) * step.D + d) * step.H4; }
fn state_after(t: u32, b: u32, d: u32) -> u32 { return (((t + 1) * step.B + b) * step.D + d) * step.H4; }

// The row of [T, B, D, H] at time t, in vec4f once multiplied by H4 (or by G · H4 for gates).
fn row_at(t: u32, b: u32, d: u32) -> u32 { return (t * step.B + b) * step.D + d; }

// Rows first .. first + 3 of the batch; rows past the end repeat the last (they are computed and not stored).
fn four_rows(first: u32) -> vec4u { return min(first + vec4u(0, 1, 2, 3), vec4u(step.B - 1)); }
