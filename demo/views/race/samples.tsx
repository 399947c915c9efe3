// The samples or guesses of the contestants, side by side, now or at an earlier step.
import { signal } from '@preact/signals'
import { nameOf as characterName } from '../../parts/guesses'
import { Swatch } from '../../parts/chart'
import { EvaluationSlider } from '../../parts/evaluation-slider'
import { count, figure } from '../../parts/format'
import { nameOf, strokeOf } from './names'
import type { LaneEvaluation, Passage, Race } from '../../shared/race/record'
import { race } from './store'
import { words } from './strings'

/** The evaluation that is shown; null for the newest. */
const chosen = signal<number | null>(null)

/** The width of a column by their number: three fit in one row, four in two. */
const leastWidth: Readonly<Record<number, string>> = { 3: '14rem', 4: '20rem' }

export function Samples() {
  const w = words.value
  const now = race.value
  return (
    <section class="race-samples" aria-labelledby="samples-title">
      <h2 id="samples-title">{w.samples}</h2>
      {now && now.evaluations.length > 0 ? <Shown now={now} /> : <p class="hint">{w.empty}</p>}
    </section>
  )
}

function Shown({ now }: { now: Race }) {
  const w = words.value
  const last = now.evaluations.length - 1
  const index = Math.min(chosen.value ?? last, last)
  const evaluation = now.evaluations[index]!
  const lanes = now.racers.map(({ lane }) => lane)
  const stepOf = (i: number) => (now.evaluations[i]!.step === 0 ? w.before : count(now.evaluations[i]!.step))
  return (
    <>
      <p class="hint">{w.samplesAbout[now.settings.task]}</p>
      <EvaluationSlider label={w.atStep} chosen={chosen} index={index} last={last} stepOf={stepOf} newest={w.newest} />
      <ul id="race-samples" class="race-columns" style={{ '--least': leastWidth[lanes.length] ?? '16rem' }} aria-label={w.samples}>
        {lanes.map((lane, i) => {
          const seen = evaluation.lanes[i]
          return (
            <li key={i} data-cell={lane.cell}>
              <p class="race-sample-head">
                <b>
                  <Swatch series={strokeOf(lanes, i)} />
                  {nameOf(lane)}
                </b>
                {seen?.heldOutLoss != null && <span class="label">{figure(Math.exp(seen.heldOutLoss))}</span>}
              </p>
              {seen &&
                (seen.text === null ? (
                  <Filled passage={now.passage!} look={seen} />
                ) : (
                  <p class="sample-text" dir="auto">
                    <span class="prefix">{evaluation.prefix}</span>
                    {seen.text}
                  </p>
                ))}
              {!seen && now.racers[i]!.out && <p class="hint">{w.out(count(now.racers[i]!.out.step))}</p>}
            </li>
          )
        })}
      </ul>
    </>
  )
}

/** The passage with the guesses in place of the blanks. */
function Filled({ passage: { characters, hidden }, look: evaluation }: { passage: Passage; look: LaneEvaluation }) {
  const w = words.value
  const guess = new Map(hidden.map((place, n) => [place, evaluation.guesses[n]![0]!.character]))
  const right = hidden.filter((place) => guess.get(place) === characters[place]).length
  return (
    <>
      <p class="sample-text" dir="auto">
        {characters.map((truth, i) => {
          const guessed = guess.get(i)
          if (guessed === undefined) return truth
          if (guessed === truth)
            return (
              <b key={i} class="blank-right">
                {truth}
              </b>
            )
          return (
            <span key={i} class="blank-wrong">
              <span class="visually-hidden">{w.guessed(characterName(guessed), characterName(truth))}</span>
              <s aria-hidden="true">{guessed === '\n' ? '↵' : guessed}</s>
              <span aria-hidden="true">{truth}</span>
            </span>
          )
        })}
      </p>
      <p class="label">{w.right(right, hidden.length)}</p>
    </>
  )
}
