// How the matrix products walk over their operands: a tile of the result an invocation.
#import lib/product
#import tile/lib/tile
#import lib/slices

// Two columns from `first`, in vec4f; past the end the last again (it is computed and not stored).
fn two(first: u32, count: u32) -> vec2u { return min(first + vec2u(0, 1), vec2u(count - 1)); }
