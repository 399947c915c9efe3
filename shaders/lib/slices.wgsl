// WebGPU allows 65535 workgroups in a dimension. Where a grid has more in y, each y of the dispatch stands for `slices` of them, which
// lie in z beside whatever is there (src/gpu/plan.ts). Those past the last have nothing to do.
override slices: u32 = 1;

// The workgroup's place in the grid as it is meant; or an invocation's, of workgroups of one row.
fn in_grid(id: vec3u) -> vec3u {
  if (slices == 1) { return id; }
  return vec3u(id.x, id.y * slices + id.z % slices, id.z / slices);
}
