// The worker: it owns the device and the run. All that computes or reads a text happens here, so the page never waits.
import { Corpus, openDevice, type Gpu } from 'sluice'
import { toFailure } from './failure'
import type { Command, Report } from './protocol'
import { Run } from './training'

const post = (report: Report) => postMessage(report)

let device: Promise<Gpu> | null = null
let run: Run | null = null

/** The device, opened once and again when it was lost. */
function open(): Promise<Gpu> {
  device ??= openDevice().then(
    (gpu) => {
      post({ kind: 'adapter', name: gpu.adapterName, isSoftware: gpu.isSoftware })
      void gpu.lost.then((reason) => {
        device = null
        post({ kind: 'lost', failure: { code: 'device-lost', message: `${reason}. What was on the GPU is gone.` } })
      })
      return gpu
    },
    (error: unknown) => {
      device = null
      post({ kind: 'unavailable', failure: toFailure(error) })
      throw error
    },
  )
  return device
}

/** Ends the run; a new one waits for that, so that two models never share the memory. */
async function end(): Promise<void> {
  const ending = run
  run = null
  ending?.stop()
  await ending?.ended
}

function inspect({ id, name, source }: Extract<Command, { kind: 'inspect' }>): void {
  try {
    const corpus = typeof source === 'string' ? Corpus.fromText(source) : Corpus.fromBytes(source, name)
    post({
      kind: 'inspected',
      id,
      characters: corpus.training.length + corpus.heldOut.length,
      vocabulary: corpus.vocabulary.size,
      text: typeof source === 'string' ? null : new TextDecoder().decode(source),
    })
  } catch (error) {
    post({ kind: 'inspection-failed', id, failure: toFailure(error) })
  }
}

addEventListener('message', async ({ data: command }: MessageEvent<Command>) => {
  switch (command.kind) {
    case 'open':
      return void open().catch(() => {}) // reported
    case 'inspect':
      return inspect(command)
    case 'start': {
      const ended = end()
      run = new Run(command, ended.then(open), post)
      return
    }
    case 'reset':
      return end()
    case 'pause':
      return run?.pause()
    case 'resume':
      return run?.resume()
    case 'sampling':
      return run?.setSampling(command.sampling)
    case 'write':
      return run?.write(command)
  }
})
