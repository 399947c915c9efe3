// The main of every recurrence whose U stays in registers (resident/lib/registers). A workgroup owns rows of the batch, which no other reads or
// writes, and runs them one after the other, step after step. A step waits for nothing but a barrier of the workgroup.
// The terms of a sum can be dealt to K slices (split-K), each of which has invocations of its own and waits for the one before. An invocation
// then computes more columns of fewer terms: it loads less of a row, and there is room for a larger matrix.
// There is a step and a row, so loops end with their test (resident/lib/registers).
// Products that follow one another within a step, 1 or 2; and whether steps go from the last to the first:
#expects const phases
#expects const backward
// What else is loaded once; what a K slice that is not the last adds to the first product of step s, at time t, of row b; the first product, or
// what the last K slice adds to it, and what follows; and the second product, if there is one:
#expects fn load_more()
#expects fn accumulate_slice(s: u32, t: u32, b: u32)
#expects fn run_phase_0(s: u32, t: u32, b: u32)
#expects fn run_phase_1(s: u32, t: u32, b: u32)
#import lib/step
#import resident/lib/registers

@group(0) @binding(0) var<uniform> step_uniform: Step;
// The same: a software adapter takes long to load a uniform, so it is loaded once.
var<private> step: Step;

override width: u32 = 4;
// K slices, and which of them is this invocation's.
override k_slices: u32 = 1;
var<private> k_slice: u32;
// Hidden size / 4, rounded up: H4, where a constant is wanted.
override hidden4: u32 = 1;
// The same for the resident terms: a row of 16 is added at a time, so each gate has as many rows of 16.
override padded4: u32 = (hidden4 + 3) / 4 * 4;
// Past the last four units, the last; the resident terms there are zero.
fn unit_four(k4: u32) -> u32 { return select(min(k4, hidden4 - 1), k4, hidden4 == padded4); }

// The direction, and where the row that is multiplied begins.
var<private> d: u32;
var<private> row_offset: u32;

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  step = step_uniform;
  lane = local % (width / k_slices);
  k_slice = local / (width / k_slices);
  d = group.z;
  load_resident();
  load_more();
  let rows = (step.B + groups.y - 1) / groups.y;
  let first = group.y * rows;
  let end = min(first + rows, step.B);
  var i = 0u;
  loop {
    let s = select(step.s + i, step.s - i, backward);
    let t = time(s, d);
    if (k_slices > 1) {
      var round = 0u;
      loop {
        if (k_slice == round) {
          var b = first;
          loop {
            accumulate_slice(s, t, b);
            continuing { b++; break if b >= end; }
          }
        }
        storageBarrier();
        continuing { round++; break if round + 1 == k_slices; }
      }
    }
    if (k_slice + 1 == k_slices) {
      var b = first;
      loop {
        run_phase_0(s, t, b);
        continuing { b++; break if b >= end; }
      }
    }
    storageBarrier();
    if (phases == 2) {
      var b = first;
      loop {
        run_phase_1(s, t, b);
        continuing { b++; break if b >= end; }
      }
      storageBarrier();
    }
    continuing { i++; break if i >= step_uniform.n; } // of the uniform itself: all reach the barriers alike
  }
}
