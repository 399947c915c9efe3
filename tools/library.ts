// How the library is built: one file, and a chunk for each kind of software adapter, which loads its kernels from there.
import { basename, dirname, join } from 'node:path'
import type { BuildEnvironmentOptions } from 'vite'

export const library = (root: string): BuildEnvironmentOptions => ({
  // They are the page's.
  copyPublicDir: false,
  target: 'es2023',
  sourcemap: true,
  // A library is minified by whoever bundles it.
  minify: false,
  lib: { entry: join(root, 'src/index.ts'), formats: ['es'], fileName: () => 'sluice.js' },
  rollupOptions: {
    output: {
      chunkFileNames: ({ facadeModuleId }) => `sluice-${facadeModuleId ? basename(dirname(facadeModuleId)) : 'engine'}.js`,
    },
  },
})

/** What the command line reads and writes files with, in Node: without the kernels. */
export const internals = (root: string): BuildEnvironmentOptions => ({
  copyPublicDir: false,
  target: 'node20',
  minify: false,
  lib: { entry: join(root, 'cli/internals.ts'), formats: ['es'], fileName: () => 'internals.js' },
})
