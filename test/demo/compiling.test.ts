// The kernels that one waits for: one count for one preparation, in however many rounds they are asked for.
import { expect, it, vi } from 'vitest'

const told = vi.hoisted(() => ({ news: [] as { ready: number; of: number }[], wake: () => {} }))
vi.mock('../../demo/client/client', () => ({
  failureOf: (error: Error) => error,
  async *stream() {
    for (;;) {
      if (told.news.length > 0) yield told.news.shift()
      else await new Promise<void>((resolve) => (told.wake = resolve))
    }
  },
}))

const tell = async (ready: number, of: number) => {
  told.news.push({ ready, of })
  told.wake()
  await new Promise((resolve) => setTimeout(resolve))
}

it('goes on where a second round of kernels begins, and starts anew with the next preparation', async () => {
  const { compiling, countKernels, followCompiling } = await import('../../demo/session/device')
  void followCompiling()
  countKernels()
  expect(compiling.value).toBeNull()
  const seen: unknown[] = []
  for (const [ready, of] of [
    [0, 17],
    [3, 17],
    [17, 17],
    [17, 22],
    [18, 22],
    [22, 22],
  ] as const) {
    await tell(ready, of)
    seen.push(Object.values(compiling.value!))
  }
  expect(seen).toEqual([
    [0, 17],
    [3, 17],
    [17, 17],
    [17, 22],
    [18, 22],
    [22, 22],
  ])
  countKernels()
  expect(compiling.value).toBeNull()
  await tell(22, 27)
  expect(compiling.value).toEqual({ ready: 0, of: 5 })
  // What another one has asked for, and does not have yet, is waited for too.
  countKernels()
  expect(compiling.value).toEqual({ ready: 0, of: 5 })
})
