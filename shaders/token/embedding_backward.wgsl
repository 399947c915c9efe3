// dtable[v] = Σ of dout[n] over the n with ids[n] = v, or dtable += it; of `count` positions n from `first`, the first of
// which has row 0 of dout, and of the columns from `first_column`. The CPU, which made the batch, sends the positions sorted by id
// (a counting sort, so those of an id ascend), and each row of the table gathers its own: no atomics, a fixed order, T·B additions in all.
// Grid: x = width4 invocations, y = V.
#import lib/grid
struct Gather {
  V: u32,      // rows of the table
  first: u32, count: u32, // positions
  first_column: u32,     // first column, in vec4f
  width4: u32, // columns, in vec4f
  stride: u32, // of a row of dout and of the table, in vec4f
  add: u32,    // 1: to what is in the table already
}
@group(0) @binding(0) var<uniform> size: Gather;
@group(0) @binding(1) var<storage, read> starts: array<u32>;           // [V+1]: where the positions of each id begin
@group(0) @binding(2) var<storage, read> positions: array<u32>;        // [T·B] sorted by id
@group(0) @binding(3) var<storage, read> dout: array<vec4f>;           // [count, stride]
@group(0) @binding(4) var<storage, read_write> dtable: array<vec4f>;   // [V, stride]

// The first index from `begin` to `end` whose position is at least n. There is nothing to search where all positions count.
fn position_from(n: u32, begin: u32, end: u32) -> u32 {
  if (n == 0) { return begin; }
  if (n >= starts[size.V]) { return end; }
  var low = begin;
  var high = end;
  while (low < high) {
    let middle = (low + high) / 2;
    if (positions[middle] < n) { low = middle + 1; } else { high = middle; }
  }
  return low;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) global_id: vec3u) {
  let id = in_grid(global_id);
  if (id.x >= size.width4) { return; }
  let v = id.y;
  if (v >= size.V) { return; }
  let column = size.first_column + id.x;
  let last = starts[v + 1];
  var p = position_from(size.first, starts[v], last);
  let end = position_from(size.first + size.count, p, last);
  var sum = vec4f();
  // Four at a time: their loads do not wait for one another.
  for (; p + 4 <= end; p += 4) {
    let n = (vec4u(positions[p], positions[p + 1], positions[p + 2], positions[p + 3]) - size.first) * size.stride + column;
    sum += dout[n.x] + dout[n.y] + dout[n.z] + dout[n.w];
  }
  for (; p < end; p++) { sum += dout[(positions[p] - size.first) * size.stride + column]; }
  let to = v * size.stride + column;
  if (size.add == 1) { sum += dtable[to]; }
  dtable[to] = sum;
}
