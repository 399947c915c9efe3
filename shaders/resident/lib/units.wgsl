// Steps forward in which an invocation has all gates of four units: the c-th block of columns is gate c's.
#import resident/lib/forward

// Invocations past the last unit make what the last makes, and keep it to themselves; there is no gate past the last.
fn column_of(c: u32) -> u32 { return min(c, G - 1) * step.H4 + min(lane, step.H4 - 1); }
