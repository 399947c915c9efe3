// A contestant of the race in remembering: it learns to name the first symbol of a sequence at its last step. Gates start by keeping:
// what is forgotten at first leaves no gradient that could teach to keep it.
import { adam, Network, Trainer, type Gpu } from 'sluice'
import { random } from '../lessons/tasks'
import { letters, memoryBatch, symbols } from '../shared/race/memory'
import type { Lane } from '../shared/race/lanes'
import type { Passage } from '../shared/race/record'
import type { RaceSettings } from '../shared/race/settings'
import { specOf } from '../shared/race/sizes'
import { biasToKeep } from './bias-to-keep'
import { mostLikely } from './guesses'
import type { Model } from './race-model'

/** Sequences whose answers are shown. */
const shown = 24

/** New sequences, the same for all contestants. */
const probe = ({ steps, batch, seed }: RaceSettings) => memoryBatch(steps, batch, random(seed + 1))

/** The first symbols of the sequences whose answers are shown. All of them are asked. */
export function memoryPassage(settings: RaceSettings): Passage {
  const { ids } = probe(settings)
  const characters = Array.from(ids.subarray(0, Math.min(shown, settings.batch)), (id) => letters[id]!)
  return { characters, hidden: characters.map((_, i) => i) }
}

/** @param file its saved training, after `done` steps; null for a new race */
export async function memoryModel(
  { lane, hidden, gpu, settings }: { readonly lane: Lane; readonly hidden: number; readonly gpu: Gpu; readonly settings: RaceSettings },
  file: Uint8Array<ArrayBuffer> | null,
  done: number,
): Promise<Model> {
  const { steps, batch, rate, clipNorm, seed } = settings
  const network = await Network.create({ device: gpu, ...specOf(lane, hidden, { task: 'memory', vocabulary: symbols }), seed })
  try {
    await biasToKeep(network, steps, seed)
    const trainer = await Trainer.create(network, { steps, batch, optimizer: adam({ rate }), clipNorm })
    if (file) trainer.resume(file)
    const draw = random(seed)
    for (let seen = 0; seen < done; seen++) memoryBatch(steps, batch, draw)
    const questions = probe(settings)
    return {
      training: {
        next: async () => ({ value: await trainer.step(memoryBatch(steps, batch, draw)) }),
        save: () => trainer.save(),
        return: async () => trainer.destroy(),
      },
      async evaluate() {
        const { loss, logits } = await network.run({ steps, batch, ...questions })
        const guesses = Array.from({ length: batch }, (_, b) => {
          const row = ((steps - 1) * batch + b) * symbols
          return mostLikely(logits.subarray(row, row + symbols), [...letters], symbols)
        })
        const right = guesses.filter(([best], b) => best!.character === letters[questions.ids[b]!]).length
        return { heldOutLoss: loss, text: null, guesses: guesses.slice(0, shown), accuracy: right / batch }
      },
      destroy: () => network.destroy(),
    }
  } catch (error) {
    network.destroy()
    throw error
  }
}
