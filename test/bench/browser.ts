// The bench in headless Chrome: main.mjs opens a page, and calls this in it.
import type { Options } from './options'
import { bench } from './page'
import type { PeerModule } from './peer'
import type { Results } from './results'

declare global {
  var benchSay: (line: string) => Promise<void>
  var benchSave: (results: Results) => Promise<void>
}

export default async function run(options: Options, host: Results['host']): Promise<void> {
  const modules = import.meta.glob<PeerModule>('./peers/*.ts')
  await bench(options, { modules, host: { browser: /Chrom\S+/.exec(navigator.userAgent)?.[0] ?? 'a browser', ...host }, say: benchSay, save: benchSave })
}
