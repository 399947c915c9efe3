// Verifies the adapter that is there, in a page or under Dawn in Node: prints a line for each check as it is done, and gives the report.
import { strategyNames, verifyGpu, type GpuReport, type StrategyName } from 'sluice'
import { print } from '../../demo/lessons/print'
import { openAs, type Opening } from './open'

export interface VerifyParameters extends Opening {
  /** Names of strategies, or `all`; those that the adapter is offered unless given. */
  readonly strategies?: string
}

export default async function verify({ strategies, ...opening }: VerifyParameters): Promise<GpuReport> {
  const gpu = await openAs(opening)
  try {
    await print(gpu.adapterName)
    const named = strategies === 'all' ? strategyNames : (strategies?.split(',') as StrategyName[] | undefined)
    return await verifyGpu(gpu, {
      ...(named && { strategies: named }),
      onProgress: ({ done, of, lines }) => {
        for (const { kernel, strategy, what, status, error, why, ms } of lines)
          void print(
            `${String(done).padStart(3)}/${of} ${status.padEnd(7)} ${kernel}${strategy ? ` · ${strategy}` : ''} · ${what} · ${error === null ? '–' : error.toPrecision(2)} · ${ms.toFixed(0)} ms${why ? ` · ${why}` : ''}`,
          )
      },
    })
  } finally {
    gpu.destroy()
  }
}
