// Where a flat grid has more than 65535 workgroups, the most in x, it goes on in the next y (`flatGrid` in src/gpu/plan.ts).
fn flat_index(id: vec3u, width: u32) -> u32 { return id.y * 65535 * width + id.x; }
