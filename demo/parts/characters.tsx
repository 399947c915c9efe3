// A text whose characters can be pointed at, tapped, or reached with the arrow keys. It is one stop of the Tab key. The user of the
// component says what to show of a character; it appears beside or below the text.
import { useId, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { nameOf } from './guesses'
import './characters.css'

interface Props {
  readonly label: string
  /** The language of the text, if it differs from the page's. */
  readonly lang?: string | undefined
  readonly characters: readonly string[]
  /** The strength of the mark, 0 to 4. */
  readonly level?: (index: number) => number
  /** The background of the character, in CSS. */
  readonly tint?: (index: number) => string
  readonly children?: (index: number) => ComponentChildren
  /** Shown until a character is pointed at. */
  readonly hint?: string
  /** Text before the characters, which cannot be pointed at. */
  readonly before?: string
  readonly onPoint?: (index: number) => void
  /** The character that is shown until one is pointed at, such as the newest. It is not announced. */
  readonly shown?: number | undefined
}

export function Characters({ label, lang, characters, level = () => 0, tint, children, hint, before = '', onPoint, shown }: Props) {
  const id = useId()
  const [at, setAt] = useState<number | null>(null)
  const go = (index: number) => {
    const inside = Math.max(0, Math.min(characters.length - 1, index))
    setAt(inside)
    onPoint?.(inside)
  }
  const indexOf = (event: Event) => {
    const index = (event.target as HTMLElement).closest<HTMLElement>('[data-at]')?.dataset['at']
    if (index !== undefined && Number(index) !== at) go(Number(index))
  }
  const keys: Record<string, (from: number) => number> = {
    ArrowRight: (from) => from + 1,
    ArrowLeft: (from) => from - 1,
    ArrowDown: (from) => from + 10,
    ArrowUp: (from) => from - 10,
    Home: () => 0,
    End: () => characters.length - 1,
  }
  const about = at ?? shown ?? null
  const press = (event: KeyboardEvent) => {
    const key = keys[event.key]
    if (!key || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    go(at === null ? 0 : key(at))
  }
  return (
    <div class="characters">
      <div class={children ? 'characters-pair' : undefined}>
        <div
          class="characters-text"
          dir="auto"
          role="listbox"
          tabIndex={0}
          aria-label={label}
          lang={lang}
          aria-activedescendant={at === null ? undefined : `${id}-${at}`}
          onKeyDown={press}
          onFocus={() => at === null && go(0)}
          onPointerOver={indexOf}
          onClick={indexOf}
        >
          {before && <span class="prefix">{before}</span>}
          {characters.map((character, i) => (
            <span
              key={i}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === about}
              aria-label={nameOf(character)}
              data-at={i}
              data-level={level(i)}
              style={tint && { backgroundColor: tint(i) }}
            >
              {/* A line end is shown as a sign, so that it can be pointed at. */}
              {character === '\n' ? <i class="line-end">↵{'\u200b'}</i> : character}
            </span>
          ))}
        </div>
        {children && (
          <div class="characters-about" aria-live={at === null && shown !== undefined ? 'off' : 'polite'}>
            {about !== null && about in characters ? children(about) : hint && <p class="hint">{hint}</p>}
          </div>
        )}
      </div>
    </div>
  )
}
