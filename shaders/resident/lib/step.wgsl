// The main of every recurrence whose U stays in the invocations (resident/lib/registers): a workgroup owns rows of the batch, which no other
// reads or writes, and makes them one after the other, step after step; all that a step waits for is a barrier of its own.
// Beside what resident/lib/registers wants, the importer has
//   const phases            products that follow one another within a step, 1 or 2
//   const backward          whether steps go from the last to the first
//   hold_more()             what else is loaded once
//   make_part(s, t, b)      what a part that is not the last adds to the first product of step s, at time t, of row b
//   make(s, t, b)           the first product, or what the last part adds to it, and what follows
//   make_second(s, t, b)    the second product, if there is one
// The terms of a sum may be dealt to parts, each of which has invocations of its own and waits for the one before: an invocation
// then makes more columns of fewer terms, for which less of a row is loaded, and there is room for a larger matrix.
// There is a step and a row, so loops end with their test (resident/lib/registers).
#import lib/step
#import resident/lib/registers
@group(0) @binding(0) var<uniform> given: Step;
// The same: a software adapter takes long to load a uniform, so it is loaded once.
var<private> step: Step;

override width: u32 = 4;
// Parts of the terms, and which of them this invocation has.
override parts: u32 = 1;
var<private> part: u32;
// Hidden size / 4, rounded up: H4, where a constant is wanted.
override hidden4: u32 = 1;
// The same for what is held: sixteen terms are added at a time, so those of a gate are as many times sixteen.
override padded4: u32 = (hidden4 + 3) / 4 * 4;
// Past the last four units, the last, which then count nothing.
fn unit_four(k4: u32) -> u32 { return select(min(k4, hidden4 - 1), k4, hidden4 == padded4); }

// The direction made here, and where the row that is multiplied begins.
var<private> d: u32;
var<private> row_place: u32;

@compute @workgroup_size(width)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) local: u32) {
  step = given;
  lane = local % (width / parts);
  part = local / (width / parts);
  d = group.z;
  hold();
  hold_more();
  let rows = (step.B + groups.y - 1) / groups.y;
  let first = group.y * rows;
  let end = min(first + rows, step.B);
  var i = 0u;
  loop {
    let s = select(step.s + i, step.s - i, backward);
    let t = time(s, d);
    if (parts > 1) {
      var turn = 0u;
      loop {
        if (part == turn) {
          var b = first;
          loop {
            make_part(s, t, b);
            continuing { b++; break if b >= end; }
          }
        }
        storageBarrier();
        continuing { turn++; break if turn + 1 == parts; }
      }
    }
    if (part + 1 == parts) {
      var b = first;
      loop {
        make(s, t, b);
        continuing { b++; break if b >= end; }
      }
    }
    storageBarrier();
    if (phases == 2) {
      var b = first;
      loop {
        make_second(s, t, b);
        continuing { b++; break if b >= end; }
      }
      storageBarrier();
    }
    continuing { i++; break if i >= given.n; } // of the uniform itself: all reach the barriers alike
  }
}
