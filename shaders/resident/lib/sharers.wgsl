// The first invocations of a workgroup that share what is too little for all, and what they tell each other. This is the way for
// any device: the first does it alone. sharers.subgroups.wgsl says the same where the device has subgroups: a quad shares.
const sharers = 1u;

fn sum_of_counts(x: u32) -> u32 { return x; }
fn sum_of_sharers(x: f32) -> f32 { return x; }
// Of those before this one.
fn sum_before(x: f32, lane: u32) -> f32 { return 0.0; }
fn least_of_sharers(x: u32) -> u32 { return x; }
fn largest_of_sharers(x: f32) -> f32 { return x; }
