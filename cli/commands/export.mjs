// `sluice export --torch DIR`: a training that goes on under PyTorch, on as many GPUs as there are.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../chrome/chrome.mjs'
import { UsageError, UserError } from '../errors.mjs'
import { readBytes } from '../files.mjs'
import { numberOf, refuseBoth } from '../options.mjs'
import { put, say } from '../output.mjs'
import { fileTools } from '../runtime/runtime.mjs'
import { quoted, readText } from '../text-file.mjs'
import { writeTorchRun } from '../torch/run.mjs'
import { checkTraining, defaultRate, encodingOf, settings, textOptions } from '../train-options.mjs'
import { asUserError } from './convert.mjs'

/** @type {import('./index.mjs').Command} */
export const exportTorch = {
  usage: 'export --torch DIR MODEL [TEXT]',
  about: 'go on under PyTorch',
  options: {
    torch: { argument: 'DIR', about: 'the new folder: weights, optimizer, text, train.py', kind: 'file' },
    rate: settings.rate,
    schedule: settings.schedule,
    clip: { argument: 'X', about: 'largest norm of the gradient (default 1)', kind: 'positive' },
    iterations: { argument: 'N', about: 'training steps in all (default 1000 more)', kind: 'count' },
    corpus: settings.corpus,
    ...textOptions,
  },
  examples: ['sluice export --torch run my.safetensors my.txt', 'torchrun --nproc-per-node 2 run/train.py', 'sluice convert run back.safetensors'],
  most: 2,
  async run({ options, positionals: [file, text] }) {
    const folder = options.torch
    if (folder === undefined || file === undefined)
      throw new UsageError('export needs a folder, a model and its text: sluice export --torch DIR my.safetensors my.txt')
    checkTraining(options, text)
    refuseBoth(options, 'text', 'corpus')
    if (existsSync(folder) && readdirSync(folder).length > 0) throw new UserError(`${JSON.stringify(folder)} is not empty, expected a new folder.`)
    const content = text === undefined ? readText(join(projectRoot, `demo/corpora/${options.corpus ?? 'english'}.txt`)) : readText(text, encodingOf(options))
    const tools = await fileTools()
    try {
      const model = tools.readModelFile(readBytes(file))
      writeTorchRun(
        model,
        {
          folder,
          text: content,
          rate: numberOf(options.rate) ?? defaultRate,
          schedule: options.schedule ?? 'cosine',
          clip: numberOf(options.clip) ?? 1,
          steps: numberOf(options.iterations),
        },
        tools,
      )
      put({ kind: 'exported', folder, step: model.training?.step })
      say(`${folder} has the training after step ${model.training?.step}. Go on with, for two processes:`)
      say(`  torchrun --nproc-per-node 2 ${quoted(join(folder, 'train.py'))}`)
      say(`And back again with:\n  npx sluice convert ${quoted(folder)} back.safetensors`)
      return 0
    } catch (error) {
      throw asUserError(error)
    }
  },
}
