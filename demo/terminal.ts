// What `npm start` runs in headless Chrome where there is no display: trains a model with the settings in the page's
// address, and reports to the terminal through a function that the launch script adds to the page.
import { adam, type CellName, Corpus, openDevice, TextModel } from 'sluice'

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
const numberOr = (name: string, fallback: number) => Number(parameters.get(name) ?? fallback)

async function loadText(): Promise<string> {
  const address = parameters.get('text')
  if (address !== null) {
    const response = await fetch(address)
    if (!response.ok) throw new Error(`The text could not be fetched: the server answered ${response.status}.`)
    return response.text()
  }
  const chinese = parameters.get('corpus') === 'chinese'
  return (await (chinese ? import('./corpora/chinese.txt?raw') : import('./corpora/english.txt?raw'))).default
}

/** Some words for the samples to begin with that the vocabulary is sure to have: those of the text itself. */
function opening(text: string): string {
  const [line = ''] = text.trimStart().split('\n')
  const words = [...line].slice(0, 12).join('')
  if (words === '') return [...text].slice(0, 1).join('') // nothing but spaces
  return words.includes(' ') ? words.slice(0, words.lastIndexOf(' ') + 1) : [...words].slice(0, 4).join('')
}

async function main(): Promise<void> {
  const gpu = await openDevice()
  await report({ kind: 'adapter', name: gpu.adapterName, isSoftware: gpu.isSoftware })

  const text = await loadText()
  const corpus = Corpus.fromText(text, { heldOut: 0.1 })
  const { vocabulary, training, heldOut } = corpus
  const prefix = parameters.get('prefix') || opening(text)
  // A prefix with unknown characters is refused now, and not after minutes of training.
  vocabulary.encode(prefix)
  await report({
    kind: 'corpus',
    characters: training.length,
    heldOut: heldOut.length,
    vocabulary: vocabulary.size,
  })

  const [batch, steps, seed] = [numberOr('batch', 32), numberOr('steps', 35), numberOr('seed', 7)]
  const iterations = numberOr('iterations', Infinity)
  // Enough epochs for the iterations asked for, whatever way the text is cut into windows.
  const stepsPerEpoch = Math.max(1, Math.floor(training.length / (batch * steps)) - 1)
  const epochs = Number.isFinite(iterations) ? Math.ceil(iterations / stepsPerEpoch) + 1 : numberOr('epochs', 20)

  const model = await TextModel.create({
    device: gpu,
    cell: (parameters.get('cell') ?? 'gru') as CellName,
    hidden: numberOr('hidden', 128),
    layers: numberOr('layers', 1),
    vocabulary,
    seed,
  })
  const sample = (length: number) =>
    model.generate(prefix, { length, temperature: numberOr('temperature', 0.8), topK: 0, seed })
  const evaluate = async () => (heldOut.length > 1 ? model.evaluate(heldOut) : undefined)

  let step = 0
  let last: Progress | undefined
  let lastReport = -Infinity
  let nextLook = performance.now() + 5_000
  const optimizer = adam({ rate: numberOr('rate', 2e-3) })
  for await (const p of model.train(corpus, { batch, steps, optimizer, clipNorm: 1, epochs })) {
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
      await report({ kind: 'sample', step, text: await sample(120) })
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
  await report({ kind: 'end', stopped, last, sample: await sample(300) })
  model.destroy()
}

main().catch((error: unknown) =>
  report({ kind: 'error', message: error instanceof Error ? error.message : String(error) }),
)
