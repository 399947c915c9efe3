// Each of the six models beside what its own framework put out of it.
import { charRnn, g2pEn, g2pM, nnsplit, silero, textgenrnn, textgenrnnTail, type Brought, type Read } from './bring'

type States = readonly { readonly h: Float32Array }[]
interface Inputs {
  /** Time-major. */
  readonly ids?: readonly number[]
  readonly features?: readonly number[]
  readonly batch?: number
  readonly initial?: States
}
/** Runs a network: the reference, or a GPU. */
export type Run = (network: Brought, inputs: Inputs) => Promise<{ readonly logits: Float32Array; readonly final: States }>

interface Compared {
  readonly worst: number
  readonly count: number
}
interface Index {
  readonly g2p_en: { readonly word: number[]; readonly start: number; readonly written: number[]; readonly logits: number[] }
  readonly g2pm: { readonly ids: number[]; readonly logits: number[] }
  readonly nnsplit: { readonly ids: number[][]; readonly logits: number[] }
  readonly silero: { readonly size: number; readonly features: number[]; readonly chances: number[] }
  readonly textgenrnn: { readonly ids: number[][]; readonly joined: number[]; readonly chances: number[] }
}

const compared = (came: readonly number[], expected: readonly number[]): Compared => ({
  worst: came.length === expected.length ? Math.max(...came.map((value, i) => Math.abs(value - expected[i]!))) : Infinity,
  count: came.length,
})

/** [B, T] → [T, B]. */
const timeMajor = (rows: readonly (readonly number[])[]): number[] => rows[0]!.flatMap((_, t) => rows.map((row) => row[t]!))

/** [T, B, n] → a list of the steps of each row. */
const stepsOf = (values: Float32Array, batch: number, n: number): Float32Array[][] =>
  Array.from({ length: batch }, (_, b) =>
    Array.from({ length: values.length / (batch * n) }, (_, t) => values.subarray((t * batch + b) * n, (t * batch + b + 1) * n)),
  )

export function bringAll(read: Read, run: Run): [name: string, compare: () => Promise<Compared>][] {
  const json = async <Content>(file: string) => JSON.parse(new TextDecoder().decode(await read(file))) as Content
  const index = () => json<Index>('models.json')
  return [
    [
      'g2p_en',
      async () => {
        const { word, start, written, logits: expected } = (await index()).g2p_en
        const { encoder, decoder } = await g2pEn(read)
        let state = (await run(encoder, { ids: word })).final
        let id = start
        const logits: number[] = []
        const phonemes = []
        for (let i = 0; i < written.length; i++) {
          const made = await run(decoder, { ids: [id], initial: state })
          state = made.final
          logits.push(...made.logits)
          phonemes.push((id = made.logits.indexOf(Math.max(...made.logits))))
        }
        return phonemes.join() === written.join() ? compared(logits, expected) : { worst: Infinity, count: 0 }
      },
    ],
    [
      'g2pM',
      async () => {
        const { ids, logits } = (await index()).g2pm
        return compared([...(await run(await g2pM(read), { ids })).logits], logits)
      },
    ],
    [
      'NNSplit',
      async () => {
        const { ids, logits } = (await index()).nnsplit
        const network = await nnsplit(read)
        if (!network.batchFirst) throw new Error('expected a model that reads [B, T]')
        const made = await run(network, { ids: timeMajor(ids), batch: ids.length })
        return compared(
          stepsOf(made.logits, ids.length, 4).flatMap((steps) => steps.flatMap((step) => [...step])),
          logits,
        )
      },
    ],
    [
      'Silero VAD',
      async () => {
        const { size, features, chances } = (await index()).silero
        const { logits } = await run(await silero(read, size), { features })
        return compared(
          [...logits].map((logit) => 1 / (1 + Math.exp(-logit))),
          chances,
        )
      },
    ],
    [
      'textgenrnn',
      async () => {
        const { ids, joined, chances } = (await index()).textgenrnn
        const network = await textgenrnn(read, { V: 9, E: 5, H: 6 })
        const rows = stepsOf((await run(network, { ids: timeMajor(ids), batch: ids.length })).logits, ids.length, 17)
        const side = compared(
          rows.flatMap((steps) => steps.flatMap((step) => [...step])),
          joined,
        )
        const end = compared(
          rows.flatMap((steps) => textgenrnnTail(steps, network)),
          chances,
        )
        return { worst: Math.max(side.worst, end.worst), count: side.count + end.count }
      },
    ],
    [
      "ml5's charRNN",
      async () => {
        const { ids, logits } = await json<{ ids: number[]; logits: number[] }>('charrnn/run.json')
        return compared([...(await run(await charRnn(read, { V: 11, E: 7, H: 6 }), { ids })).logits], logits)
      },
    ],
  ]
}
