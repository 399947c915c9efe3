// Gradients: how much of the gradient reaches early time steps while three networks learn.
import { cellNames } from '../../parts/cells'
import { count, scientific } from '../../parts/format'
import { RunControls } from '../../parts/run-controls'
import { Back, Figures, reach, Traces } from './charts'
import { GradientForm, LessonChoice } from './form'
import { gradients, runs } from './store'
import { words } from './strings'
import '../../parts/comparison.css'
import './gradients.css'

export default function GradientsView() {
  const w = words.value
  const now = gradients.value
  return (
    <div class="gradients comparison">
      <header class="comparison-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
        <p class="hint comparison-learn">{w.learn}</p>
      </header>
      <RunControls run={runs} whatOf={({ task, rnn }) => [w.tasks[task], cellNames[rnn], cellNames.gru, cellNames.lstm].join(w.comma)}>
        {now && w.step(count(now.step))}
        {now && now.evaluations.length > 0 && ` · ${w.reach(now.lanes.map(({ cell }, i) => `${cellNames[cell]} ${scientific(reach(now, i))}`).join(w.comma))}`}
      </RunControls>
      <LessonChoice />
      <div class="comparison-main">
        <Back />
        {now && <Figures now={now} />}
        <Traces />
      </div>
      <GradientForm />
    </div>
  )
}
