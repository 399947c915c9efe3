// Trains the small models that write as the page opens; run by tools/opening.mjs. Each is a GRU over one of our own texts. Its file
// has float16, which is half the bytes and as good for sampling.
import { adam, Corpus, cosine, openDevice, readSafetensors, TextModel, type Gpu } from 'sluice'
import chinese from '../corpora/chinese.txt?raw'
import english from '../corpora/english.txt?raw'
import { print } from '../lessons/print'
import { builtIn, type Story } from '../shared/texts'
import { recipes } from '../shared/opening-recipes'

const texts: Readonly<Record<Story, string>> = { english, chinese }

/** @returns the file in base64, by name */
export default async function trainOpening(only?: string): Promise<Record<string, string>> {
  const device = await openDevice()
  const files: Record<string, string> = {}
  for (const name of Object.keys(recipes) as Story[]) if (!only || only === name) files[name] = await trained(device, name)
  device.destroy()
  return files
}

async function trained(device: Gpu, name: Story): Promise<string> {
  const { hidden, embedding, batch, steps, updates, rate } = recipes[name]
  const corpus = Corpus.fromText(texts[name])
  const model = await TextModel.create({ device, vocabulary: corpus.vocabulary, cell: 'gru', hidden, embedding, seed: 1 })
  const optimizer = adam({ rate: cosine({ rate, steps: updates, warmup: 50 }) })
  let step = 0
  for await (const { perplexity } of model.train(corpus, { batch, steps, optimizer, clipNorm: 1, epochs: 1000, seed: 1 })) {
    step++
    if (step % 100 === 0)
      await print(`${name} ${step} of ${updates}: training perplexity ${perplexity.toFixed(2)}, held-out ${(await model.evaluate(corpus.heldOut)).toFixed(2)}`)
    if (step === updates) break
  }
  await print(await model.generate(builtIn[name].opening, { length: 300, temperature: 0.6, seed: 1 }))
  const file = halved(await model.save(), { steps: String(step), heldOut: (await model.evaluate(corpus.heldOut)).toFixed(2) })
  model.destroy()
  return btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join(''))
}

/** IEEE 754 binary16 of a number, to nearest. Weights are far from its limits. */
function toHalf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0
  const size = Math.abs(value)
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24)
  const exponent = Math.floor(Math.log2(size))
  // A fraction that is rounded up to 1024 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024))
}

/** The file in float16, without the checksum of its float32 values. */
function halved(file: Uint8Array<ArrayBuffer>, facts: Record<string, string>): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = readSafetensors(file)
  const { checksum: _, ...kept } = metadata
  const header: Record<string, unknown> = { __metadata__: { ...kept, ...facts, version: '1' } }
  const parts: Uint16Array[] = []
  let end = 0
  for (const [name, tensor] of tensors) {
    const values = Uint16Array.from(tensor.values, toHalf)
    header[name] = { dtype: 'F16', shape: tensor.shape, data_offsets: [end, (end += values.byteLength)] }
    parts.push(values)
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  // Padded by spaces, so that the tensors are aligned.
  const length = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + length + end).fill(32, 8, 8 + length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(json, 8)
  let at = 8 + length
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer), at) // little-endian, as every machine with a browser
    at += part.byteLength
  }
  return bytes
}
