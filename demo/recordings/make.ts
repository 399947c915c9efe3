// Makes the recordings that play until there are kernels, and where there is no WebGPU; run by tools/recordings.mjs. They are runs of
// the worker, thinned so that they load quickly.
import { cellNames, Corpus } from 'sluice'
import chinese from '../corpora/chinese.txt?raw'
import english from '../corpora/english.txt?raw'
import { print } from '../lessons/print'
import type { BlankEvent, BlankGuess, Of } from '../shared/blank/record'
import type { GateEvent } from '../shared/gates/record'
import { defaults as gateDefaults } from '../shared/gates/settings'
import type { GradientEvent } from '../shared/gradients/record'
import { defaults as gradientDefaults, type GradientSettings } from '../shared/gradients/settings'
import { lanesOf } from '../shared/race/lanes'
import type { RaceEvent } from '../shared/race/record'
import { defaults as raceDefaults } from '../shared/race/settings'
import { isStateChange, type RunConfig } from '../shared/run-config'
import { builtIn, type Story } from '../shared/texts'
import { charactersOf, pack, sampledAt, type SampledText } from '../shared/train/sampled-text'
import type { TrainEvent } from '../shared/train/record'
import { defaults as trainAndSampling, trainingOf } from '../shared/train/settings'
import { blank, blankHandlers } from '../worker/blank'
import { device } from '../worker/device'
import { gates } from '../worker/gates'
import { gradients } from '../worker/gradients/gradients'
import { race } from '../worker/race'
import { train } from '../worker/train'
import { written, type BlankRecording, type RecordingName } from './file'

const texts = { english, chinese } as const
const start = { from: null, waits: false }

type Kind = { readonly kind: string }

/** The events of a run until it rests. */
async function eventsOf<Event extends Kind>(follow: (signal: AbortSignal) => AsyncIterable<Kind>, also?: (event: Event) => Promise<Event>): Promise<Event[]> {
  const ending = new AbortController()
  const events: Event[] = []
  for await (const event of follow(ending.signal)) {
    if (event.kind === 'rested') break
    if (!isStateChange(event)) events.push(also ? await also(event as Event) : (event as Event))
  }
  ending.abort()
  return events
}

/** Leaves out evaluations that lie close to the one before, by the ratio of their steps; the first and the last stay. */
function thinned<Event extends Kind>(events: readonly Event[], ratio: number): Event[] {
  const last = events.findLast(({ kind }) => kind === 'evaluation')
  let kept = 0
  return events.filter((event) => {
    const { kind, step } = event as Event & { step: number }
    if (kind !== 'evaluation' || step === 0 || event === last) return true
    if (step < kept * ratio + 8) return false
    kept = step
    return true
  })
}

/** Joins runs of progress events, so that about this many are left. */
function merged<Event extends Kind>(events: readonly Event[], count: number, join: (a: Event, b: Event) => Event): Event[] {
  const most = Math.max(1, Math.ceil(events.filter(({ kind }) => kind === 'progress').length / count))
  const out: Event[] = []
  let size = 0
  for (const event of events) {
    const last = out.at(-1)
    if (event.kind === 'progress' && last?.kind === 'progress' && ++size < most) out[out.length - 1] = join(last, event)
    else {
      out.push(event)
      size = 0
    }
  }
  return out
}

const configOf = <Settings>(source: Story, settings: Settings, text: string = texts[source]): RunConfig<Settings> => ({
  text,
  textName: builtIn[source].name,
  source,
  prefix: builtIn[source].opening,
  settings,
})

/** A sample with so many alternatives of each character. */
function withFewer(draws: SampledText, count = 3): SampledText {
  const characters = charactersOf(draws)
  return pack(characters.map((character, i) => ({ character, probability: draws.chances[i]!, alternatives: sampledAt(draws, i).alternatives.slice(0, count) })))
}

async function recordTrain(source: Story): Promise<{ config: RunConfig; events: readonly Kind[] }> {
  const config = configOf(source, { ...trainingOf(trainAndSampling), iterations: source === 'english' ? 1500 : 600 })
  const sampling = { temperature: 0.8, topK: 0, length: 150 }
  const events = await eventsOf<TrainEvent>((signal) => train.follow({ ...start, config, sampling }, signal))
  type Progress = Extract<TrainEvent, { kind: 'progress' }>
  const join = (a: TrainEvent, b: TrainEvent): TrainEvent => ({ ...(b as Progress), points: [...(a as Progress).points, ...(b as Progress).points] })
  const joined = merged(events, 60, join)
  // The curve needs no more points than this, and a character no more alternatives.
  const few = joined.map((event) =>
    event.kind === 'progress'
      ? { ...event, points: event.points.filter(({ step }) => step < 60 || step % 6 === 0) }
      : event.kind === 'evaluation'
        ? { ...event, draws: withFewer(event.draws) }
        : event,
  )
  return { config, events: thinned(few, 1.8) }
}

async function recordRace(source: Story): Promise<{ config: RunConfig; events: readonly Kind[] }> {
  const config = configOf(source, { ...raceDefaults, iterations: 400 })
  const lanes = lanesOf(config.settings.lanes, config.settings.task, cellNames)
  const sampling = { temperature: 0.8, topK: 0, length: 140 }
  const events = await eventsOf<RaceEvent>((signal) => race.follow({ ...start, config, lanes, sampling }, signal))
  type Progress = Extract<RaceEvent, { kind: 'progress' }>
  const join = (a: RaceEvent, b: RaceEvent): RaceEvent => ({
    ...(b as Progress),
    lanes: (b as Progress).lanes.map((lane, i) => ({ ...lane, losses: [...(a as Progress).lanes[i]!.losses, ...lane.losses] })),
  })
  return { config, events: thinned(merged(events, 50, join), 1.4) }
}

