// dtable[v] = Σ of dout[n] over the n with ids[n] = v, or dtable += it; of `count` positions n from `first`, the first of
// which has row 0 of dout, and of the columns from `at`. The CPU, which made the batch, sends the positions sorted by id
// (a counting sort, so those of an id ascend), and each row of the table gathers its own: no atomics, a fixed order, T·B additions in all.
// Grid: x = width4 invocations, y = V.
struct Gather {
  V: u32,      // rows of the table
  first: u32, count: u32, // positions
  at: u32,     // first column, in vec4f
  width4: u32, // columns, in vec4f
  stride: u32, // of a row of dout and of the table, in vec4f
  add: u32,    // 1: to what is in the table already
}
@group(0) @binding(0) var<uniform> size: Gather;
@group(0) @binding(1) var<storage, read> starts: array<u32>;           // [V+1]: where the positions of each id begin
@group(0) @binding(2) var<storage, read> positions: array<u32>;        // [T·B] sorted by id
@group(0) @binding(3) var<storage, read> dout: array<vec4f>;           // [count, stride]
@group(0) @binding(4) var<storage, read_write> dtable: array<vec4f>;   // [V, stride]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= size.width4) { return; }
  let v = id.z * 65535 + id.y;
  if (v >= size.V) { return; }
  var sum = vec4f();
  let column = size.at + id.x;
  let end = starts[v + 1];
  var p = starts[v];
  // The first of them that counts.
  var most = select(p, end, size.first > 0);
  while (p < most) {
    let middle = (p + most) / 2;
    if (positions[middle] < size.first) { p = middle + 1; } else { most = middle; }
  }
  for (; p < end; p++) {
    let n = positions[p] - size.first;
    if (n >= size.count) { break; }
    sum += dout[n * size.stride + column];
  }
  if (size.add == 1) { sum += dtable[v * size.stride + column]; }
  dtable[v * size.stride + column] = sum;
}
