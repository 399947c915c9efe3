import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { kernels } from './shaders/plugin.ts'
import { puppeteer } from './test/support/puppeteer-provider.ts'
import { seedOf, takesAll } from './test/support/seed.mjs'
import { peers } from './tools/peers.ts'
import { social } from './tools/social.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** What the built site may do: load its own files, and nothing else. Its worker is made from a blob:, and so has this policy too; one
 * from an address would have that of its server, which a static host does not send (own-worker.ts). The page under development is
 * not bound by it, since Vite puts its own scripts and styles in line there. */
const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'worker-src': 'blob:',
  'style-src': "'self'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'sluice',
}

const contentSecurityPolicy: Plugin = {
  name: 'sluice:content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: {
        'http-equiv': 'Content-Security-Policy',
        content: Object.entries(policy)
          .map((rule) => rule.join(' '))
          .join('; '),
      },
      injectTo: 'head-prepend',
    },
  ],
}

/** The first view is loaded beside the page's frame, and not after it: most addresses open there. */
const preloadFirstView: Plugin = {
  name: 'sluice:preload-first-view',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {}, chunk: page }) {
      const files = new Set<string>()
      const add = (name: string) => {
        const chunk = bundle[name]
        if (files.has(name) || chunk?.type !== 'chunk') return
        files.add(name)
        chunk.imports.forEach(add)
        chunk.viteMetadata?.importedCss.forEach((style) => files.add(style))
      }
      // What the page imports is in it already.
      if (page) add(page.fileName)
      const known = new Set(files)
      const view = Object.values(bundle).find((chunk) => chunk.type === 'chunk' && chunk.facadeModuleId?.endsWith('views/train/view.tsx'))
      if (page && !view) throw new Error('The build has no chunk of the first view, demo/views/train/view.tsx')
      if (view) add(view.fileName)
      return [...files]
        .filter((file) => !known.has(file))
        .map((file) => ({
          tag: 'link',
          attrs: { rel: file.endsWith('.css') ? 'stylesheet' : 'modulepreload', crossorigin: true, href: `./${file}` },
          injectTo: 'head' as const,
        }))
    },
  },
}

// The demo page is served or built; tools/built.mjs builds the library.
export default defineConfig(async () => ({
  root: process.env.VITEST ? path('.') : path('demo'),
  base: './',
  cacheDir: path('node_modules/.vite'),
  plugins: [kernels(), peers(path('.')), contentSecurityPolicy, social, preloadFirstView],
  // The demo trains in a worker, which Vite bundles on its own, with plugins of its own.
  worker: { format: 'es' as const, plugins: () => [kernels(), peers(path('.'))] },
  resolve: {
    alias: [
      { find: /^sluice\/formats\/(\w+)$/, replacement: `${path('src/formats')}/$1/index.ts` },
      { find: /^sluice$/, replacement: path('src/index.ts') },
    ],
  },
  server: { fs: { allow: [path('.')] } },
  build: {
    outDir: path('dist/site'),
    emptyOutDir: true,
    target: 'es2023',
    // The browsers that have WebGPU preload modules by themselves.
    modulePreload: { polyfill: false },
    // A file of its own for each, since the policy allows no data: address to be fetched.
    assetsInlineLimit: 0,
    // One file of nine kilobytes, which is there before what it styles.
    cssCodeSplit: false,
    // What several views share is a few files, not thirty of a kilobyte.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'shared', test: /[\\/](demo|node_modules)[\\/]/, minShareCount: 3 }],
        },
      },
    },
  },
  test: {
    // Long beside what any takes: a software adapter on a busy machine is three times as slow as on a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Of the tests that run in Node: what runs in a page is not seen by it.
    coverage: { include: ['src/**', 'shaders/plugin.ts'], reporter: ['text', 'html'], reportsDirectory: path('coverage') },
    // A software adapter compiles a network on one core for most of the time, so a second page is worth its while; more would
    // wait for each other, and on hardware for the one GPU.
    maxWorkers: 2,
    ...(process.env.VITEST && {
      sequence: { sequencer: (await import('./test/support/longest-first.ts')).LongestFirst },
      // Which cases of the large products run (test/support/sampled.ts).
      provide: { seed: seedOf(), whole: takesAll() },
    }),
    projects: [
      {
        extends: true as const,
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.gpu.test.ts', 'test/demo/**'],
        },
      },
      {
        extends: true as const,
        test: {
          name: 'demo',
          environment: 'node',
          include: ['test/demo/**/*.test.ts'],
          // A whole page with its worker, its GPU process and its storage, on a machine that others use: once in thousands of tests it is
          // late. CI tries such a test once more, and names it at the end (test/support/count-reporter.ts).
          retry: process.env.CI ? 1 : 0,
          // Built once for all of them.
          globalSetup: './test/demo/site.ts',
          // After the others: there are tests of how soon the page answers.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true as const,
        // Found only during a run, it would reload the page in the middle of the tests.
        optimizeDeps: {
          include: ['fast-check', 'h5wasm', 'react', 'react-dom/client', '@vue/reactivity', 'solid-js', 'svelte/compiler', 'svelte/internal/client'],
        },
        test: {
          name: 'gpu',
          include: ['test/**/*.gpu.test.ts'],
          // The files that a page runs share its device (test/support/kernel.ts): what one of them compiled, the next one finds.
          isolate: false,
          restoreMocks: true,
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
