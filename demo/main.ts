// The page: it puts the views together. Each view listens to the session and knows nothing of the others.
import { showCells } from './cells'
import { Controls } from './controls'
import { element } from './dom'
import { showLearning } from './learning'
import { showSamples } from './samples'
import { FailureError, Session } from './session'
import { fillFromAddress } from './settings'
import { Texts } from './texts'
import { showUnavailable } from './unavailable'

const adapter = element('adapter', HTMLElement)
element('unavailable-retry', HTMLButtonElement).addEventListener('click', () => location.reload())

/** The text that `npm start` was given, which its server hands on. */
async function openFromAddress(address: string, texts: Texts): Promise<void> {
  const url = new URL(address, location.href)
  // A link must not make the page ask another server for anything.
  if (url.origin !== location.origin) throw new FailureError({ code: 'bad-value', message: `text=${address} is on another server` })
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.pathname} could not be loaded: the server answered ${response.status}`)
  const bytes = await response.arrayBuffer()
  await texts.open(new File([bytes], url.pathname.split('/').at(-1) || 'text'))
}

async function begin(): Promise<void> {
  if (!navigator.gpu) {
    // The library says it best, and only a page without WebGPU need load it for that.
    const { openDevice, SluiceError } = await import('sluice')
    return openDevice().then(
      () => {},
      (error: unknown) => {
        adapter.hidden = true
        showUnavailable(error instanceof SluiceError ? error : { code: 'unexpected', message: String(error) })
      },
    )
  }
  const session = new Session()
  session.on('adapter', ({ name, isSoftware }) => {
    adapter.textContent = isSoftware ? `${name}: a software adapter. The CPU does the work, expect it to be slow.` : `${name} (GPU)`
    adapter.classList.toggle('software', isSoftware)
  })
  session.on('unavailable', ({ failure }) => {
    adapter.hidden = true
    showUnavailable(failure)
  })

  const parameters = new URLSearchParams(location.search)
  showCells()
  fillFromAddress(parameters)
  const temperature = parameters.get('temperature')
  if (temperature !== null) element('temperature', HTMLInputElement).value = temperature
  let controls: Controls | null = null
  const texts = new Texts(session, () => controls?.compare())
  controls = new Controls(session, texts)
  showLearning(session)
  showSamples(session)
  session.open()

  const [corpus, text] = [parameters.get('corpus'), parameters.get('text')]
  if (corpus === 'chinese') texts.choose('chinese')
  if (text !== null) await openFromAddress(text, texts).catch((error: unknown) => texts.fail(error))
}

await begin()
