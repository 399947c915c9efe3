// What the steps backward of all cells share beside lib/step.
#import lib/step
const backward = true;

// Whether `dy` shall hold dL/dh of each step afterwards, for inspection.
override trace: bool = false;

// The time of the step after s, in the order of reading, and `count` if the segment has one. (What a segment's first step gives to the
// step before it is added to `dh` once the segment is done.)
fn time_after(s: u32, d: u32) -> u32 { return time(min(s + 1, step.end - 1), d); }
fn if_after(s: u32, count: u32) -> u32 { return select(0u, count, s + 1 < step.end); }
