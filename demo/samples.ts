// The view "What it writes": samples from the same beginning, the newest on top, so that noise is seen becoming words;
// and a box for a beginning of one's own.
import { create, element, numberIn } from './dom'
import { count, perplexity } from './format'
import type { Failure, Sampling } from './protocol'
import type { Session } from './session'

/** Samples kept; between them those are dropped that say least about how it went. */
const most = 40

/** How it writes, as the fields stand. */
export function readSampling(): Sampling {
  return {
    temperature: element('temperature', HTMLInputElement).valueAsNumber,
    length: numberIn(element('length', HTMLInputElement)),
    topK: numberIn(element('top-k', HTMLInputElement)),
  }
}

export function showSamples(session: Session): void {
  const list = element('samples', HTMLOListElement)
  const empty = element('samples-empty', HTMLElement)
  const error = element('write-error', HTMLElement)
  const temperature = element('temperature', HTMLInputElement)
  let entries: { step: number; item: HTMLElement }[] = [] // oldest first

  const fail = (failure: Failure | null) => {
    error.hidden = failure === null
    error.textContent = failure?.message ?? ''
  }
  const clear = () => {
    entries = []
    list.replaceChildren()
    empty.hidden = false
    fail(null)
  }
  const showTemperature = () => (element('temperature-value', HTMLOutputElement).value = temperature.valueAsNumber.toFixed(2))

  for (const field of [temperature, element('length', HTMLInputElement), element('top-k', HTMLInputElement)]) {
    field.addEventListener('input', () => {
      showTemperature()
      fail(null)
      session.setSampling(readSampling())
    })
  }
  showTemperature()

  session.onReset(clear)
  session.on('started', clear)
  session.on('sampling-refused', ({ failure }) => fail(failure))
  session.on('look', ({ step, prefix, text, heldOutPerplexity }) => {
    empty.hidden = true
    const title = step === 0 ? 'Before training' : `Step ${count(step)}`
    const how = heldOutPerplexity === null ? '' : `held-out perplexity ${perplexity(heldOutPerplexity)}`
    const head = create('p', 'sample-head', create('b', '', title), create('span', '', how))
    const item = create('li', '', head, create('p', 'sample-text', create('span', 'prefix', prefix), text))
    list.prepend(item)
    entries.push({ step, item })
    if (entries.length > most) entries = thin(entries)
  })
  showOwn(session, fail)
}

/** Drops the sample that lies nearest to its neighbours, counted in ratios of steps: the first and the newest stay. */
function thin<Entry extends { step: number; item: HTMLElement }>(entries: Entry[]): Entry[] {
  let least = 1
  const gap = (i: number) => (entries[i + 1]!.step + 1) / (entries[i - 1]!.step + 1)
  for (let i = 2; i < entries.length - 2; i++) if (gap(i) < gap(least)) least = i
  entries[least]!.item.remove()
  return entries.filter((_, i) => i !== least)
}

/** Writing from one's own beginning, at once. */
function showOwn(session: Session, fail: (failure: Failure | null) => void): void {
  const prefix = element('own-prefix', HTMLInputElement)
  const button = element('write-now', HTMLButtonElement)
  const written = element('written', HTMLElement)
  let id = -1
  let times = 0
  let text: HTMLElement | null = null
  let title: HTMLElement | null = null

  element('write', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    if (button.disabled) return
    fail(null)
    // Another seed each time: who asks again wants another text.
    id = session.write(prefix.value, ++times, readSampling())
    title = create('b', '', 'Writing…')
    text = create('p', 'sample-text', create('span', 'prefix', prefix.value))
    written.replaceChildren(create('p', 'sample-head', title), text)
    written.setAttribute('aria-busy', 'true')
    written.hidden = false
  })
  session.onState((state) => {
    button.disabled = !['running', 'paused', 'finished'].includes(state)
  })
  const forget = () => (written.hidden = true)
  session.onReset(forget)
  session.on('started', forget)
  session.on('wrote', (report) => {
    if (report.id === id) text?.append(report.piece)
  })
  session.on('write-ended', (report) => {
    if (report.id !== id) return
    fail(report.failure)
    written.hidden = report.failure !== null
    written.setAttribute('aria-busy', 'false')
    if (title) title.textContent = `Yours, at step ${count(report.step)}`
  })
}
