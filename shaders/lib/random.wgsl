// Counter-based random numbers: PCG3D of Jarzynski and Olano, "Hash Functions for GPU Rendering" (JCGT 2020).
// src/random.ts is its twin.
fn pcg3d(counter: vec3u) -> vec3u {
  var v = counter * 1664525u + 1013904223u;
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v ^= v >> vec3u(16);
  v.x += v.y * v.z;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  return v;
}

// In [0, 1), a multiple of 2⁻²⁴.
fn uniform_random(seed: u32, stream: u32, index: u32) -> f32 {
  return f32(pcg3d(vec3u(seed, stream, index)).x >> 8) * (1.0 / 16777216.0);
}
