// What every step kernel of a recurrent layer shares: the size of the layer, which steps these are, and where things lie. The
// importer declares `step: Step`.
// Innermost dimensions are padded to a multiple of 4 with zeros, so every tensor is an array of vec4f; H4 counts vec4f.
// States have two slots more than steps: slot 0 is the initial state of the direction that reads forwards, slot T + 1 of
// the one that reads backwards, slot t + 1 the state after step t. Past the end of a sequence the state is carried.
//
// Layers that are alike and follow one another can be made together, on the diagonal over layer and step: the product with
// W of a layer above the first is then part of its step, and so is, backward, that with W of the layer above. Every tensor
// begins with what is of the first layer; that of the next follows after rows enough to begin at 256 bytes, its parameters
// `apart` from those of the first.
struct Step {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
  s: u32,  // the first step made here, counted in the direction of reading
  n: u32,  // how many steps are made here; more than one only where a workgroup makes all of them
  first: u32, // of the segment: the steps whose gates are kept, all T unless gates are recomputed, counted as s is
  end: u32,   // the step after its last
  // Where `stacked`, s is the diagonal: layer l makes step s − l.
  layer: u32,  // the first layer made here
  layers: u32, // how many there are
  apart: u32,  // from U of a layer to U of the next, in vec4f, and so for each of its parameters
  W: u32,      // from U of a layer to its W, modulo 2³², where `stacked`
  b: u32,      // from U of a layer to its b, which follows it in `U`; 0: it has none
  thinned: u32, // where the thinned outputs [T, B, H] of each layer begin within `h`, in rows; where `thins`
}

// Whether dimension z of the grid is layers, of one direction, and not directions.
override stacked: bool = false;
// Whether dropout acts between the layers of a stack. Its masks are made beforehand; the steps multiply by them. The outputs as
// it leaves them lie behind all states, so that one product can read either.
override thins: bool = false;
// Which layer this is, counted from the first of the stack.
var<private> layer: u32;

// The first row of a layer, in a tensor of `rows` rows a layer.
fn first_row_of(l: u32, rows: u32) -> u32 {
  if (!stacked) { return 0; }
  return l * ((rows + 15) & ~15u);
}
fn first_step_row(l: u32) -> u32 { return first_row_of(l, step.T * step.B); }
fn first_state_row(l: u32) -> u32 { return first_row_of(l, (step.T + 2) * step.B); }

// Where the parameters of this layer and direction begin, `each` the size of one direction's.
fn parameters_of(d: u32, each: u32) -> u32 {
  if (stacked) { return layer * step.apart; }
  return d * each;
}

// The time of the s-th step in direction d.
fn time(s: u32, d: u32) -> u32 { return select(s, step.T - 1 - s, d == 1); }

// Where the state of row b, direction d lies in a state tensor [T+2, B, D, H]: before and after the step at time t.
fn state_before(t: u32, b: u32, d: u32) -> u32 { return ((first_state_row(layer) + select(t, t + 2, d == 1) * step.B + b) * step.D + d) * step.H4; }
fn state_after(t: u32, b: u32, d: u32) -> u32 { return ((first_state_row(layer) + (t + 1) * step.B + b) * step.D + d) * step.H4; }

// The row of [T, B, D, H] at time t, in vec4f once multiplied by H4.
fn row_at(t: u32, b: u32, d: u32) -> u32 { return (first_step_row(layer) + t * step.B + b) * step.D + d; }

// Where the gradient carried from step to step lies, in [B, D, H].
fn carried(b: u32, d: u32) -> u32 { return ((first_row_of(layer, step.B) + b) * step.D + d) * step.H4; }

// Gates and `saved` are there for the S steps of the segment: time t of direction d has place kept(t, d) of S, and the row
// kept_at(t, b, d) of [S, B, D, …], in vec4f once multiplied by what a row takes.
fn kept(t: u32, d: u32) -> u32 { return t - select(step.first, step.T - step.end, d == 1); }
fn kept_at(t: u32, b: u32, d: u32) -> u32 { return row_at(kept(t, d), b, d); }
