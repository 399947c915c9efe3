// One round of `npm run crashes`, in its page: a training, and the crash of the GPU process under it.
import { BlankModel, Corpus, TextModel, type Progress } from 'sluice'
import { Random } from '../../src/random'

declare global {
  var sluiceCrash: () => Promise<void>
}

const corpus = Corpus.fromText('the rain fell on the mill and the mill stood still. '.repeat(160))
const train = { batch: 4, steps: 8, epochs: 4, seed: 5 }
const kinds = [
  () => TextModel.create({ vocabulary: corpus.vocabulary, cell: 'lstm', layers: 2, dropout: 0.2, hidden: 8, seed: 3 }),
  () => BlankModel.create({ vocabulary: corpus.vocabulary, cell: 'gru', hidden: 8, seed: 3 }),
]

export interface Round {
  readonly kind: number
  /** What the moment is drawn by, and the steps of the whole training; null: nothing disturbs it. */
  readonly crash: { readonly seed: number; readonly steps: number } | null
}

export interface Outcome {
  readonly model: string
  /** A digest of every bit. */
  readonly weights: string
  /** What each step said. */
  readonly steps: readonly string[]
  readonly recovered: number
  readonly when: string
  readonly ms: number
}

export default async function round({ kind, crash }: Round): Promise<Outcome> {
  const random = new Random(crash?.seed ?? 0)
  // Within a step or between two, at any step but the last few, which are queued when the process has gone.
  const [at, delay] = crash ? [Math.floor(random.uniform() * 0.9 * crash.steps), Math.floor(random.uniform() * 20)] : [-1, 0]
  const model = await kinds[kind]!()
  const from = performance.now()
  const steps: string[] = []
  let recovered = 0
  for await (const progress of model.train(corpus, { ...train, recover: crash !== null })) {
    recovered = progress.recovered
    if (progress.step === at) setTimeout(() => void globalThis.sluiceCrash(), delay)
    steps.push(said(progress))
  }
  const ms = performance.now() - from
  const weights = recovered === 0 && crash ? '' : await digest(model)
  return { model: model.constructor.name, weights, steps, recovered, when: `crashed ${delay} ms after step ${at}`, ms }
}

const said = ({ step, epoch, loss, gradientNorm, epochPerplexity }: Progress) => `${step} ${epoch} ${loss} ${gradientNorm} ${epochPerplexity}`

async function digest({ network }: TextModel | BlankModel): Promise<string> {
  const parts: BlobPart[] = []
  for (const [name, values] of await network.readParameters()) parts.push(name, values)
  const hash = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer())
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
