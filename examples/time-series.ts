// The next value of a noisy wave: a GRU reads the values so far and says the next one at every step.
import { adam, cosine, Network, Predictor, Trainer, type Gpu } from 'sluice'

const [steps, batch, rounds] = [32, 16, 150]

/** A wave of two periods with noise, the same every time. */
function wave(n: number): number {
  return 0.6 * Math.sin(n / 4) + 0.3 * Math.sin(n / 1.7) + 0.02 * Math.sin(12.9898 * n * n)
}

/** Windows that begin at `starts`: what is read [T, B, 1], and what follows each value, time-major. */
function windows(starts: readonly number[]): { features: Float32Array; targets: Float32Array } {
  const from = (later: number) => Float32Array.from({ length: steps * batch }, (_, i) => wave(starts[i % batch]! + Math.floor(i / batch) + later))
  return { features: from(0), targets: from(1) }
}

/** Root mean square errors on windows that were not trained on: of the network, and of saying the last value again. */
export async function forecast(device?: Gpu): Promise<{ network: number; naive: number }> {
  const network = await Network.create({
    input: { features: 1 },
    layers: [{ cell: 'gru', hidden: 24 }],
    head: { numbers: 1 },
    seed: 1,
    ...(device && { device }),
  })
  const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate: cosine({ rate: 2e-2, steps: rounds }) }), clipNorm: 1 })
  // Queued without waiting: the GPU has always something to do.
  const queued = Array.from({ length: rounds }, (_, round) => trainer.step(windows(Array.from({ length: batch }, (_, b) => 37 * b + 11 * round))))
  await Promise.all(queued)

  const predictor = await Predictor.create(network, { steps, batch })
  const unseen = windows(Array.from({ length: batch }, (_, b) => 5000 + 41 * b))
  const predicted = await predictor.predict({ features: unseen.features })
  // The first values of a window are guesses: nothing was read yet that tells where in the wave it begins.
  const late = Math.floor(steps / 2) * batch
  const error = (values: Float32Array) => {
    const squares = values.subarray(late).map((value, i) => (value - unseen.targets[late + i]!) ** 2)
    return Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length)
  }
  const result = { network: error(predicted), naive: error(unseen.features) }
  for (const one of [predictor, trainer, network]) one.destroy()
  return result
}
