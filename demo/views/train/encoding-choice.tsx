// Asks for the encoding of a file, by showing a line of it in each: who knows the text knows which is right.
import { useEffect, useRef } from 'preact/hooks'
import { readUnsureFile, unsureFile } from '../../session/text'
import { words } from './strings'
import './encoding-choice.css'

export function EncodingChoice() {
  const group = useRef<HTMLDivElement>(null)
  const unsure = unsureFile.value
  // The focus comes here, wherever on the page the file was dropped. On a phone the settings unfold first.
  useEffect(() => {
    const frame = requestAnimationFrame(() => group.current?.focus())
    return () => cancelAnimationFrame(frame)
  }, [unsure])
  if (!unsure) return null
  const w = words.value.encoding
  const leave = () => (unsureFile.value = null)
  return (
    <div
      ref={group}
      id="encodings"
      class="encodings"
      role="group"
      tabIndex={-1}
      aria-labelledby="encodings-title"
      onKeyDown={(event) => event.key === 'Escape' && leave()}
    >
      <p id="encodings-title">
        <cite dir="auto">{unsure.file.name}</cite> {w.which}
      </p>
      <ul>
        {unsure.guesses.map(({ encoding, sample }) => (
          <li key={encoding}>
            <button type="button" data-encoding={encoding} onClick={() => void readUnsureFile(encoding)}>
              <bdi class="encodings-sample" dir="auto">
                {sample}
              </bdi>
              <span class="label">{w.names[encoding] ?? encoding}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="quiet" data-answer="no" onClick={leave}>
        {w.none}
      </button>
    </div>
  )
}
