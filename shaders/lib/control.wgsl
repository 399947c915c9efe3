// The numbers that change from one training step to the next: uploaded with the batch, so a step needs no new plan.
struct Control {
  weight: f32,       // of one counted target in the loss: 1 / how many are counted (or their class weights together)
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
  policy: u32,       // stops, keeps, or 0
}

// What `policy` may have: the training stops at a step that is not finite; this step keeps a copy to roll back to.
const stops = 1u;
const keeps = 2u;
