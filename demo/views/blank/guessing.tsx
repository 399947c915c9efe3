// The guesses of both networks: the score, the filled passages side by side, and a table of all blanks.
import { probability } from '../../parts/format'
import { Guesses, nameOf } from '../../parts/guesses'
import { ariaDisabled } from '../../parts/aria-disabled'
import { at, guesses, hidden, isRight, learning, resetScore, score, total, type Score } from './store'
import { words } from './strings'
import { sides, type BlankGuess, type Side } from '../../shared/blank/record'

export function Guessing() {
  const w = words.value
  const now = guesses.value
  const note = !learning.value ? w.notYet : hidden.value.size === 0 ? w.nothing : null
  return (
    <section class="blank-part" aria-labelledby="guesses-title">
      <h3 id="guesses-title">{w.guesses}</h3>
      <Scores />
      {note && (
        <p id="note" class="hint">
          {note}
        </p>
      )}
      {now && (
        <>
          <div class="blank-pair">
            {sides.map((side) => (
              <Filled key={side} side={side} characters={now.characters} asked={now.bySide[side]} />
            ))}
          </div>
          <details class="chart-numbers" id="table">
            <summary>{w.tableIs}</summary>
            <div class="chart-scroll" tabIndex={0} role="region" aria-label={w.tableIs}>
              <Table characters={now.characters} both={now.bySide.both} before={now.bySide.before} />
            </div>
          </details>
        </>
      )}
    </section>
  )
}

function Mark({ right }: { right: boolean }) {
  return (
    <span class="blank-mark" role="img" aria-label={right ? words.value.right : words.value.wrong}>
      {right ? '✓' : '✗'}
    </span>
  )
}

/** The passage as one network fills it in, and its guesses for the blank that is pointed at. */
function Filled({ side, characters, asked }: { side: Side; characters: readonly string[]; asked: readonly BlankGuess[] }) {
  const w = words.value
  const blanks = new Map(asked.map((one) => [one.position, one]))
  const pointed = at.value === null ? undefined : blanks.get(at.value)
  return (
    <section class="blank-filled" data-side={side} aria-label={w.sides[side]}>
      <h4>{w.sides[side]}</h4>
      <p class="blank-text" dir="auto">
        {characters.map((character, i) => {
          const blank = blanks.get(i)
          if (!blank) return character
          const right = isRight(blank, characters)
          const guessed = blank.guesses[0]!.character
          return (
            <span key={i} class={right ? 'right' : 'wrong'}>
              {guessed === '\n' ? '⏎' : guessed === ' ' ? '␣' : guessed}
              <Mark right={right} />
            </span>
          )
        })}
      </p>
      <div aria-live="polite">
        {pointed ? (
          <>
            <p class="label">{w.here(String(pointed.position + 1), nameOf(characters[pointed.position]!))}</p>
            <Guesses guesses={pointed.guesses} chosen={characters[pointed.position]!} />
          </>
        ) : (
          <p class="hint">{w.hide}</p>
        )}
      </div>
    </section>
  )
}

function Table({ characters, both, before }: { characters: readonly string[]; both: readonly BlankGuess[]; before: readonly BlankGuess[] }) {
  const w = words.value
  const cells = (one: BlankGuess) => [
    <td>
      {nameOf(one.guesses[0]!.character)} {probability(one.guesses[0]!.probability)} <Mark right={isRight(one, characters)} />
    </td>,
    <td>{probability(one.hiddenProbability)}</td>,
  ]
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{w.table.position}</th>
          <th scope="col">{w.table.hidden}</th>
          {sides.flatMap((side) => [
            <th scope="col">
              {w.sides[side]}: {w.table.guess}
            </th>,
            <th scope="col">
              {w.sides[side]}: {w.table.probability}
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {both.map((one, i) => (
          <tr key={one.position} onClick={() => (at.value = one.position)}>
            <td>{one.position + 1}</td>
            <td dir="auto">{nameOf(characters[one.position]!)}</td>
            {cells(one)}
            {cells(before[i]!)}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Scores() {
  const w = words.value
  const row = (label: string, name: string, { of, ...right }: Score) => (
    <tr data-score={name}>
      <th scope="row">{label}</th>
      {sides.map((side) => (
        <td key={side}>
          {of === 0 ? '–' : w.of(String(right[side]), String(of))} {of > 0 && <span class="label">{Math.round((100 * right[side]) / of)} %</span>}
        </td>
      ))}
    </tr>
  )
  return (
    <div class="blank-score" role="status">
      <table id="score">
        <thead>
          <tr>
            <th scope="col">{w.score}</th>
            {sides.map((side) => (
              <th key={side} scope="col">
                {w.sides[side]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {row(w.thisText, 'passage', score.value)}
          {row(w.soFar, 'total', total.value)}
        </tbody>
      </table>
      <button class="quiet" id="reset-score" {...ariaDisabled(total.value.of === 0, resetScore)}>
        {w.resetScore}
      </button>
    </div>
  )
}