async function recordGradients(settings: Partial<GradientSettings>): Promise<{ config: RunConfig; events: readonly Kind[] }> {
  const config: RunConfig<GradientSettings> = { text: '', textName: '', source: null, prefix: '', settings: { ...gradientDefaults, ...settings } }
  const events = await eventsOf<GradientEvent>((signal) => gradients.follow({ ...start, config }, signal))
  type Progress = Extract<GradientEvent, { kind: 'progress' }>
  const join = (a: GradientEvent, b: GradientEvent): GradientEvent => ({
    ...(b as Progress),
    lanes: (b as Progress).lanes.map((lane, i) => ({ ...lane, points: [...(a as Progress).lanes[i]!.points, ...lane.points] })),
  })
  return { config, events: thinned(merged(events, 50, join), 1.5) }
}

async function recordGates(): Promise<{ config: RunConfig; events: readonly Kind[] }> {
  const config = { text: '', textName: '', source: null, prefix: '', settings: gateDefaults }
  const events = await eventsOf<GateEvent>((signal) => gates.follow({ ...start, config }, signal))
  type Progress = Extract<GateEvent, { kind: 'progress' }>
  const join = (a: GateEvent, b: GateEvent): GateEvent => ({
    ...(b as Progress),
    steps: [...(a as Progress).steps, ...(b as Progress).steps],
    lanes: (b as Progress).lanes.map((losses, i) => [...(a as Progress).lanes[i]!, ...losses]),
  })
  // The curve needs no more points than this.
  const few = merged(events, 40, join).map((event) => {
    if (event.kind !== 'progress') return event
    const drawn = (_: number, n: number) => event.steps[n]! < 30 || event.steps[n]! % 6 === 0
    return { ...event, steps: event.steps.filter(drawn), lanes: event.lanes.map((losses) => losses.filter(drawn)) }
  })
  return { config, events: thinned(few, 1.5) }
}

/** The three likeliest guesses of both networks for each blank. */
async function guessed(characters: readonly string[], hidden: readonly number[]): Promise<Of<readonly BlankGuess[]> | null> {
  const bySide = await blankHandlers.guessBlanks({ characters, hidden })
  const few = (guesses: readonly BlankGuess[]) => guesses.map((one) => ({ ...one, guesses: one.guesses.slice(0, 3) }))
  return bySide && { both: few(bySide.both), before: few(bySide.before) }
}

async function recordBlanks(source: Story): Promise<{ config: RunConfig; events: readonly Kind[]; passage: BlankRecording['passage'] }> {
  const text = texts[source].slice(0, 60_000)
  const config = configOf(source, { cell: 'lstm' as const, hidden: 48, seed: 0, iterations: 400 }, text)
  const { heldOut, vocabulary } = Corpus.fromText(text)
  // Whole sentences, about 120 characters.
  const decoded = vocabulary.decode(heldOut.subarray(0, 600))
  const from = /[.!?。！？][”"]?\s*(?=[^\s.!?。！？”"])/u.exec(decoded)!
  const [passage] = /^.{100,}?[.!?。！？]/su.exec(decoded.slice(from.index + from[0].length))!
  const characters = [...passage]
  const hidden = characters.flatMap((character, i) => (i % 7 === 4 && character !== '\n' ? [i] : []))
  const events = await eventsOf<BlankEvent>(
    (signal) => blank.follow({ ...start, config }, signal),
    async (event) => (event.kind === 'evaluation' && event.step > 0 ? { ...event, guesses: await guessed(characters, hidden) } : event),
  )
  return {
    config,
    events: thinned(
      merged(events, 30, (_, b) => b),
      1.8,
    ),
    passage: { characters, hidden },
  }
}

const exploding = { rnn: 'rnn-relu', scale: 1.25, optimizer: 'sgd', rate: 0.01 } as const
const recipes: Record<RecordingName, () => Promise<{ config: RunConfig; events: readonly Kind[] }>> = {
  'train-english': () => recordTrain('english'),
  'train-chinese': () => recordTrain('chinese'),
  'race-english': () => recordRace('english'),
  'race-chinese': () => recordRace('chinese'),
  'blank-english': () => recordBlanks('english'),
  'blank-chinese': () => recordBlanks('chinese'),
  'gradients-vanish': () => recordGradients({ iterations: 400 }),
  'gradients-explode': () => recordGradients({ ...exploding, clipNorm: Infinity, iterations: 3 }),
  'gradients-clip': () => recordGradients({ ...exploding, compare: 'clipping', task: 'copying', steps: 18, scale: 2, rate: 0.1, iterations: 200 }),
  gates: recordGates,
}

/** @returns each recording as a file's text */
export default async function make(only?: string): Promise<Record<string, string>> {
  const { adapterName } = await device()
  const files: Record<string, string> = {}
  for (const [name, record] of Object.entries(recipes)) {
    if (only && !name.startsWith(only)) continue
    const { config, ...rest } = await record()
    files[name] = written({ adapter: adapterName, config: { ...config, text: '' }, ...rest })
    await print(`${name}: ${files[name].length} bytes, ${rest.events.length} events`)
  }
  return files
}
