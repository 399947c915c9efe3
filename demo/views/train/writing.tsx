// What it writes: samples from the same beginning, the newest on top, so that noise is seen becoming words; and a box for
// a beginning of one's own.
import { signal } from '@preact/signals'
import { FailureNote } from '../../parts/failure-note'
import { NumberField, Slider } from '../../parts/field'
import { count, figure } from '../../parts/format'
import { failureOf, stream } from '../../session/client'
import { curve, hasModel, samples, samplingFailure, type Sample } from '../../session/session'
import { set, settings } from '../../session/settings'
import type { Failure } from '../../worker/protocol'
import { words } from './strings'

export function Writing() {
  const w = words.value
  const { temperature, length, topK } = settings.value
  return (
    <section class="writing" aria-labelledby="writing-title">
      <h2 id="writing-title">{w.writing}</h2>
      <p class="hint">{w.writingLead}</p>
      <div class="sampling">
        <Slider name="temperature" label={w.temperature} value={temperature} min={0} max={2} step={0.05} show={(value) => value.toFixed(2)} onChange={(value) => set('temperature', value)} />
        <NumberField name="length" label={w.length} value={length} min={1} onChange={(value) => set('length', value)} />
        <NumberField name="topK" label={w.topK} value={topK} onChange={(value) => set('topK', value)} />
      </div>
      <FailureNote failure={samplingFailure.value} />
      <Own />
      {samples.value.length === 0 && <p class="hint">{w.empty}</p>}
      <ol id="samples" class="samples" reversed aria-label={w.samples}>
        {samples.value.toReversed().map((sample) => (
          <Written key={sample.step} sample={sample} />
        ))}
      </ol>
    </section>
  )
}

function Written({ sample: { step, prefix, text, heldOutLoss } }: { sample: Sample }) {
  const w = words.value
  return (
    <li>
      <p class="sample-head">
        <b>{step === 0 ? w.before : w.atStep(count(step))}</b>
        {heldOutLoss !== null && <span class="label">{w.perplexityIs(figure(Math.exp(heldOutLoss)))}</span>}
      </p>
      <p class="sample-text">
        <span class="prefix">{prefix}</span>
        {text}
      </p>
    </li>
  )
}

const own = signal('')
const written = signal<{ readonly prefix: string; readonly text: string; readonly done: boolean } | null>(null)
const ownFailure = signal<Failure | null>(null)
let times = 0
let asked = new AbortController()

async function write(): Promise<void> {
  asked.abort() // what was asked for last counts
  const { signal } = (asked = new AbortController())
  const { temperature, topK, length } = settings.value
  ownFailure.value = null
  written.value = { prefix: own.value, text: '', done: false }
  try {
    // Another seed each time: who asks again wants another text.
    for await (const piece of stream('write', { prefix: own.value, seed: ++times, sampling: { temperature, topK, length } }, signal)) written.value = { ...written.value, text: written.value.text + piece }
    if (!signal.aborted) written.value = { ...written.value, done: true }
  } catch (error) {
    if (signal.aborted) return
    written.value = null
    ownFailure.value = failureOf(error)
  }
}

/** Writing from one's own beginning, at once. */
function Own() {
  const w = words.value
  const shown = written.value
  return (
    <>
      <form
        class="own"
        onSubmit={(event) => {
          event.preventDefault()
          void write()
        }}
      >
        <label class="field">
          <span class="label">{w.own}</span>
          <input id="own-prefix" type="text" autocomplete="off" spellcheck={false} value={own.value} onInput={(event) => (own.value = event.currentTarget.value)} />
        </label>
        <button id="write" disabled={!hasModel.value}>
          {w.write}
        </button>
      </form>
      <FailureNote failure={ownFailure.value} />
      <div id="written" aria-live="polite" aria-busy={shown !== null && !shown.done}>
        {shown && (
          <p class="sample-text">
            <span class="prefix">{shown.prefix}</span>
            {shown.text}
            <span class="label"> {shown.done ? w.wrote(count(curve.value.points.last)) : w.writing_}</span>
          </p>
        )}
      </div>
    </>
  )
}
