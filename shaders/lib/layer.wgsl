// The size of a recurrent layer, for the kernels that run once a layer and not once a step.
struct Layer {
  T: u32,  // steps
  B: u32,  // rows of the batch
  D: u32,  // directions, 1 or 2
  H4: u32, // hidden size / 4, rounded up
}
