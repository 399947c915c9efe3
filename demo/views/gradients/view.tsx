// Gradients: how much of the gradient reaches early time steps while three networks learn.
import { count, scientific } from '../../parts/format'
import { useRecording } from '../../parts/use-recording'
import { RunControls } from '../../parts/run-controls'
import { Back, Figures, reach, Traces } from './charts'
import { GradientForm, LessonChoice } from './form'
import { contestantsOf } from '../../shared/gradients/settings'
import { onTheBrink, type Gradients } from '../../shared/gradients/record'
import { nameOf } from './names'
import { Result } from './result'
import { gradients, runs } from './store'
import { lesson } from './settings'
import { words } from './strings'
import '../../parts/comparison.css'
import './gradients.css'

export default function GradientsView() {
  const w = words.value
  const now = gradients.value
  const shownLesson = lesson.value ?? 'vanish'
  useRecording(runs, shownLesson === 'gates' ? null : `gradients-${shownLesson}`)
  return (
    <div class="gradients comparison">
      <header class="comparison-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
        <p class="hint comparison-learn">{w.learn}</p>
      </header>
      <RunControls
        run={runs}
        whatOf={(settings) => [w.tasks[settings.task], ...contestantsOf(settings).map((lane) => nameOf({ settings }, lane))].join(w.comma)}
      >
        {now && w.step(count(now.step))}
        {now && now.evaluations.length > 0 && ` · ${reachOf(now)}`}
      </RunControls>
      <Brink />
      <LessonChoice>{now && <Result now={now} />}</LessonChoice>
      <div class="comparison-main">
        <Back />
        {now && <Figures now={now} />}
        <Traces />
      </div>
      <GradientForm />
    </div>
  )
}

function reachOf(now: Gradients): string {
  const { step } = now.evaluations.at(-1)!
  const list = now.lanes.map((lane, i) => `${nameOf(now, lane)} ${scientific(reach(now, i))}`).join(words.value.comma)
  return words.value.reach(step === 0 ? null : count(step), count(now.settings.steps), list)
}

/** The run stands still before the step that ends a training: the person takes it. */
function Brink() {
  const w = words.value
  const now = gradients.value
  const lane = now && onTheBrink(now)
  return (
    <div id="brink" role="status">
      {lane && runs.status.value === 'paused' && (
        <p class="brink">
          {w.brink(nameOf(now, lane), scientific(lane.lastNorm), scientific(lane.loss.smoothed))}{' '}
          <button class="quiet" onClick={runs.stepOnce}>
            {w.takeIt}
          </button>
        </p>
      )}
    </div>
  )
}
