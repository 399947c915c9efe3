// The settings of the three networks, and the lessons.
import type { ComponentChildren } from 'preact'
import { IterationsField, NumberField, Select, Slider } from '../../parts/field'
import { Segments } from '../../parts/segments'
import { taskNames } from '../../shared/gradients/settings'
import { chooseLesson, lesson, lessonNames, set, settings, type LessonName } from './settings'
import { words } from './strings'

/** The lessons, each with what it shows. @param children what has come of it */
export function LessonChoice({ children }: { children: ComponentChildren }) {
  const w = words.value
  const chosen = lesson.value
  return (
    <form class="comparison-part" onSubmit={(event) => event.preventDefault()}>
      <Segments
        titled
        name="lesson"
        label={w.lesson}
        value={chosen ?? ('' as LessonName)}
        options={lessonNames.map((value) => ({ value, label: w.lessons[value] }))}
        onChange={chooseLesson}
      />
      <p id="lesson-about" class="hint" aria-live="polite">
        {chosen ? w.lessonAbout[chosen] : w.ownSettings}
      </p>
      {children}
    </form>
  )
}

export function GradientForm() {
  const w = words.value
  const now = settings.value
  return (
    <form id="gradient-settings" class="comparison-form" noValidate onSubmit={(event) => event.preventDefault()}>
      <div class="comparison-part">
        <Slider
          name="scale"
          label={w.scale}
          value={now.scale}
          min={0.2}
          max={2}
          step={0.05}
          show={(value) => `× ${value.toFixed(2)}`}
          onChange={(value) => set('scale', value)}
        />
        <p class="hint">{w.scaleAbout}</p>
        <Segments
          titled
          name="rnn"
          label={w.rnn}
          value={now.rnn}
          options={(['rnn', 'rnn-relu'] as const).map((value) => ({ value, label: w.rnns[value], cell: 'rnn' }))}
          onChange={(value) => set('rnn', value)}
        />
        <label class="check">
          <input type="checkbox" name="keep" checked={now.keep} onChange={(event) => set('keep', event.currentTarget.checked)} /> {w.keep}
        </label>
        <div class="pair">
          <NumberField
            name="clipNorm"
            label={w.clipNorm}
            value={now.clipNorm}
            step="any"
            empty={Infinity}
            placeholder={w.noClipping}
            onChange={(value) => set('clipNorm', value)}
          />
          <NumberField name="T" label={w.steps} value={now.steps} min={3} onChange={(value) => set('steps', value)} />
          <Select
            name="optimizer"
            label={w.optimizer}
            value={now.optimizer}
            options={(['adam', 'sgd'] as const).map((value) => ({ value, label: w.optimizers[value] }))}
            onChange={(value) => set('optimizer', value)}
          />
          <NumberField name="rate" label={w.rate} value={now.rate} step="any" onChange={(value) => set('rate', value)} />
        </div>
      </div>
      <div class="comparison-part">
        <Segments
          titled
          name="task"
          label={w.task}
          value={now.task}
          options={taskNames.map((value) => ({ value, label: w.tasks[value] }))}
          onChange={(value) => set('task', value)}
        />
        <p class="hint">{w.taskAbout[now.task]}</p>
        <details>
          <summary>{w.more}</summary>
          <div class="pair">
            <NumberField name="hidden" label={w.hidden} value={now.hidden} min={1} onChange={(value) => set('hidden', value)} />
            <NumberField name="batch" label={w.batch} value={now.batch} min={1} onChange={(value) => set('batch', value)} />
            <IterationsField label={w.iterations} noLimit={w.noLimit} value={now.iterations} onChange={(value) => set('iterations', value)} />
            <NumberField name="seed" label={w.seed} value={now.seed} onChange={(value) => set('seed', value)} />
          </div>
        </details>
      </div>
    </form>
  )
}
