// The samples in the order of the training, one line each. A click shows one on the stage.
import { count, figure } from '../../parts/format'
import { about, learning } from '../../session/training'
import { chosenStep, languageOf, titleOf } from './stage'
import { words } from './strings'

export function Timeline() {
  const w = words.value
  const newest = learning.value.samples.at(-1)?.step
  const onStage = learning.value.samples.some(({ step }) => step === chosenStep.value) ? chosenStep.value : newest
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{w.timeline}</h2>
      <p class="hint">{w.timelineLead}</p>
      <ol id="samples">
        {learning.value.samples.map((sample) => {
          const { step, prefix, draws, heldOutLoss } = sample
          return (
            <li key={step}>
              <button aria-pressed={step === onStage} onClick={() => (chosenStep.value = step === newest ? null : step)}>
                <span class="timeline-step">
                  <span class="visually-hidden">{titleOf(sample)}</span>
                  <span aria-hidden="true">{count(step)}</span>
                </span>
                <span class="timeline-text" dir="auto" lang={languageOf(about.value?.source)}>
                  <span class="prefix">{prefix}</span>
                  {draws.text.replace(/\s+/g, ' ')}
                </span>
                <span class="timeline-figure">{heldOutLoss !== null && figure(Math.exp(heldOutLoss))}</span>
              </button>
            </li>
          )
        })}
      </ol>
    </section>
  )
}
