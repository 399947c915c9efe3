// What a training step tells about itself; the loss and the norm come back to the CPU.
struct Statistics {
  loss: f32,   // mean over the counted targets, in nats
  norm: f32,   // global norm of the gradient before clipping
  scale: f32,  // what clipping by norm multiplies the gradient by
}
