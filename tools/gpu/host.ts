// The host of a task of cli/tasks where its lines are printed as they come.
import { linesOf } from '../../cli/gpu-lines.mjs'
import { print } from '../../demo/lessons/print'

export const host = {
  tell: async (event: unknown): Promise<void> => {
    for (const line of linesOf(event)) await print(line)
  },
}
