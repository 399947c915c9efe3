// Shares a sample: the link of its settings, and a picture of the text with the lines of its luck.
import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { CopyButton } from '../../parts/copy-button'
import { saveFile } from '../../parts/save-file'
import type { SampledText } from '../../shared/train/sampled-text'
import { words } from './strings'

interface Props {
  readonly prefix: string
  readonly draws: SampledText
  readonly title: string
  /** What wrote it. */
  readonly about: string
}

export function Share({ prefix, draws, title, about }: Props) {
  const w = words.value.share
  const open = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  const picture = async () => {
    const { pictureOf } = await import('./picture')
    return pictureOf({ prefix, draws, title, about, legend: words.value.surprise }, box.current!)
  }
  const file = (png: Blob) => new File([png], 'sluice.png', { type: 'image/png' })
  const canSend = typeof navigator.canShare === 'function' && navigator.canShare({ files: [file(new Blob())] })
  const send = async () => {
    try {
      await navigator.share({ title: words.value.share.what, url: location.href, files: [file(await picture())] })
    } catch (error) {
      // Who changes one's mind is no failure.
      if (!(error instanceof DOMException && error.name === 'AbortError')) throw error
    }
  }
  return (
    <div ref={box} class="share">
      <button class="quiet" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {w.share}
      </button>
      {open.value && (
        <>
          <CopyButton label={w.link} copied={words.value.linkCopied} text={() => location.href} />
          <button id="save-picture" onClick={async () => saveFile(await picture(), 'sluice.png')}>
            {w.picture}
          </button>
          {canSend && <button onClick={() => void send()}>{w.send}</button>}
          <span class="hint">{w.private}</span>
        </>
      )}
    </div>
  )
}
