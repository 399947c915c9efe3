// Verifying the GPU, check by check.
import { formatReport, verifyGpu, type GpuReport } from 'sluice'
import { device } from './device'

export type VerifyNews = { readonly done: number; readonly of: number } | { readonly report: GpuReport; readonly text: string }

export const verifyHandlers = {
  /** Tells of every check, and at the end gives the report, as data and as Markdown. */
  async *verifyGpu(_: void, signal: AbortSignal): AsyncGenerator<VerifyNews> {
    const gpu = await device()
    let latest: VerifyNews | null = null
    let wake = () => {}
    let ended = false
    const run = verifyGpu(gpu, {
      signal,
      onProgress: ({ done, of }) => {
        latest = { done, of }
        wake()
      },
    }).finally(() => {
      ended = true
      wake()
    })
    run.catch(() => {}) // it is waited for below, if that is reached
    while (!ended && !signal.aborted) {
      if (latest) {
        const news: VerifyNews = latest
        latest = null
        yield news
      } else await new Promise<void>((resolve) => (wake = resolve))
    }
    if (signal.aborted) return
    const report = await run
    yield { report, text: formatReport(report) }
  },
}
