// Groups the commands of a training step by name.
import type { Command } from '../../shared/step-plan'

export type Phase = 'forward' | 'loss' | 'backward' | 'gradients' | 'update'

/** Consecutive commands with the same title. */
export interface Group {
  readonly title: string
  readonly phase: Phase
  readonly kernels: readonly string[]
  readonly commands: readonly Command[]
}

export function groupsOf(commands: readonly Command[]): Group[] {
  const groups: Group[] = []
  let afterLoss = false
  for (const command of commands) {
    const { label, what } = command
    if (what === 'clear' || what === 'copy') continue
    const title = label.replace(/ s=.*/, '')
    const phase: Phase =
      what.startsWith('optimizer/') || what.startsWith('loss/statistics')
        ? 'update'
        : what.startsWith('loss/')
          ? 'loss'
          : !afterLoss
            ? 'forward'
            : /^(cell|tile|resident)\/.*_backward/.test(what)
              ? 'backward'
              : 'gradients'
    afterLoss ||= phase === 'loss'
    const last = groups.at(-1)
    const kernel = `shaders/${what}.wgsl`
    if (last?.title === title) groups[groups.length - 1] = { ...last, kernels: [...new Set([...last.kernels, kernel])], commands: [...last.commands, command] }
    else groups.push({ title, phase, kernels: [kernel], commands: [command] })
  }
  return groups
}
