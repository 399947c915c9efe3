// Start, pause, go on, reset; and what went wrong, next to them.
import { element } from './dom'
import type { Failure } from './protocol'
import { readSampling } from './samples'
import type { Session, State } from './session'
import { readPrefix, readSettings, unfold } from './settings'
import type { Texts } from './texts'

const labels: Record<State, string> = {
  opening: 'Start',
  unavailable: 'Start',
  ready: 'Start',
  starting: 'Starting…',
  running: 'Pause',
  paused: 'Go on',
  finished: 'Train further',
  failed: 'Start again',
}

export class Controls {
  readonly #primary = element('primary', HTMLButtonElement)
  readonly #error = element('error', HTMLElement)
  readonly #pending = element('pending', HTMLElement)
  readonly #form = element('settings', HTMLFormElement)
  /** Of the run that is on the page; null when there is none. */
  #started: string | null = null
  #busy = false

  constructor(
    private readonly session: Session,
    private readonly texts: Texts,
  ) {
    const reset = element('reset', HTMLButtonElement)
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#press()
    })
    this.#form.addEventListener('input', () => this.compare())
    reset.addEventListener('click', () => {
      this.#show(null)
      session.reset()
      this.#primary.focus()
    })
    session.onState((state) => {
      this.#primary.textContent = labels[state]
      this.#primary.disabled = state === 'opening' || state === 'unavailable' || state === 'starting'
      reset.disabled = !['running', 'paused', 'finished', 'failed'].includes(state)
      if (state === 'ready' || state === 'failed') this.#started = null
      this.compare()
    })
    session.on('failed', ({ failure }) => {
      // Told below, once, however many notice it.
      if (failure.code !== 'device-lost') this.#show(failure)
    })
    session.on('lost', ({ failure }) => {
      if (session.state !== 'ready') this.#show({ ...failure, message: `${failure.message} Press Start again to begin anew.` })
    })
  }

  /** Whether what is set is still what trains. */
  compare(): void {
    this.#pending.hidden = this.#started === null || this.#started === this.#stamp()
  }

  #stamp(): string {
    const source = new FormData(this.#form).get('source')
    return JSON.stringify([readSettings(), readPrefix(), source, this.texts.revision])
  }

  async #press(): Promise<void> {
    const { session } = this
    if (this.#busy || this.#primary.disabled) return
    if (session.state === 'running') return session.pause()
    if (session.state === 'paused' || session.state === 'finished') return session.resume()
    this.#busy = true
    this.#show(null)
    try {
      const { text, prefix } = await this.texts.current()
      this.#started = this.#stamp()
      session.start(text, readPrefix() || prefix, readSettings(), readSampling())
    } catch (error) {
      this.#show({ code: 'unexpected', message: `The text could not be loaded: ${String(error)}` })
    } finally {
      this.#busy = false
    }
  }

  #show(failure: Failure | null): void {
    this.#error.hidden = failure === null
    this.#error.textContent = failure?.message ?? ''
    if (failure === null) return
    // What is folded away may be what has to be changed.
    if (/\b(batch|steps|rate|clipNorm|epochs|seed|prefix)\b/.test(failure.message)) unfold()
    this.#error.scrollIntoView({ block: 'nearest' })
  }
}
