// Sluice by the fastest strategy, by each of them, and with recompute.
import { openDevice, strategyNames, type Gpu } from 'sluice'
import { version } from '../../../package.json'
import { startSluice, weightsOf as weightsOn, type Variant } from '../../../src/measure/sluice'
import type { Work } from '../../../src/measure/works'
import { NotOffered, type Peer } from '../peer'

let device: Gpu

/** The initial weights that every peer begins with. */
export const weightsOf = (work: Work) => weightsOn(device, work)

const peer = (variant: Variant | undefined): Peer => ({
  title: `Sluice ${version}`,
  open: async () => void (device ??= await openDevice()),
  start: async (task) => {
    if (variant && task.kind !== 'train') throw new NotOffered('a strategy by name and recompute are options of training alone')
    return startSluice(device, task, variant)
  },
})

export const peers: Record<string, Peer> = {
  sluice: peer(undefined),
  'sluice-recompute': peer({ recompute: true }),
  ...Object.fromEntries(
    strategyNames.flatMap((strategy) => [
      [`sluice-${strategy}`, peer({ strategy })],
      [`sluice-${strategy}-recompute`, peer({ strategy, recompute: true })],
    ]),
  ),
}
