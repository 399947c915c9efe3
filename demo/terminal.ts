// The page of `npm start` without a display, in headless Chrome. It trains as the demo does, with the settings in its address, and
// reports to the terminal through a function that the launch script adds to the page.
import { Corpus, openDevice, TextModel } from 'sluice'
import { builtIn, openingOf } from './shared/texts'
import { settingsIn } from './shared/train/settings'
import { checkSettings, trainOptions } from './shared/train/options'

export type TerminalEvent =
  | { kind: 'adapter'; name: string; isSoftware: boolean }
  | { kind: 'corpus'; characters: number; heldOut: number; vocabulary: number }
  | ({ kind: 'progress' } & Progress)
  | { kind: 'sample'; step: number; text: string }
  | { kind: 'end'; stopped: boolean; last: Progress | undefined; sample: string }
  | { kind: 'error'; message: string }

export interface Progress {
  step: number
  totalSteps: number
  perplexity: number
  heldOutPerplexity: number | undefined
  charsPerSecond: number
  secondsLeft: number | undefined
}

declare global {
  var sluiceReport: ((event: TerminalEvent) => Promise<void>) | undefined
  var sluiceStop: () => void
}

let stopped = false
globalThis.sluiceStop = () => (stopped = true)

const report = async (event: TerminalEvent) => globalThis.sluiceReport?.(event)

const parameters = new URLSearchParams(location.search)

/** The text, and the opening of its samples. The default is the English text. */
async function loadText(): Promise<{ text: string; opening: string }> {
  const given = parameters.get('text')
  const own = given === null ? builtIn[parameters.get('corpus') === 'chinese' ? 'chinese' : 'english'] : null
  const response = await fetch(own?.address ?? given!)
  if (!response.ok) throw new Error(`The text could not be fetched: the server answered ${response.status}.`)
  const text = await response.text()
  return { text, opening: own?.opening ?? openingOf(text) }
}

async function main(): Promise<void> {
  const gpu = await openDevice()
  await report({ kind: 'adapter', name: gpu.adapterName, isSoftware: gpu.isSoftware })

  const settings = settingsIn(parameters)
  checkSettings(settings)
  const { cell, hidden, layers, batch, steps, seed, symbols, epochs, iterations, temperature, topK, length } = settings
  const { text, opening } = await loadText()
  const corpus = Corpus.fromText(text, { symbols })
  const { vocabulary, training, heldOut } = corpus
  const prefix = parameters.get('prefix') || opening
  // A prefix with unknown characters is an error now, not after minutes of training.
  vocabulary.encode(prefix)
  await report({
    kind: 'corpus',
    characters: training.length,
    heldOut: heldOut.length,
    vocabulary: vocabulary.size,
  })

  const model = await TextModel.create({ device: gpu, cell, hidden, layers, vocabulary, seed })
  const sample = () => model.generate(prefix, { length, temperature, topK, seed })
  const evaluate = async () => (heldOut.length > 1 ? model.evaluate(heldOut) : undefined)

  let step = 0
  let last: Progress | undefined
  let lastReport = -Infinity
  let nextLook = performance.now() + 5_000
  for await (const p of model.train(corpus, { ...trainOptions(settings, epochs), recover: true })) {
    step++
    const now = performance.now()
    const totalSteps = Math.min(p.totalSteps, iterations)
    last = {
      step,
      totalSteps,
      perplexity: p.perplexity,
      heldOutPerplexity: last?.heldOutPerplexity,
      charsPerSecond: p.charsPerSecond,
      // By the speed of now; the first step may have compiled, and would foretell hours.
      secondsLeft: step === 1 ? undefined : ((totalSteps - step) * batch * steps) / p.charsPerSecond,
    }
    if (stopped || step >= totalSteps) break
    if (now >= nextLook) {
      last.heldOutPerplexity = await evaluate()
      await report({ kind: 'sample', step, text: await sample() })
      // Looking at the model takes a tenth of the time at most, however slow the adapter.
      const cost = performance.now() - now
      nextLook = performance.now() + Math.max(10_000, 9 * cost)
    }
    if (performance.now() - lastReport > 100) {
      lastReport = performance.now()
      await report({ kind: 'progress', ...last })
    }
  }
  if (last) last.heldOutPerplexity = await evaluate()
  await report({ kind: 'end', stopped, last, sample: await sample() })
  model.destroy()
}

main().catch((error: unknown) => report({ kind: 'error', message: error instanceof Error ? error.message : String(error) }))
