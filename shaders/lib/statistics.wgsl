// What a training step tells about itself; the loss and the norm come back to the CPU.
struct Statistics {
  loss: f32,     // mean over the counted targets, in nats
  norm: f32,     // global norm of the gradient before clipping
  scale: f32,    // what clipping by norm multiplies the gradient by
  verdict: u32,  // whether the step counts
}

// The verdicts. A step that is dropped changes no weight, nothing the optimizer remembers, and no carried state.
const counts = 0u;
const skipped = 1u;  // dropped: its loss or its gradient was not finite
const stopped = 2u;  // the same, and so are all after it
const behind = 3u;   // dropped: a step before has stopped the training
