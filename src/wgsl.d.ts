// What `import code from './x.wgsl'` gives: the kernel's text with its imports joined (shaders/plugin.ts).
declare module '*.wgsl' {
  const code: string
  export default code
}
