import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { kernels } from './shaders/plugin.ts'
import { puppeteer } from './test/support/puppeteer-provider.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

// `vite build --mode library` bundles the engine; without it the demo page is served or built.
export default defineConfig(({ mode }) => ({
  root: process.env.VITEST ? path('.') : path('demo'),
  base: './',
  cacheDir: path('node_modules/.vite'),
  plugins: [kernels()],
  // The demo trains in a worker, which Vite bundles on its own, with plugins of its own.
  worker: { format: 'es' as const, plugins: () => [kernels()] },
  resolve: { alias: { sluice: path('src/index.ts') } },
  server: { fs: { allow: [path('.')] } },
  build:
    mode === 'library'
      ? {
          outDir: path('dist'),
          // The site and the declarations live in the same folder.
          emptyOutDir: false,
          target: 'es2023',
          sourcemap: true,
          // A library is minified by whoever bundles it.
          minify: false,
          lib: { entry: path('src/index.ts'), formats: ['es' as const], fileName: () => 'sluice.js' },
        }
      : { outDir: path('dist/site'), emptyOutDir: true, target: 'es2023' },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true as const,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.gpu.test.ts'],
        },
      },
      {
        extends: true as const,
        // Found only during a run, it would reload the page in the middle of the tests.
        optimizeDeps: { include: ['fast-check'] },
        test: {
          name: 'gpu',
          include: ['test/**/*.gpu.test.ts'],
          // One page at a time: the pages would share one GPU, and each other's timings.
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            ui: false,
            screenshotFailures: false,
            provider: puppeteer(),
            instances: [{ browser: 'chrome' }],
          },
        },
      },
    ],
  },
}))
