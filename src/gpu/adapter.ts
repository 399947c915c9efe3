// What an adapter calls itself.

const softwareNames = /swiftshader|software|llvmpipe|lavapipe|basic render|warp/i

/** An adapter in words, and whether it is a program on the CPU. */
export const nameOf = (info: GPUAdapterInfo | undefined): { name: string; isSoftware: boolean } => {
  const parts = [info?.description, info?.vendor, info?.architecture, info?.device].filter((part) => part !== undefined && part !== '')
  return {
    name: info?.description || parts.join(' ') || 'an unnamed adapter',
    isSoftware: info?.isFallbackAdapter === true || parts.some((part) => softwareNames.test(part!)),
  }
}
