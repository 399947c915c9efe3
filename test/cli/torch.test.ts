// A training that goes on under PyTorch. It needs a Python with torch and safetensors: SLUICE_PYTHON names it, else python3.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import * as tools from '../../cli/internals'
import { readTorchRun, writeTorchRun } from '../../cli/torch/run.mjs'
import { projectRoot } from '../../demo/launch/ensure.mjs'
import { temporaryFolder } from '../launch/folder'
import { inTurn } from '../support/sampled'
import { savedTraining, text } from './model'

const folder = temporaryFolder()
const python = process.env.SLUICE_PYTHON ?? 'python3'
const env = { ...process.env, OMP_NUM_THREADS: '1', CUDA_VISIBLE_DEVICES: '' }

function needTorch({ skip }: Pick<TestContext, 'skip'>): void {
  const { status } = spawnSync(python, ['-c', 'import torch, safetensors, numpy'], { env })
  if (status !== 0) skip(`${python} has no torch and safetensors (pip install torch numpy safetensors; SLUICE_PYTHON names another Python)`)
}

/** The losses of a script that ran, by step. */
function train(run: string, processes: number): Map<number, number> {
  const launch = processes > 1 ? ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(processes)] : []
  const { stdout, stderr, status } = spawnSync(python, [...launch, join(run, 'train.py')], { env, encoding: 'utf8', timeout: 120_000 })
  expect(status, stderr).toBe(0)
  return new Map([...stdout.matchAll(/^step (\d+) loss ([\d.]+)/gm)].map(([, step, loss]) => [Number(step), Number(loss)]))
}

test('what a run of PyTorch begins with can be read back before it has begun', () => {
  const model = savedTraining('lstm')
  const run = join(folder(), 'fresh')
  writeTorchRun(model, { folder: run, text, rate: 0.01, schedule: 'constant', clip: 0.5, steps: 13 }, tools)
  expect(readFileSync(join(run, 'train.py'), 'utf8')).toContain('DistributedDataParallel')
  const { parameters, training } = readTorchRun(run, tools)
  for (const [name, values] of model.parameters) expect([...parameters.get(name)!], name).toEqual([...values])
  expect(training?.step).toBe(model.training!.step)
})

// The one takes each process 10 seconds, mostly to import torch.
inTurn(3)('two processes train as one does, and the training comes back', (context) => {
  needTorch(context)
  for (const cell of ['lstm', 'gru-reset-after'] as const) {
    const model = savedTraining(cell)
    const [alone, shared] = [1, 2].map((processes) => {
      const run = join(folder(), `${cell}-${processes}`)
      writeTorchRun(model, { folder: run, text, rate: 0.01, schedule: 'constant', clip: 0.5, steps: 13 }, tools)
      return { run, losses: train(run, processes) }
    }) as [Trained, Trained]
    expect([...alone.losses.keys()]).toEqual([6, 7, 8, 9, 10, 11, 12, 13])
    for (const [step, loss] of alone.losses) expect(shared.losses.get(step), `${cell}, step ${step}`).toBeCloseTo(loss, 4)
    const { training, parameters } = readTorchRun(shared.run, tools)
    expect(training).toMatchObject({ step: 13, loop: { place: { epoch: 0, taken: 13, drawn: 0 } } })
    const other = readTorchRun(alone.run, tools)
    for (const [name, values] of parameters) for (const [i, value] of values.entries()) expect(value, name).toBeCloseTo(other.parameters.get(name)![i]!, 4)
    // What was trained differs from what was not, so that the above compares something.
    expect(parameters.get('head.W')).not.toEqual(model.parameters.get('head.W'))
  }
})

interface Trained {
  readonly run: string
  readonly losses: Map<number, number>
}

inTurn(4)('the loss goes on where it was: Sluice, two processes of PyTorch, Sluice', (context) => {
  needTorch(context)
  const [file, here, back, run] = ['model.safetensors', 'here.safetensors', 'back.safetensors', 'run'].map((name) => join(folder(), name)) as [
    string,
    string,
    string,
    string,
  ]
  const poem = join(folder(), 'poem.txt')
  writeFileSync(poem, text)
  const sluice = (...args: string[]): { kind: string; loss?: number; step?: number }[] => {
    const all = { ...env, SLUICE_ADAPTER: 'swiftshader' }
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(projectRoot, 'cli/main.mjs'), ...args, '--json'], { env: all, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string })
  }
  const end = (events: ReturnType<typeof sluice>) => events.find(({ kind }) => kind === 'end')!
  sluice('train', poem, '--out', file, '--cell', 'lstm', '--hidden', '8', '--batch', '4', '--steps', '8', '--schedule', 'constant', '--iterations', '8')
  writeFileSync(here, readFileSync(file))
  // Both go on along the same cosine.
  sluice('export', '--torch', run, file, poem, '--iterations', '20')
  const there = train(run, 2)
  const stays = end(sluice('train', poem, '--resume', here, '--iterations', '20'))
  expect(Math.max(...there.keys())).toBe(20)
  expect(there.get(20)).toBeCloseTo(stays.loss!, 3)
  sluice('convert', run, back)
  const [stayed, returned] = [here, back].map((model) => end(sluice('train', poem, '--resume', model, '--schedule', 'constant', '--iterations', '24')))
  expect(returned!.step).toBe(24)
  expect(returned!.loss).toBeCloseTo(stayed!.loss!, 3)
})
