declare module 'virtual:peers' {
  /** Those whose packages were there when this was built: `tfjs-webgpu`, `jax-webgpu`. */
  export const peerNames: readonly string[]
  /** Loads all of them. */
  export const loadPeers: () => Promise<Record<string, import('sluice').Peer>>
}
