// Verifying and measuring the GPU, step by step.
import { formatReport, measureGpu, verifyGpu, type GpuMeasurement, type GpuReport, type MeasureProgress } from 'sluice'
import { loadPeers, peerNames } from 'virtual:peers'
import { device } from './device'
import { progressing } from './progressing'

export type VerifyNews = { readonly done: number; readonly of: number } | { readonly report: GpuReport; readonly text: string }
export type MeasureNews = MeasureProgress | { readonly measurement: GpuMeasurement }

export const verifyHandlers = {
  /** Tells of every check, and at the end gives the report, as data and as Markdown. */
  async *verifyGpu(_: void, signal: AbortSignal): AsyncGenerator<VerifyNews> {
    const gpu = await device()
    const run = progressing<{ done: number; of: number }, GpuReport>(
      (onProgress) => verifyGpu(gpu, { signal, onProgress: ({ done, of }) => onProgress({ done, of }) }),
      signal,
    )
    for await (const news of run) yield 'result' in news ? { report: news.result, text: formatReport(news.result) } : news.progress
  },

  /** The other engines that this site was built with. */
  otherEngines: async (): Promise<readonly string[]> => peerNames,

  /** Tells what is measured, and at the end gives the measurement.
   * @param args.beside whether the other engines are measured too: their code is loaded for it */
  async *measureGpu({ beside }: { readonly beside: boolean }, signal: AbortSignal): AsyncGenerator<MeasureNews> {
    const gpu = await device()
    const peers = beside ? { peers: await loadPeers() } : {}
    const run = progressing<MeasureProgress, GpuMeasurement>((onProgress) => measureGpu(gpu, { ...peers, signal, onProgress }), signal)
    for await (const news of run) yield 'result' in news ? { measurement: news.result } : news.progress
  },
}
