// Two networks of equal size learn to guess hidden characters: one is bidirectional, one reads forward only.
import { adam, BlankModel, Corpus, parameterShapes, SluiceError, type Training } from 'sluice'
import { device } from './device'
import { EvaluationSchedule } from './evaluation-schedule'
import type { RunConfig, StateChange } from '../shared/run-config'
import { roundRunner, type RunContext } from './round-runner'
import { inRounds } from './rounds'
import { equalSizes, specOf } from '../shared/race/sizes'
import { advance, sides, type BlankGuess, type BlankEvent, type BlankSettings, type Learning, type Of, type Side } from '../shared/blank/record'

/** Characters of the held-out text to evaluate on. */
const heldOutLimit = 4096
/** Characters that mark a blank. The first one that the text does not contain is used. */
const blankMarks = ['□', '_', '▢', '\u{f8ff}']

const ofEach = async <Value>(make: (side: Side) => Promise<Value>): Promise<Of<Value>> => ({ both: await make('both'), before: await make('before') })

let models: Of<BlankModel> | null = null

async function* live(
  {
    config: {
      text,
      settings: { cell, hidden, seed, iterations },
    },
  }: { readonly config: RunConfig<BlankSettings> },
  { budget, signal, saved, onSave: savedBy }: RunContext<BlankEvent, Learning>,
): AsyncGenerator<BlankEvent | StateChange> {
  const corpus = Corpus.fromText(text)
  const reading = { task: 'blanks', vocabulary: corpus.vocabulary.size } as const
  const lanes = sides.map((side) => ({ cell, layers: 1, both: side === 'both' }))
  const weights = [...parameterShapes(specOf(lanes[0]!, hidden, reading)).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0)
  if (weights > 1e9)
    throw new SluiceError(
      'too-large',
      `${hidden} hidden units in each direction make ${weights} weights, expected at most 1,000,000,000. Lower the hidden units.`,
    )
  const [both, before] = equalSizes(lanes, weights, reading)
  const sizes = { both: both!, before: before! }
  const gpu = await device()
  const created: BlankModel[] = []
  let trainings: readonly Training[] = []
  const fileOf = (side: Side) => saved?.files[sides.indexOf(side)] ?? null
  try {
    const pair = await ofEach(async (side) => {
      const file = fileOf(side)
      const model = file
        ? await BlankModel.load(file, { device: gpu })
        : await BlankModel.create({ vocabulary: corpus.vocabulary, cell, hidden: sizes[side].hidden, bidirectional: side === 'both', seed, device: gpu })
      created.push(model)
      return model
    })
    // No limit of epochs: the run counts steps.
    trainings = sides.map((side) =>
      pair[side].train(corpus, { optimizer: adam({ rate: 1e-2 }), epochs: 1e9, seed, ...(fileOf(side) && { resume: fileOf(side)! }) }),
    )
    savedBy(() => Promise.all(trainings.map((training) => training.save())))
    const heldOut = corpus.heldOut.subarray(0, heldOutLimit)
    const rounds = {
      step: saved?.step ?? 0,
      async train(count: number): Promise<BlankEvent> {
        for (const training of trainings) for (let i = 0; i < count && !signal.aborted; i++) await training.next()
        return { kind: 'progress', step: (this.step += count) }
      },
      async evaluate(): Promise<BlankEvent> {
        const accuracy = heldOut.length >= 100 ? await ofEach(async (side) => (await pair[side].evaluate(heldOut)).accuracy) : null
        return { kind: 'evaluation', step: this.step, accuracy }
      },
      isOver: false,
    }
    if (saved) {
      models = pair
      yield { kind: 'resumed' }
    } else {
      const untrained = await rounds.evaluate()
      const first = await rounds.train(1) // throws if a setting is invalid, and compiles the kernels
      models = pair
      yield { kind: 'started', sizes }
      yield untrained
      yield first
      budget.spend(1)
    }
    yield* inRounds<BlankEvent>(rounds, { gpu, budget, signal, iterations, schedule: new EvaluationSchedule() })
  } finally {
    models = null
    for (const training of trainings) await training.return()
    for (const model of created) model.destroy()
  }
}

export const blank = roundRunner({ key: 'blank', train: live, advance, pack: (shown) => shown, unpack: (data) => data })

export const blankHandlers = {
  /** The guesses of both networks for the hidden characters of a text; null if there are no networks. */
  async guessBlanks({ characters, hidden }: { characters: readonly string[]; hidden: readonly number[] }): Promise<Of<readonly BlankGuess[]> | null> {
    const pair = models
    if (!pair || hidden.length === 0) return null
    const { vocabulary } = pair.both
    vocabulary.encode(characters.join('')) // throws for unknown characters, hidden or not
    const blank = blankMarks.find((mark) => !vocabulary.has(mark))
    if (blank === undefined)
      throw new SluiceError('bad-text', 'the text contains every character that could mark a blank, expected at least one of □ _ ▢ to be missing from it')
    const hiddenPositions = new Set(hidden)
    const text = characters.map((character, i) => (hiddenPositions.has(i) ? blank : character)).join('')
    return ofEach(async (side) => {
      const { blanks } = await pair[side].guess(text, { blank, top: vocabulary.size })
      return blanks.map(({ position, guesses }) => ({
        position,
        guesses: guesses.slice(0, 5),
        hiddenProbability: guesses.find(({ character }) => character === characters[position])!.probability,
      }))
    })
  },
}
