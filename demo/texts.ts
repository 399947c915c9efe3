// The text to learn from: built in, pasted, opened or dropped. It never leaves the page and its worker.
import { create, element } from './dom'
import { count } from './format'
import { FailureError, type Session } from './session'

type Source = 'english' | 'chinese' | 'paste' | 'file'
interface Text {
  readonly name: string
  readonly text: string
  /** What the samples begin with unless told. */
  readonly prefix: string
}

const builtIn = {
  english: { name: 'The Keeper of the Lower Lock', prefix: 'The river', load: () => import('./corpora/english.txt?raw') },
  chinese: { name: '望春闸', prefix: '青河', load: () => import('./corpora/chinese.txt?raw') },
}

/** Some words for the samples to begin with that the vocabulary is sure to have: those of the text itself. */
export function opening(text: string): string {
  const [line = ''] = text.trimStart().split('\n', 1)
  const words = [...line.slice(0, 24)].slice(0, 12).join('')
  const start = words.includes(' ') ? words.slice(0, words.lastIndexOf(' ')) : [...words].slice(0, 4).join('')
  return start || [...text.slice(0, 2)].slice(0, 1).join('')
}

export class Texts {
  readonly #sources = element('sources', HTMLElement)
  readonly #paste = element('paste', HTMLTextAreaElement)
  readonly #about = element('text-about', HTMLElement)
  readonly #preview = element('text-preview', HTMLElement)
  readonly #error = element('text-error', HTMLElement)
  #file: Text | null = null
  /** Counts the changes of the text, to tell whether it is still the one that trains. */
  revision = 0
  /** Which showing is the newest: what an older one finds out comes too late. */
  #showing = 0

  constructor(
    private readonly session: Session,
    private readonly changed: () => void,
  ) {
    this.#sources.addEventListener('change', () => this.#show())
    let typing = 0
    this.#paste.addEventListener('input', () => {
      this.revision++
      clearTimeout(typing)
      typing = window.setTimeout(() => this.#show(), 300)
    })
    const input = element('file', HTMLInputElement)
    input.addEventListener('change', () => {
      const [file] = input.files ?? []
      input.value = '' // so that the same file, mended, can be opened again
      if (file) void this.open(file)
    })
    this.#catchDrops()
    this.#show()
  }

  get #source(): Source {
    return this.#sources.querySelector<HTMLInputElement>('input:checked')!.value as Source
  }

  choose(source: Source): void {
    this.#sources.querySelector<HTMLInputElement>(`input[value=${source}]`)!.checked = true
    this.#show()
  }

  /** The text as it is chosen now; empty when there is none, which the library refuses in words. */
  async current(): Promise<Text> {
    const source = this.#source
    if (source === 'paste') return { name: 'the pasted text', text: this.#paste.value, prefix: opening(this.#paste.value) }
    if (source === 'file') return this.#file ?? { name: 'the file', text: '', prefix: '' }
    const { name, prefix, load } = builtIn[source]
    return { name, prefix, text: (await load()).default }
  }

  /** Reads a file strictly. One that is no text changes nothing. */
  async open(file: Blob & { readonly name: string }): Promise<void> {
    this.fail(null)
    try {
      const bytes = await file.arrayBuffer()
      const { text } = await this.session.inspect(file.name, bytes)
      this.revision++
      this.#file = { name: file.name, text: text!, prefix: opening(text!) }
      this.choose('file')
    } catch (error) {
      this.fail(error)
    }
  }

  #show(): void {
    const source = this.#source
    element('paste-field', HTMLElement).hidden = source !== 'paste'
    element('file-field', HTMLElement).hidden = source !== 'file'
    this.fail(null)
    this.changed()
    void this.#describe(++this.#showing)
  }

  async #describe(showing: number): Promise<void> {
    try {
      const { name, text } = await this.current()
      const found = text === '' ? null : await this.session.inspect(name, text)
      if (showing !== this.#showing) return
      const numbers = found && `${count(found.characters)} characters, ${count(found.vocabulary)} different`
      const titled = this.#source !== 'paste'
      this.#about.replaceChildren(...(numbers && titled ? [create('cite', '', name), `: ${numbers}.`] : [numbers ? `${numbers}.` : '']))
      this.#preview.textContent = text.slice(0, 600).replace(/\s+/g, ' ').trim().slice(0, 300)
      this.#preview.hidden = text === '' || !titled
    } catch (error) {
      if (showing === this.#showing) this.fail(error)
    }
  }

  /** Says what is wrong with a text, or with null that nothing is. */
  fail(error: unknown): void {
    this.#error.hidden = error === null
    if (error === null) return
    const known = error instanceof FailureError || error instanceof Error
    this.#error.textContent = known ? error.message : String(error)
    this.#error.scrollIntoView({ block: 'nearest' })
  }

  #catchDrops(): void {
    const overlay = element('drop', HTMLElement)
    addEventListener('dragover', (event) => {
      event.preventDefault() // else the browser would open the file in place of the page
      overlay.hidden = false
    })
    addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) overlay.hidden = true
    })
    addEventListener('drop', (event) => {
      event.preventDefault()
      overlay.hidden = true
      const [file] = event.dataTransfer?.files ?? []
      const text = event.dataTransfer?.getData('text/plain') ?? ''
      if (file) return void this.open(file)
      if (text === '') return
      this.revision++
      this.#paste.value = text
      this.choose('paste')
    })
  }
}
