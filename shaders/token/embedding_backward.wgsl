// dtable[v] = Σ of dout[n] over the n with ids[n] = v. The CPU, which made the batch, sends the positions sorted by id
// (a counting sort), so each row of the table gathers its own: no atomics, a fixed order, T·B additions in all.
// Grid: x = width4 invocations, y = V.
struct Gather {
  V: u32,      // rows of the table
  width4: u32, // of a row, in vec4f
}
@group(0) @binding(0) var<uniform> size: Gather;
@group(0) @binding(1) var<storage, read> starts: array<u32>;           // [V+1]: where the positions of each id begin
@group(0) @binding(2) var<storage, read> positions: array<u32>;        // [T·B] sorted by id
@group(0) @binding(3) var<storage, read> dout: array<vec4f>;           // [T·B, width]
@group(0) @binding(4) var<storage, read_write> dtable: array<vec4f>;   // [V, width]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= size.width4) { return; }
  let v = id.z * 65535 + id.y;
  if (v >= size.V) { return; }
  var sum = vec4f();
  for (var p = starts[v]; p < starts[v + 1]; p++) { sum += dout[positions[p] * size.width4 + id.x]; }
  dtable[v * size.width4 + id.x] = sum;
}
