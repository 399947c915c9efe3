// How the library is built: a file for each entry, and a chunk for each kind of software adapter, which loads its kernels from there.
import { basename, dirname, join } from 'node:path'
import type { BuildEnvironmentOptions } from 'vite'

/** What a user can import: the file of the package, and its source. `package.json` has them as exports. */
export const entries = {
  sluice: 'index.ts',
  'formats/keras': 'formats/keras/index.ts',
  'formats/onnx': 'formats/onnx/index.ts',
  'formats/raw': 'formats/raw/index.ts',
  'formats/tfjs': 'formats/tfjs/index.ts',
}

/** What an app installs itself, if it uses what needs it. */
const external = ['h5wasm']

/** One entry. Each is built for itself, with its own copy of the little that they share: else the bundler of an app, which sees files, could
 * not leave out what the app does not use. */
export const library = (root: string, entry: keyof typeof entries): BuildEnvironmentOptions => ({
  // They are the page's.
  copyPublicDir: false,
  target: 'es2023',
  // The maps of the converters would make the package larger by a fifth.
  sourcemap: entry === 'sluice',
  // A library is minified by whoever bundles it.
  minify: false,
  lib: { entry: join(root, 'src', entries[entry]), formats: ['es'], fileName: () => `${entry}.js` },
  rollupOptions: {
    external,
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
  rollupOptions: { external },
})
