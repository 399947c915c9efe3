// `sluice train`, and `npm start` in a terminal: trains on a text, shows the training, and saves it.
import { basename, join } from 'node:path'
import { projectRoot } from '../chrome/chrome.mjs'
import { UserError } from '../errors.mjs'
import { checkFree, freeName, readBytes, writeWhole } from '../files.mjs'
import { openingOf } from '../opening.js'
import { numberOf, refuseBoth } from '../options.mjs'
import { inJson, put, say } from '../output.mjs'
import { fileTools, runTask } from '../runtime/runtime.mjs'
import { printable, progressLine, TerminalView } from '../terminal-view.mjs'
import { quoted, readText } from '../text-file.mjs'
import { checkTraining, defaultRate, encodingOf, settings, textOptions } from '../train-options.mjs'

/** @type {import('./index.mjs').Command} */
export const train = {
  usage: 'train [TEXT]',
  about: 'train on a text, and save the model',
  options: {
    out: { argument: 'FILE', about: 'the model (default TEXT.safetensors, a new name)', kind: 'file' },
    resume: { argument: 'FILE', about: 'go on with a training that was saved', kind: 'file' },
    fill: { about: 'a model that fills in characters, from both sides', kind: 'flag' },
    ...settings,
    ...textOptions,
    embedding: { argument: 'N', about: 'a learned embedding of this size (default one-hot)', kind: 'count' },
    dropout: { argument: 'X', about: 'share of outputs dropped between layers (default 0)', kind: 'share' },
    clip: { argument: 'X', about: 'largest norm of the gradient (default 1)', kind: 'positive' },
    every: { argument: 'N', about: 'save every N steps too', kind: 'count' },
    force: { about: 'replace the file of --out', kind: 'flag' },
  },
  examples: ['sluice train my.txt --cell lstm --hidden 256', 'sluice train my.txt --resume my.safetensors'],
  most: 1,
  run({ options, positionals: [text] }) {
    checkTraining(options, text)
    refuseBoth(options, 'resume', 'out')
    if (options.out !== undefined) checkFree(options.out, options.force !== undefined)
    return trainInTerminal(options, { text, folder: '.', command: 'npx sluice train', runtime: options.runtime })
  },
}

/**
 * @param {import('../options.mjs').Given['options']} options
 * @param {{ text: string | undefined, folder: string, command?: string, runtime?: string | undefined }} where `folder`: of a new file
 * @returns {Promise<number>}
 */
export async function trainInTerminal(options, { text: file, folder, command = 'npm start --', runtime }) {
  const corpus = options.corpus ?? 'english'
  const text = file === undefined ? readText(join(projectRoot, `demo/corpora/${corpus}.txt`)) : readText(file, encodingOf(options))
  const name = file === undefined ? `the built-in ${corpus} text` : basename(file)
  const out = options.out ?? options.resume ?? freeName(folder, file ?? corpus)
  const model = options.resume === undefined ? undefined : readBytes(options.resume)
  const own = model && savedOptions(model)
  if (own && file === undefined) await checkBuiltIn(own, { text, name, resume: out })
  const parameters = parametersOf(options, { text, file, own })
  const view = new TerminalView(inJson() ? { write: () => true } : process.stdout)
  let lastSaved = 0
  try {
    const { stopped, last, sample } = await runTask(
      {
        task: 'train',
        parameters,
        files: { text: new TextEncoder().encode(text), ...(model && { model }) },
        tell(event) {
          put(event)
          if (event.kind === 'saved') lastSaved = event.step
          else show(event, view, name)
        },
        write: (_, bytes) => writeWhole(out, bytes),
        onStop: () => view.line('Stopping after this step. Press Ctrl-C again to stop at once.'),
      },
      runtime,
    )
    view.clearProgress()
    if (last) view.line(progressLine(last))
    view.sample(stopped ? 'Stopped. Last sample' : 'Done. Last sample', sample)
    const goOn = stopped ? againCommand(command, options, file, out) : undefined
    put({ kind: 'end', stopped, ...last, file: out, ...(goOn && { goOn }), sample })
    say(`Saved after step ${lastSaved} as ${out}.`)
    if (goOn) say(`Go on with:\n  ${goOn}`)
    else if (!parameters.fill && command !== 'npm start --') say(`Write with it:\n  npx sluice generate ${quoted(out)}`)
    return 0
  } catch (error) {
    if (lastSaved > 0 && error instanceof UserError) error.message += ` What was trained until step ${lastSaved} is in ${out}.`
    throw error
  } finally {
    view.clearProgress()
  }
}

