// Grids, and the sizes that several kernels take.

// A flat array. Every invocation walks it with the same stride.
struct Flat {
  n4: u32,      // vec4f in all
  stride: u32,  // invocations in all: each takes every stride-th
}

// A recurrent layer, for kernels that run once a layer and not once a step.
struct Layer {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
}

// WebGPU allows 65535 workgroups in a dimension. Where a grid has more in y, it is cut into this many slices: y of the dispatch stands
// for `y_slices` workgroups, which lie in z beside whatever is there (src/gpu/plan.ts). Those past the last have nothing to do.
override y_slices: u32 = 1;

// The workgroup's position in the grid as it is meant; or an invocation's, of workgroups of one row.
fn in_grid(id: vec3u) -> vec3u {
  if (y_slices == 1) { return id; }
  return vec3u(id.x, id.y * y_slices + id.z % y_slices, id.z / y_slices);
}

// A flat grid of more than 65535 workgroups goes on in the next y (`flatGrid` in src/gpu/plan.ts).
fn flat_index(id: vec3u, width: u32) -> u32 { return id.y * 65535 * width + id.x; }
