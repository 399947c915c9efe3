// Files of packages that give no types for them: what Svelte's compiler calls, and Solid's store as a browser has it.
declare module 'svelte/internal/client' {
  export function proxy<State>(state: State): State
  export function effect_root(work: () => void): () => void
  export function flush(): void
}
declare module 'solid-js/store/dist/store.js' {
  export * from 'solid-js/store'
}
