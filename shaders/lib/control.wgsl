// The numbers that change from one training step to the next: uploaded with the batch, so a step needs no new plan.
struct Control {
  weight: f32,       // of one counted target in the loss: 1 / how many are counted (or their weights together)
  rate: f32,         // learning rate of this step
  clip_norm: f32,    // largest global norm of the gradient; 0: no limit
  clip_value: f32,   // largest absolute value of an element of it; 0: no limit
  beta1: f32,        // Adam: decay of the mean; momentum: its factor
  beta2: f32,        // Adam: decay of the square; RMSProp: its smoothing constant
  epsilon: f32,
  decay: f32,        // decoupled weight decay (AdamW)
  correction1: f32,  // 1 − beta1^step
  correction2: f32,  // 1 − beta2^step
  seed: u32,         // of this step's dropout
  policy: u32,       // stops, snapshots, or 0
}

// Bits of `policy`: the training stops at a step that is not finite; this step takes a snapshot to roll back to.
const stops = 1u;
const snapshots = 2u;

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
