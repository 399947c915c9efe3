/** A range of a buffer, in bytes. */
export interface View {
  readonly buffer: GPUBuffer
  readonly offset: number
  readonly size: number
}
