// What the kernels of a projection h = m R share: one step of a layer.
struct Projection {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
  P4: u32, // size of h / 4, rounded up
  s: u32,  // the step, counted in the direction of reading
}
