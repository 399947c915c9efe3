// The bench of streams in headless Chrome: main.mjs opens a page, and calls this in it.
import { messageOf } from '../../../cli/errors.mjs'
import type { Engine } from './engine'
import { measureStreams, type Options, type Results } from './measure'
import { onnxRuntime } from './onnx'

declare global {
  var streamSay: (line: string) => Promise<void>
}

/** @param peer why ONNX Runtime is not there; null if it is */
export default async function run(options: Options, { missing, host }: { missing: string | null; host: Results['host'] }): Promise<Results> {
  const most = Math.min(4, navigator.hardwareConcurrency)
  const threads = (n: number): string | null => (n === 1 || crossOriginIsolated ? missing : 'the page shares no memory with threads')
  const peers: Record<string, Engine | string> = {}
  for (const n of most > 1 ? [1, most] : [1])
    peers[`onnx-wasm-${n}`] = threads(n) ?? (await onnxRuntime(n).catch((error: unknown) => `it could not be loaded: ${messageOf(error)}`))
  const browser = /Chrom\S+/.exec(navigator.userAgent)?.[0] ?? 'a browser'
  return measureStreams(options, { host: { browser, ...host }, peers, say: (line) => void streamSay(line) })
}
