// Trains a character model, with samples along the way, and saves it at the end or when the person stops it.
import { adam, BlankModel, Corpus, cosine, TextModel } from 'sluice'
import { openAndTell } from './gpu.mjs'

/** What to train, and how.
 * @typedef {object} TrainParameters
 * @property {boolean} fill a model that fills in characters, in place of one that writes on
 * @property {boolean} resume whether the file `model` is a training to go on with
 * @property {string | undefined} cell
 * @property {number} hidden
 * @property {number} layers
 * @property {number | undefined} embedding
 * @property {number | undefined} dropout
 * @property {number} batch
 * @property {number} steps
 * @property {number | undefined} epochs
 * @property {number | undefined} iterations training steps in all, the first of both limits counts
 * @property {number} rate learning rate at the start
 * @property {string} schedule of the rate over all steps: cosine or constant
 * @property {number | undefined} clip
 * @property {number} seed
 * @property {'characters' | 'graphemes'} symbols
 * @property {string} opening what samples begin with
 * @property {number} temperature
 * @property {number} length of a sample
 * @property {number | undefined} every training steps between two saves
 */

/** A step, for the terminal.
 * @typedef {object} Progress
 * @property {number} step steps done
 * @property {number} totalSteps
 * @property {number} loss
 * @property {number} perplexity
 * @property {number | undefined} heldOutPerplexity of the last evaluation
 * @property {number} charsPerSecond
 * @property {number | undefined} secondsLeft
 */

/** @typedef {{ kind: 'adapter', name: string, software: boolean } | { kind: 'corpus', characters: number, heldOut: number, vocabulary: number, parameters: number }
 *   | ({ kind: 'progress' } & Progress) | { kind: 'sample', step: number, text: string } | { kind: 'saved', step: number }} TrainEvent */

/**
 * @param {TrainParameters} parameters
 * @param {import('../runtime/runtime.mjs').Host} host
 * @returns {Promise<{ stopped: boolean, last: Progress | undefined, sample: string }>}
 */
export default async function train(parameters, host) {
  const { fill, resume, cell, hidden, layers, embedding, dropout, batch, steps, epochs, iterations, clip, seed, symbols, opening, every } = parameters
  const gpu = await openAndTell(host)
  const saved = resume ? await host.read('model') : undefined
  const text = new TextDecoder().decode(await host.read('text'))
  const Model = fill ? BlankModel : TextModel
  const loaded = saved && (await Model.load(saved, { device: gpu }))
  const corpus = Corpus.fromText(text, loaded ? { vocabulary: loaded.vocabulary } : { symbols })
  const { vocabulary, training, heldOut } = corpus
  // An opening with unknown characters is an error now, not after minutes of training.
  vocabulary.encode(opening)
  const sizes = { device: gpu, hidden, layers, vocabulary, seed, .../** @type {any} */ (given({ cell, dropout })) }
  const model = loaded ?? (fill ? await BlankModel.create(sizes) : await TextModel.create({ ...sizes, ...given({ embedding }) }))
  await host.tell({
    kind: 'corpus',
    characters: training.length,
    heldOut: heldOut.length,
    vocabulary: vocabulary.size,
    parameters: model.network.parameterCount,
  })

  const look = lookAt(model, parameters, heldOut)
  const options = {
    batch,
    steps,
    ...given({ epochs, iterations }),
    seed,
    optimizer: adam({ rate: rateOf(parameters, training.length) }),
    recover: true,
    ...given({ clipNorm: clip, resume: saved }),
  }
  const run = model.train(corpus, options)
  const save = async (/** @type {number} */ step) => {
    await host.write('model', await run.save())
    await host.tell({ kind: 'saved', step })
  }
  /** @type {Progress | undefined} */
  let last
  let [lastReport, nextLook] = [-Infinity, performance.now() + 5_000]
  for await (const { step: index, ...p } of run) {
    const [step, now] = [index + 1, performance.now()]
    const { loss, perplexity, charsPerSecond, totalSteps } = p
    // By the speed of now; the first step may have compiled, and would foretell hours.
    const secondsLeft = last && ((totalSteps - step) * batch * steps) / charsPerSecond
    last = { step, totalSteps, loss, perplexity, heldOutPerplexity: last?.heldOutPerplexity, charsPerSecond, secondsLeft }
    if (host.stopped || step >= totalSteps) break
    if (every !== undefined && step % every === 0) await save(step)
    if (now >= nextLook) {
      last.heldOutPerplexity = await look.perplexity()
      await host.tell({ kind: 'sample', step, text: await look.sample() })
      // Looking at the model takes a tenth of the time at most, however slow the adapter.
      nextLook = performance.now() + Math.max(10_000, 9 * (performance.now() - now))
    }
    if (performance.now() - lastReport > 100) {
      lastReport = performance.now()
      await host.tell({ kind: 'progress', ...last })
    }
  }
  // What was learned is safe before anything else is done: a last look may take as long as the person is patient.
  if (last) await save(last.step)
  const { stopped } = host
  if (last && !stopped) last.heldOutPerplexity = await look.perplexity()
  const sample = await look.sample()
  model.destroy()
  gpu.destroy()
  return { stopped, last, sample }
}

/** The rate over the training steps: as the page has it, the end of a cosine is a twentieth, so that a run that goes on still learns.
 * @param {TrainParameters} parameters @param {number} length characters to train on */
function rateOf({ rate, schedule, batch, steps, epochs, iterations }, length) {
  if (schedule === 'constant') return rate
  return cosine({ rate, floor: rate / 20, steps: iterations ?? (epochs ?? 1) * Math.max(1, Math.floor((length - 1) / (batch * steps))) })
}

/** The options that were given. @param {Record<string, unknown>} options */
const given = (options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** What a model does with held-out text, and with the opening.
 * @param {TextModel | BlankModel} model @param {TrainParameters} parameters @param {Uint32Array} heldOut */
function lookAt(model, { opening, length, temperature, seed }, heldOut) {
  if (model instanceof TextModel)
    return {
      perplexity: async () => (heldOut.length > 1 ? model.evaluate(heldOut) : undefined),
      sample: () => model.generate(opening, { length, temperature, seed }),
    }
  const blank = ['_', '□', '▢'].find((mark) => !model.vocabulary.has(mark)) ?? '\u{10ffff}'
  const symbols = model.vocabulary.split(opening)
  const holes = symbols.map((symbol, i) => (i % 4 === 2 || symbols.length < 3 ? blank : symbol)).join('')
  return {
    perplexity: async () => (heldOut.length > 0 ? (await model.evaluate(heldOut)).perplexity : undefined),
    sample: async () => `${holes} → ${(await model.guess(holes, { blank })).text}`,
  }
}
