// What `import code from './x.wgsl'` gives: the kernel's text with its imports joined: for any device, and for one with subgroups (shaders/plugin.ts).
declare module '*.wgsl' {
  const code: { readonly plain: () => string; readonly subgroups?: () => string }
  export default code
}
