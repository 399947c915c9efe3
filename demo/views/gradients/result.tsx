// What a lesson has come to, in a sentence with its figures.
import { count, figure, scientific } from '../../parts/format'
import type { Gradients } from '../../shared/gradients/record'
import { percent, reach } from './charts'
import { nameOf } from './names'
import { lessonOf } from './settings'
import { words } from './strings'

/** The result of the lesson that the run is of; nothing for other settings, or before there is one. */
export function Result({ now }: { now: Gradients }) {
  const sentence = resultOf(now)
  return sentence === null ? null : (
    <p id="lesson-result" class="lesson-result">
      <b>{words.value.result}</b> {sentence}
    </p>
  )
}

function resultOf(now: Gradients): string | null {
  const w = words.value
  const { lanes, settings, step, guessing } = now
  const [first, second] = lanes
  if (guessing === null || step === 0) return null
  switch (lessonOf(settings)) {
    case 'vanish':
    case 'gates': {
      const learned = lanes.filter(({ loss, out }) => !out && loss.smoothed < guessing / 2)
      const names = (of: typeof lanes) => of.map((lane) => nameOf(now, lane)).join(w.comma)
      const losses = lanes.map((lane) => `${nameOf(now, lane)} ${figure(lane.loss.smoothed, 3)}`).join(w.comma)
      return w.results.losses(count(step), losses, figure(guessing, 3), names(learned))
    }
    case 'explode':
      if (!first?.out) return null
      return w.results.exploded(nameOf(now, first), scientific(reach(now, 0, 0)), count(settings.steps), scientific(first.lastNorm), count(first.out.step))
    case 'clip':
      if (!first || !second?.out) return null
      return w.results.clipped(figure(first.loss.smoothed, 3), count(second.out.step), figure(guessing, 3), percent(first.clipped, first.loss.last))
    case undefined:
      return null
  }
}
