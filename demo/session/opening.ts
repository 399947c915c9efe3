// The model that writes as the page opens, on the CPU: it was trained before, and comes with the page. It is loaded after the first
// paint.
import { computed, signal, untracked } from '@preact/signals'
import type { Sample } from 'sluice'
import type { SmallGru } from '../opening/gru'
import type { Failure } from '../shared/protocol'
import { builtIn, isStory, type Story } from '../shared/texts'
import { pack, type SampledText } from '../shared/train/sampled-text'
import { language } from '../page/language'
import { ownText, settings } from './settings'
import { text } from './text'

interface Written {
  /** The text that the model learned. */
  readonly source: Story
  readonly model: SmallGru
  readonly prefix: string
  readonly draws: SampledText
  readonly done: boolean
}

/** What it has written so far; null until it is loaded. */
export const opening = signal<Written | null>(null)
export const openingFailure = signal<Failure | null>(null)
/** Whether the model could not be loaded. */
export const openingLost = signal(false)
/** Whether it has written what it writes, or cannot: then a recording may take its place. */
export const openingOver = computed(() => openingLost.value || opening.value?.done === true)

/** Characters of a text, and milliseconds from one to the next: fast enough to read along. */
const [length, pace] = [180, 45]
/** Alternatives of each character. */
const alternatives = 6

const models = new Map<Story, Promise<SmallGru>>()

async function loadModel(source: Story): Promise<SmallGru> {
  const [{ SmallGru }, { addresses }] = await Promise.all([import('../opening/gru'), import('../opening/files')])
  const response = await fetch(addresses[source])
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
  return SmallGru.read(await response.arrayBuffer())
}

/** The model of a built-in text. A model that could not be loaded is asked for again. */
export function openingModel(source: Story): Promise<SmallGru> {
  const model = models.get(source) ?? loadModel(source)
  models.set(source, model)
  model.catch(() => models.delete(source))
  return model
}

/** The address of its file, for the worker. */
export async function openingAddress(source: Story): Promise<string> {
  const { addresses } = await import('../opening/files')
  return new URL(addresses[source], location.href).href
}

/** The model of the chosen text, or of the page's language. */
export function openingSource(): Story {
  const { source } = text.value
  return isStory(source) ? source : ownText(language.value)
}

let request = 0

/** Writes after an opening, character by character (default: the usual opening of the text). Only the last request goes on. */
export async function writeOpening(source: Story, prefix: string = builtIn[source].opening): Promise<void> {
  const mine = ++request
  openingFailure.value = null
  try {
    const model = await openingModel(source)
    if (mine !== request) return
    const { temperature } = settings.peek()
    const samples: Sample[] = []
    const draws = model.write(prefix, { temperature, alternatives }, Math.random)
    const show = (done: boolean) => (opening.value = { source, model, prefix, draws: pack(samples), done })
    // Who wants no motion gets the whole text at once.
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    while (samples.length < length) {
      samples.push(draws.next().value as Sample)
      if (still) continue
      show(samples.length === length)
      await new Promise((resolve) => setTimeout(resolve, pace))
      if (mine !== request) return
    }
    show(true)
  } catch (error) {
    // Without it the page still trains. Only a character that it does not know is the person's to hear of.
    const { code, message } = error as { code?: string; message: string }
    if (code === 'unknown-character') openingFailure.value = { code, message }
    else {
      openingLost.value = true
      console.warn(`The model that writes at first could not be loaded: ${message}`)
    }
  }
}

/** Stops writing; what is written stays. */
export function stopOpening(): void {
  request++
  const now = untracked(() => opening.value)
  if (now) opening.value = { ...now, done: true }
}
