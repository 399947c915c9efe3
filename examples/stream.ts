// Voice activity: says of every 32 ms of sound whether somebody speaks, while the sound comes in. An LSTM hears one frame after the other, and its
// state stays on the GPU in between. The sound is made here, so that the example needs no file: tones with overtones in syllables, noise, and bangs
// that are louder than a voice.
import { adam, cosine, Network, Predictor, Trainer, type Gpu } from 'sluice'

const rate = 16_000
/** Samples of a frame. */
const frame = 512
/** Numbers that the network hears of a frame. */
const bands = 12

/** How loud a frame is in bands from 100 Hz to 4 kHz, [12]: the logarithm of the power at the centre of each, by Goertzel's filter. */
export function loudness(samples: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: bands }, (_, band) => {
    const turn = 2 * Math.cos((2 * Math.PI * 100 * 40 ** (band / (bands - 1))) / rate)
    let [last, before] = [0, 0]
    for (const sample of samples) [last, before] = [sample + turn * last - before, last]
    return (Math.log(1e-7 + (last ** 2 + before ** 2 - turn * last * before) / samples.length ** 2) + 10) / 4
  })
}

/** A recording, and of each frame whether somebody speaks: 1 or 0. */
export function recording(seed: number, frames: number): { frames: Float32Array[]; spoken: Float32Array } {
  let state = seed
  // Numbers from 0 to 1, the same every time (mulberry32).
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const spoken = new Float32Array(frames)
  let [speaks, left, pitch, phase, bang] = [false, 0, 0, 0, 0]
  const sound = Array.from({ length: frames }, (_, f) => {
    if (left-- <= 0) {
      speaks = !speaks
      left = 10 + Math.floor(30 * random())
      pitch = 90 + 140 * random()
    }
    spoken[f] = Number(speaks)
    bang = random() < 0.06 ? 0.6 : 0.5 * bang
    return Float32Array.from({ length: frame }, (_, i) => {
      // Four syllables a second: in between a voice is silent, and speaks all the same.
      const syllable = Math.max(0, Math.sin((2 * Math.PI * 4 * (f * frame + i)) / rate)) ** 0.5
      phase += (2 * Math.PI * pitch) / rate
      const voice = [1, 2, 3, 4, 6, 8].reduce((sum, overtone) => sum + Math.sin(overtone * phase) / overtone, 0)
      return Number(speaks) * 0.15 * syllable * voice + (0.03 + bang) * (random() - 0.5)
    })
  })
  return { frames: sound, spoken }
}

/** Trains a network on recordings. */
export async function trainDetector(device?: Gpu): Promise<Network> {
  const [steps, batch, rounds] = [60, 8, 120]
  const network = await Network.create({
    input: { features: bands },
    layers: [{ cell: 'lstm', hidden: 24 }],
    head: { numbers: 1, loss: 'binary-cross-entropy' },
    seed: 1,
    ...(device && { device }),
  })
  const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate: cosine({ rate: 2e-2, steps: rounds }) }), clipNorm: 1 })
  const recordings = Array.from({ length: 4 * batch }, (_, n) => recording(n + 1, steps))
  const features = recordings.map(({ frames }) => frames.map(loudness))
  // Time-major: the first frame of each row, then the second one.
  const rows = (round: number) => Array.from({ length: steps * batch }, (_, i) => [(round % 4) * batch + (i % batch), Math.floor(i / batch)] as const)
  const queued = Array.from({ length: rounds }, (_, round) =>
    trainer.step({
      features: Float32Array.from(rows(round).flatMap(([row, t]) => [...features[row]![t]!])),
      targets: Float32Array.from(rows(round), ([row, t]) => recordings[row]!.spoken[t]!),
    }),
  )
  await Promise.all(queued)
  trainer.destroy()
  return network
}

/** Hears a stream. A network may hear several at once: each has a state of its own. */
export async function listen(network: Network): Promise<{ hear(samples: Float32Array): Promise<number>; end(): void }> {
  const predictor = await Predictor.create(network, { steps: 1, batch: 1 })
  const state = await predictor.state()
  return {
    /** The probability that somebody speaks, after one more frame of 512 samples. */
    async hear(samples) {
      const [logit] = await predictor.predict({ features: loudness(samples), state })
      return 1 / (1 + Math.exp(-logit!))
    },
    end() {
      state.destroy()
      predictor.destroy()
    },
  }
}

/** Shares of the frames of a recording that nobody trained on: told right by the network, and by the best limit of loudness there is. */
export async function detectVoice(device?: Gpu): Promise<{ network: number; naive: number }> {
  const network = await trainDetector(device)
  const { frames, spoken } = recording(2026, 250)
  const stream = await listen(network)
  const heard: number[] = []
  for (const samples of frames) heard.push(await stream.hear(samples))
  stream.end()
  network.destroy()
  const right = (said: readonly boolean[]) => said.filter((yes, f) => yes === (spoken[f] === 1)).length / said.length
  const power = frames.map((samples) => samples.reduce((sum, x) => sum + x * x, 0))
  return { network: right(heard.map((p) => p > 0.5)), naive: Math.max(...power.map((limit) => right(power.map((p) => p > limit)))) }
}
