// The text to train on: built in, pasted, opened or dropped. It never leaves the page and its worker.
import { computed, effect, signal } from '@preact/signals'
import type { EncodingGuess } from 'sluice'
import type { Failure } from '../shared/protocol'
import type { Symbols } from '../shared/train/settings'
import { builtIn, isBuiltIn, openingOf, type BuiltIn, type Source, type TextFacts } from '../shared/texts'
import { call, failureOf, FailureError } from '../client/client'
import { corpus, textAddress, isGiven, settings } from './settings'

export interface Text {
  /** Unique among all texts of this visit. */
  readonly id: number | string
  readonly source: Source
  readonly name: string
  /** null until a built-in one is loaded. */
  readonly content: string | null
}

export interface LoadedText {
  readonly name: string
  readonly content: string
  /** The first words of the text, as an opening for samples: the vocabulary has all their characters. */
  readonly opening: string
}

let revision = 0
const builtInText = (source: BuiltIn): Text => ({ id: source, source, name: builtIn[source].name, content: null })

export const text = signal<Text>(builtInText(corpus.value ?? 'english'))
/** The facts of a text, and a preview. */
interface Description {
  readonly of: Pick<Text, 'id' | 'source'>
  readonly facts: TextFacts | null
  readonly preview: string
}
const described = signal<Description | null>(null)
/** The description of the chosen text; null while it is read, since that of another text would be wrong. A text that is being
 * typed keeps its description of a few keys ago. */
const description = computed(() => {
  const { id, source } = text.value
  const of = described.value?.of
  return of && (of.id === id || (of.source === 'paste' && source === 'paste')) ? described.value : null
})
const facts = computed(() => description.value?.facts ?? null)
/** The number of its characters. */
export const characterCount = computed(() => facts.value?.characters ?? null)
/** The number of its symbols, with the setting of the view Train. */
export const symbolCount = computed(() => facts.value?.[settings.value.symbols] ?? null)
export const textPreview = computed(() => description.value?.preview ?? '')
export const textFailure = signal<Failure | null>(null)
/** The pasted or typed text. It stays while another source is chosen. */
export const pasted = signal('')
const file = signal<Text | null>(null)
/** A file that is not UTF-8, until the person chooses its encoding. */
export const unsureFile = signal<{ readonly file: File; readonly guesses: readonly EncodingGuess[] } | null>(null)

export function chooseSource(source: Source): void {
  textAddress.value = null
  textFailure.value = null
  unsureFile.value = null
  if (source === 'paste') text.value = { id: ++revision, source, name: '', content: pasted.value }
  else if (source === 'file') text.value = file.value ?? { id: ++revision, source, name: '', content: '' }
  else text.value = builtInText(source)
}

export function paste(content: string): void {
  pasted.value = content
  chooseSource('paste')
}

/** Whether the address, as it was opened, asks for a text of this source. */
export const isMeantText = (source: Source): boolean =>
  !isGiven('text') && (source === 'paste' || source === 'file' ? !isGiven('corpus') : source === text.value.source)

/** Chooses the text of a saved run. */
export function restoreText(source: Source, name: string, content: string): void {
  if (source === 'paste') paste(content)
  else if (source === 'file') text.value = file.value = { id: ++revision, source, name, content }
  else chooseSource(source)
}

export function openFile(opened: File): Promise<void> {
  textAddress.value = null
  return readFile(opened)
}

/** Reads the unsure file in the encoding that the person chose. */
export async function readUnsureFile(encoding: string): Promise<void> {
  const unsure = unsureFile.value
  if (unsure) await readFile(unsure.file, encoding)
}

/** Reads a file strictly. For a file that is not text only the failure is set. For one that is not UTF-8 the person is asked. */
async function readFile(opened: File, encoding?: string): Promise<void> {
  textFailure.value = null
  unsureFile.value = null
  try {
    const read = await call('readText', { name: opened.name, bytes: await opened.arrayBuffer(), ...(encoding !== undefined && { encoding }) })
    if ('guesses' in read) {
      unsureFile.value = { file: opened, guesses: read.guesses }
      return
    }
    const content = read.text
    text.value = file.value = { id: ++revision, source: 'file', name: opened.name, content }
  } catch (error) {
    textFailure.value = failureOf(error)
  }
}

/** Opens the text of `npm start`, which its server provides. */
export async function openFromAddress(): Promise<void> {
  const address = textAddress.value
  if (address === null) return
  const url = new URL(address, location.href)
  try {
    // A link must not make the page ask another server for anything.
    if (url.origin !== location.origin) throw new FailureError({ code: 'bad-value', message: `text=${address} is on another server` })
    const bytes = await (await load(url)).blob()
    await readFile(new File([bytes], url.pathname.split('/').at(-1) || 'text'))
  } catch (error) {
    textFailure.value = failureOf(error)
  }
}

async function load(url: URL | string): Promise<Response> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${new URL(url, location.href).pathname} could not be loaded: the server answered ${response.status}`)
  return response
}

/** The chosen text, loaded. It may be empty; the library then says what is wrong. */
export async function loadText(): Promise<LoadedText> {
  const { source, name, content } = text.value
  if (source === 'paste' || source === 'file') return { name, content: content ?? '', opening: openingOf(content ?? '') }
  const { address, opening } = builtIn[source]
  const loaded = content ?? (address === null ? (await import('../shared/book')).book : await (await load(address)).text())
  if (text.value.source === source) text.value = { ...text.value, content: loaded }
  return { name, content: loaded, opening }
}

effect(() => {
  const { source } = text.value
  corpus.value = isBuiltIn(source) ? source : null
})

/** Describes each text that is chosen. A description that arrives after the next choice is dropped. */
const symbols = computed(() => settings.value.symbols)
let timer = 0
export function describeTexts(): void {
  let describedKey: Text['id'] | null = null
  effect(() => {
    const { id, source } = text.value
    const symbolKind = symbols.value
    if (describedKey === `${symbolKind} ${id}`) return
    describedKey = `${symbolKind} ${id}`
    clearTimeout(timer)
    // Not at every keystroke.
    timer = window.setTimeout(() => void describe(id, symbolKind), source === 'paste' ? 250 : 0)
  })
}

async function describe(id: Text['id'], symbols: Symbols): Promise<void> {
  try {
    const { content } = await loadText()
    const counted = content === '' ? null : await call('countText', { text: content, symbols })
    if (text.value.id === id) described.value = { of: text.value, facts: counted, preview: content.slice(0, 600).replace(/\s+/g, ' ').trim().slice(0, 300) }
  } catch (error) {
    if (text.value.id === id) textFailure.value = failureOf(error)
  }
}