/** The options that a saved training was begun with: it goes on with the same.
 * @param {Buffer} file @returns {Record<string, any> | undefined} */
function savedOptions(file) {
  try {
    const { __metadata__: metadata } = JSON.parse(file.toString('utf8', 8, 8 + Number(file.readBigUInt64LE(0))))
    const { loop } = JSON.parse(metadata.training ?? '{}')
    return { model: metadata.model, ...loop?.options }
  } catch {
    return undefined // the library says what is wrong with the file
  }
}

/** Refuses to go on with a built-in text if the training was of another one.
 * @param {Record<string, any>} own @param {{ text: string, name: string, resume: string }} of */
async function checkBuiltIn({ characters }, { text, name, resume }) {
  if (characters === undefined) return
  const { Corpus } = await fileTools()
  const training = Corpus.fromText(text).training.length
  if (characters === training) return
  throw new UserError(
    `${resume} was trained on ${characters.toLocaleString('en')} characters, and ${name} has ${training.toLocaleString('en')} to train on. ` +
      `Name its text: sluice train TEXT --resume ${quoted(resume)}`,
  )
}

/** @param {import('../options.mjs').Given['options']} options @param {{ text: string, file: string | undefined, own: Record<string, any> | undefined }} of */
function parametersOf(options, { text, file, own }) {
  const number = (/** @type {string} */ name) => numberOf(options[name])
  const iterations = number('iterations') ?? (options.epochs === undefined ? 2000 : undefined)
  const opening = options.prefix || (file === undefined ? { english: 'The river', chinese: '青河' }[options.corpus ?? 'english'] : undefined) || openingOf(text)
  return {
    fill: own ? own.model === 'BlankModel' : options.fill !== undefined,
    resume: own !== undefined,
    cell: options.cell ?? (options.fill === undefined ? 'gru' : undefined),
    hidden: number('hidden') ?? 128,
    layers: number('layers') ?? 1,
    embedding: number('embedding'),
    dropout: number('dropout'),
    batch: number('batch') ?? own?.batch ?? 32,
    steps: number('steps') ?? own?.steps ?? 35,
    epochs: number('epochs'),
    iterations,
    rate: number('rate') ?? defaultRate,
    schedule: options.schedule ?? 'cosine',
    clip: number('clip'),
    seed: number('seed') ?? own?.seed ?? 0,
    symbols: options.symbols ?? 'characters',
    opening,
    temperature: number('temperature') ?? 0.8,
    length: 240,
    every: number('every'),
  }
}

/** The command that goes on with a training.
 * @param {string} command @param {import('../options.mjs').Given['options']} options @param {string | undefined} file @param {string} out */
function againCommand(command, options, file, out) {
  if (command === 'npm start --') command = 'npx sluice train'
  const about = ['corpus', 'encoding', 'iterations', 'epochs', 'rate', 'schedule', 'clip', 'prefix', 'temperature', 'every', 'runtime']
  const kept = about.flatMap((name) => (options[name] === undefined ? [] : [`--${name}`, quoted(options[name])]))
  return [command, ...(file === undefined ? [] : [quoted(file)]), '--resume', quoted(out), ...kept].join(' ')
}

/**
 * @param {import('../tasks/train.mjs').TrainEvent} event
 * @param {TerminalView} view
 * @param {string} name of the text
 */
function show(event, view, name) {
  if (event.kind === 'adapter') {
    view.line(`WebGPU adapter: ${printable(event.name)}`)
    view.line(event.software ? 'This is a SOFTWARE adapter: training runs on the CPU, many times slower than on a GPU.' : 'This is a hardware adapter (a GPU).')
  } else if (event.kind === 'corpus') {
    const count = (/** @type {number} */ n) => n.toLocaleString('en')
    view.line(`Text: ${printable(name)}. ${count(event.characters)} characters to train on, ${count(event.heldOut)} held out, ${event.vocabulary} distinct.`)
    view.line(`Network: ${count(event.parameters)} parameters. Press Ctrl-C to stop; what was trained is saved.`)
  } else if (event.kind === 'progress') view.progress(event)
  else if (event.kind === 'sample') view.sample(`Sample at step ${event.step}`, event.text)
}
