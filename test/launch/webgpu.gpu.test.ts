import { expect, it } from 'vitest'

// Where this fails every other GPU test does too, and this one says why.
it('runs on a page that has WebGPU and an adapter', async () => {
  expect(globalThis.isSecureContext).toBe(true)
  expect(navigator.gpu).toBeDefined()
  expect(await navigator.gpu.requestAdapter()).not.toBeNull()
})
