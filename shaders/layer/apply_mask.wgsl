// out = source ⊙ mask, or out += source ⊙ mask: values of some steps, and a mask for each row of the batch, the same at every step.
// Grid: x = ⌈n4 / 64⌉ workgroups at most, together `stride` invocations.
struct Masking {
  n4: u32,           // vec4f in all
  stride: u32,       // invocations in all
  B: u32,            // rows of the batch
  width4: u32,       // of a row, in vec4f
  source: u32,       // offsets of the first row, in vec4f
  out: u32,
  mask: u32,
  mask_stride: u32,  // from the mask of a row to that of the next
  H4: u32,           // of a direction, in vec4f; one direction: `width4`
  ahead: u32,        // how much later direction 1 lies in `source`
}
@group(0) @binding(0) var<uniform> size: Masking;
@group(0) @binding(1) var<storage, read> source: array<vec4f>;        // [S, B, width]
@group(0) @binding(2) var<storage, read> mask: array<vec4f>;          // [B, …]
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;     // [S, B, width]

// Whether it is added to what is there.
override adds: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var n = id.x; n < size.n4; n += size.stride) {
    let column = n % size.width4;
    let at = size.source + n + select(0, size.ahead, column >= size.H4);
    let value = source[at] * mask[size.mask + n / size.width4 % size.B * size.mask_stride + column];
    if (adds) { out[size.out + n] += value; } else { out[size.out + n] = value; }
  }
}
