// A training step as a picture: dispatches from top to bottom, time from left to right. It is drawn from the commands that the
// engine records for the settings of the view Train.
import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { cellNames } from '../../parts/cells'
import { FailureNote } from '../../parts/failure-note'
import { count } from '../../parts/format'
import { call, failureOf } from '../../client/client'
import { device } from '../../session/device'
import { settings } from '../../session/settings'
import { symbolCount } from '../../session/text'
import type { Failure } from '../../shared/protocol'
import type { Command, StepPlan } from '../../shared/step-plan'
import { groupsOf, type Group } from './plan-groups'
import '../../parts/chart.css'
import { words } from './strings'

const stepPlan = signal<StepPlan | null>(null)
const failure = signal<Failure | null>(null)
/** On a phone the bars are smaller; the letters stay as large. */
const query = matchMedia('(max-width: 700px)')
const narrow = signal(query.matches)
query.addEventListener('change', () => (narrow.value = query.matches))

export function PlanFigure() {
  const w = words.value.plan
  const now = settings.value
  const vocabulary = symbolCount.value?.distinct ?? null
  const ready = device.value.state === 'ready'
  useEffect(() => {
    if (!ready || vocabulary === null) return
    let left = false
    call('planOf', { settings: now, vocabulary }).then(
      (recorded) => left || ([stepPlan.value, failure.value] = [recorded, null]),
      (error: unknown) => left || ([stepPlan.value, failure.value] = [null, failureOf(error)]),
    )
    return () => {
      left = true
    }
  }, [now, vocabulary, ready])
  const plan = stepPlan.value
  return (
    <>
      <FailureNote failure={failure.value} />
      {!plan && !failure.value && <p class="hint">{device.value.state === 'unavailable' ? w.unavailable : w.loading}</p>}
      {plan && <Drawn plan={plan} caption={w.caption(cellNames[now.cell], count(now.layers), count(now.hidden), count(now.batch), count(plan.steps))} />}
    </>
  )
}

/** One row per command, thinner the more there are. A command for all steps is thicker. */
function Drawn({ plan: { steps, commands }, caption }: { plan: StepPlan; caption: string }) {
  const w = words.value.plan
  const groups = groupsOf(commands)
  const total = groups.reduce((sum, group) => sum + group.commands.length, 0)
  const thin = Math.max(1.5, Math.min(8, 560 / total))
  const heightOf = ({ step }: Command) => (step === null ? 11 : thin)
  const [width, whole] = narrow.value ? [150, 358] : [420, 720]
  const column = width / steps
  // On one line, both labels of the axis would overlap there.
  const below = narrow.value ? 15 : 0
  let y = 4
  const labels: { readonly y: number; readonly group: Group }[] = []
  const rects = groups.flatMap((group) => {
    const top = y
    const starts = [...new Set(group.commands.flatMap(({ step }) => step ?? []))].sort((a, b) => a - b)
    const bars = group.commands.map((command, i) => {
      const height = heightOf(command)
      const at = y
      y += height
      // A dispatch computes the steps from its own up to that of the next dispatch.
      const from = command.step ?? 0
      const to = command.step === null ? steps : (starts[starts.indexOf(from) + 1] ?? steps)
      return (
        <rect
          key={`${top}-${i}`}
          class={`plan-${group.phase}`}
          x={from * column}
          width={Math.max(1, (to - from) * column - (command.step === null ? 0 : Math.min(1, column / 4)))}
          y={at + (command.step === null ? 1.5 : 0)}
          height={command.step === null ? height - 3 : Math.max(1, height - 0.5)}
        />
      )
    })
    labels.push({ y: (top + y) / 2, group })
    y += 3
    return bars
  })
  // Labels that would overlap move down.
  let lowest = -Infinity
  const placed = labels.map(({ y, group }) => ({ y: (lowest = Math.max(y, lowest + 15)), from: y, group }))
  const height = Math.max(y, lowest) + 12
  return (
    <figure class="plan" id="plan">
      <figcaption class="label">{caption}</figcaption>
      <svg
        viewBox={`0 0 ${whole} ${height + 22 + below}`}
        role="img"
        aria-label={w.picture(String(total), String(steps), groups.map(({ title, commands }) => `${title}: ${commands.length}`).join('; '))}
      >
        {rects}
        {placed.map(({ y, from, group: { title, phase, commands } }) => (
          <g key={title} class="plan-label">
            <path d={`M${width + 6} ${from}L${width + 20} ${y}`} />
            <rect class={`plan-${phase}`} x={width + 22} y={y - 4} width="8" height="8" />
            <text x={width + 36} y={y + 4}>
              {title}
              {commands.length > 1 ? ` × ${commands.length}` : ''}
            </text>
          </g>
        ))}
        <text x="0" y={height + 16} class="plan-axis">
          {w.first}
        </text>
        <text x={width} y={height + 16 + below} text-anchor="end" class="plan-axis">
          {w.last(String(steps))}
        </text>
      </svg>
      <ul class="plan-legend" aria-hidden="true">
        {(['forward', 'loss', 'backward', 'gradients', 'update'] as const).map((phase) => (
          <li key={phase}>
            <svg viewBox="0 0 10 10" width="10" height="10">
              <rect class={`plan-${phase}`} width="10" height="10" />
            </svg>{' '}
            {w.phases[phase]}
          </li>
        ))}
      </ul>
      <details class="chart-numbers">
        <summary>{w.table}</summary>
        <div class="chart-scroll" tabIndex={0} role="region" aria-label={w.table}>
          <table>
            <thead>
              <tr>
                {[w.head.what, w.head.phase, w.head.dispatches, w.head.kernels].map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {groups.map(({ title, phase, commands, kernels }) => (
                <tr key={title}>
                  <td>{title}</td>
                  <td>{w.phases[phase]}</td>
                  <td>{commands.length}</td>
                  <td>{kernels.join(', ')}</td>
                </tr>
              ))}
              <tr>
                <td>{w.head.total}</td>
                <td />
                <td id="dispatches">{total}</td>
                <td />
              </tr>
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}
