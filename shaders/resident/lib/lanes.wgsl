// What the lanes of a workgroup that samples do together: they load a row's terms, and the leader lanes, its first invocations, share what is too
// little for all. Without subgroups, as here, each loads all terms, and one lane leads. lanes.subgroups.wgsl is the twin for devices that have
// them, where a quad shares both.
// The i-th of the k4-th four terms:
#expects fn load_term(k4: u32, i: u32) -> f32
fn load_terms(k4: u32, lane: u32) -> vec4f { return vec4f(load_term(k4, 0), load_term(k4, 1), load_term(k4, 2), load_term(k4, 3)); }

// Which term is the lane's k-th.
fn lane_term(k: u32, lane: u32) -> u32 { return k; }

const leaders = 1u;

fn sum_of_counts(x: u32) -> u32 { return x; }
fn sum_of_leaders(x: f32) -> f32 { return x; }
// Of those before this one.
fn sum_before(x: f32, lane: u32) -> f32 { return 0.0; }
fn min_of_leaders(x: u32) -> u32 { return x; }
fn max_of_leaders(x: f32) -> f32 { return x; }
