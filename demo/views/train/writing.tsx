// The settings of the samples, which may change during the training, and samples after the person's own opening.
import { signal } from '@preact/signals'
import { FailureNote } from '../../parts/failure-note'
import { NumberField, Slider } from '../../parts/field'
import { count } from '../../parts/format'
import { failureOf, stream } from '../../client/client'
import { join, pack, type SampledText } from '../../shared/train/sampled-text'
import { language } from '../../page/language'
import { opening as openingText, openingFailure, writeOpening } from '../../session/opening'
import { learning, samplingFailure, training } from '../../session/training'
import { ownText, set, settings } from '../../session/settings'
import type { Failure } from '../../shared/protocol'
import { SampledCharacters } from './stage'
import { words } from './strings'

export function Sampling() {
  const w = words.value
  const { temperature, length, topK } = settings.value
  return (
    <div class="sampling">
      <Slider
        name="temperature"
        label={w.temperature}
        value={temperature}
        min={0}
        max={2}
        step={0.05}
        show={(value) => value.toFixed(2)}
        onChange={(value) => set('temperature', value)}
      />
      <NumberField name="length" label={w.length} value={length} min={1} onChange={(value) => set('length', value)} />
      <NumberField name="topK" label={w.topK} value={topK} onChange={(value) => set('topK', value)} />
      <FailureNote failure={samplingFailure.value} />
    </div>
  )
}

interface Written {
  readonly prefix: string
  readonly draws: SampledText
  /** The training step at which it was sampled. */
  readonly step: number
  readonly done: boolean
}

const opening = signal('')
const sample = signal<Written | null>(null)
const failure = signal<Failure | null>(null)
let times = 0
let request = new AbortController()

async function write(): Promise<void> {
  // Without a run the model that comes with the page continues, on the stage.
  if (!training.isLive.value) {
    document.getElementById('opening')?.scrollIntoView({ block: 'nearest' })
    return writeOpening(ownText(language.value), opening.value || undefined)
  }
  request.abort() // only the last request counts
  const { signal } = (request = new AbortController())
  const { temperature, topK, length } = settings.value
  failure.value = null
  sample.value = { prefix: opening.value, draws: pack([]), step: learning.value.step, done: false }
  try {
    // Another seed each time, so that a second request gives another text.
    for await (const draws of stream('write', { prefix: opening.value, seed: ++times, sampling: { temperature, topK, length } }, signal))
      sample.value = { ...sample.value, draws: join(sample.value.draws, draws) }
    if (!signal.aborted) sample.value = { ...sample.value, done: true }
  } catch (error) {
    if (signal.aborted) return
    sample.value = null
    failure.value = failureOf(error)
  }
}

export function Continue() {
  const w = words.value
  const text = sample.value
  return (
    <section class="write-on" aria-labelledby="write-title">
      <h2 id="write-title">{w.own}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void write()
        }}
      >
        <label class="field">
          <span class="visually-hidden">{w.own}</span>
          <input
            id="own-prefix"
            type="text"
            dir="auto"
            autocomplete="off"
            spellcheck={false}
            value={opening.value}
            onInput={(event) => (opening.value = event.currentTarget.value)}
          />
        </label>
        <button id="write" disabled={!training.isLive.value && (openingText.value === null || training.status.value !== 'idle')}>
          {w.write}
        </button>
      </form>
      <FailureNote failure={failure.value ?? openingFailure.value} />
      <div id="written" aria-busy={text !== null && !text.done}>
        {text && (
          <>
            <p class="label" aria-live="polite">
              {text.done && w.wrote(count(text.step))}
            </p>
            <SampledCharacters id="written-own" label={w.own} prefix={text.prefix} draws={text.draws} />
          </>
        )}
      </div>
    </section>
  )
}
