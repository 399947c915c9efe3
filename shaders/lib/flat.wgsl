// A flat array that every invocation walks with the same stride.
struct Flat {
  n4: u32,      // vec4f in all
  stride: u32,  // invocations in all: each takes every stride-th
}
