// The plan of a training step, as the engine would replay it: made for the settings of the page, and freed again.
import { Network, Trainer } from 'sluice'
import type { Command, StepPlan } from '../shared/step-plan'
import type { Settings } from '../shared/train/settings'
import { device } from './device'
import { trainOptions } from '../shared/train/options'

export const planHandlers = {
  /** @param vocabulary V, distinct characters of the text */
  async planOf({ settings, vocabulary }: { settings: Settings; vocabulary: number }): Promise<StepPlan> {
    const { cell, hidden, layers, seed, steps } = settings
    const gpu = await device()
    const network = await Network.create({
      input: { ids: vocabulary },
      layers: Array.from({ length: layers }, () => ({ cell, hidden })),
      head: { classes: vocabulary },
      seed,
      device: gpu,
    })
    try {
      const { batch, optimizer, clipNorm } = trainOptions(settings, 1)
      // A dispatch a step, as a person would write it; the kernels of software adapters are not loaded for a GPU.
      const strategy = gpu.isSoftware ? 'tile-16' : 'per-step-16'
      const trainer = await Trainer.create(network, { strategy, batch: batch!, steps, optimizer: optimizer!, ...(clipNorm !== Infinity && { clipNorm }) })
      try {
        const commands = trainer.plan.commands.map((command): Command => {
          const dispatch = command.kind === 'dispatch' ? command : null
          return { label: command.label, what: dispatch?.kernel ?? command.kind, step: dispatch?.size['s'] ?? null }
        })
        return { steps, commands }
      } finally {
        trainer.destroy()
      }
    } finally {
      network.destroy()
    }
  },
}
