// The passage. A tap hides or shows a character.
import { signal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { Slider, TextField } from '../../parts/field'
import { FailureNote } from '../../parts/failure-note'
import { probability } from '../../parts/format'
import { nameOf } from '../../parts/guesses'
import { ariaDisabled } from '../../parts/aria-disabled'
import { at, failure, fraction, hidden, hideAtRandom, passage, runs, showAll, takePassage, toggle, typePassage } from './store'
import { words } from './strings'

const own = signal('')

export function Board() {
  const w = words.value
  useEffect(() => {
    if (passage.value.length === 0) void takePassage()
  }, [passage.value])
  return (
    <section class="blank-part" aria-labelledby="passage-title">
      <h3 id="passage-title">{w.passage}</h3>
      <p class="hint">{w.passageHow}</p>
      <Characters />
      {/* A failure of the run is shown beside its controls. */}
      <FailureNote failure={runs.failure.value ? null : failure.value} />
      <div class="blank-row">
        <button id="another" onClick={() => void takePassage()}>
          {w.another}
        </button>
        <button id="random" onClick={hideAtRandom}>
          {w.random}
        </button>
        <button id="show-all" {...ariaDisabled(hidden.value.size === 0, showAll)}>
          {w.showAll}
        </button>
        <Slider
          name="fraction"
          label={w.fraction}
          value={fraction.value}
          min={0.05}
          max={0.6}
          step={0.05}
          show={probability}
          onChange={(value) => (fraction.value = value)}
        />
        <form
          class="blank-own"
          onSubmit={(event) => {
            event.preventDefault()
            if (own.value) typePassage(own.value)
          }}
        >
          <TextField name="own-sentence" label={w.own} value={own.value} onChange={(value) => (own.value = value)} />
          <button id="use-own" disabled={own.value === ''}>
            {w.ownUse}
          </button>
        </form>
      </div>
    </section>
  )
}

/** One stop of the Tab key. Arrow keys move, Space hides and shows. */
function Characters() {
  const w = words.value
  const id = useId()
  const characters = passage.value
  const go = (to: number) => (at.value = Math.max(0, Math.min(characters.length - 1, to)))
  const from = at.value ?? -1
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(from + 1),
    ArrowLeft: () => go(from - 1),
    ArrowDown: () => go(from + 10),
    ArrowUp: () => go(from - 10),
    Home: () => go(0),
    End: () => go(characters.length - 1),
    ' ': () => at.value !== null && toggle(at.value),
    Enter: () => at.value !== null && toggle(at.value),
  }
  const press = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const tapped = (event: Event) => {
    const index = (event.target as HTMLElement).dataset['at']
    if (index === undefined) return
    go(Number(index))
    toggle(Number(index))
  }
  return (
    <div
      id="board"
      class="blank-board"
      dir="auto"
      role="listbox"
      aria-multiselectable="true"
      tabIndex={0}
      aria-label={w.board}
      aria-activedescendant={at.value === null ? undefined : `${id}-${at.value}`}
      onKeyDown={press}
      onFocus={() => at.value === null && characters.length > 0 && go(0)}
      onClick={tapped}
    >
      {characters.map((character, i) => {
        const gone = hidden.value.has(i)
        return (
          <span
            key={i}
            id={`${id}-${i}`}
            role="option"
            aria-selected={gone}
            aria-label={gone ? `${nameOf(character)}, ${w.isHidden}` : nameOf(character)}
            data-at={i}
            class={i === at.value ? 'at' : undefined}
          >
            {character}
          </span>
        )
      })}
    </div>
  )
}
