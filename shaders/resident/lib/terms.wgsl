// Four terms of a row in the order in which an invocation meets them. This is the way for any device: each loads all four.
// terms.subgroups.wgsl says the same where the device has subgroups: each of a quad loads one, and they change places three
// times. The importer declares `row_term(k4, i)`, the i-th of the k4-th four.
fn terms(k4: u32, lane: u32) -> vec4f { return vec4f(row_term(k4, 0), row_term(k4, 1), row_term(k4, 2), row_term(k4, 3)); }

// The k-th that it meets.
fn term_met(k: u32, lane: u32) -> u32 { return k; }
