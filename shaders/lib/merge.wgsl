// How the two directions of a layer become one.
#expects var size: Merge
struct Merge {
  n4: u32,      // vec4f of the result
  stride: u32,  // invocations in all: each takes every stride-th
  H4: u32,      // hidden size / 4, rounded up
  first: u32,   // where the states of direction 0 begin, in vec4f
  second: u32,  // and those of direction 1
}

// Product, or sum; and what it is multiplied by: 1/2 for the mean.
override product: bool = false;
override factor: f32 = 1.0;

// Of the n-th vec4f of the result, its place in rows of two directions.
fn of_direction_0(n: u32) -> u32 { return n + n / size.H4 * size.H4; }
