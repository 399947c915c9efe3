// The step at the cursor, backwards: what of the gradient after it reaches the states before it, along each path.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { CellName } from 'sluice'
import { call, failureOf } from '../../client/client'
import { FailureNote } from '../../parts/failure-note'
import { scientific } from '../../parts/format'
import type { Failure } from '../../shared/protocol'
import type { StepBack } from '../../shared/xray'
import { Formula } from '../how/math'
import { here, type Shown } from './state'
import { quantityOf, words } from './strings'

/** What arrives at the state before along a path, in the notation of math.tsx; ∂ of a gate is that of what its σ or tanh takes. */
const formulas: Readonly<Record<CellName, Readonly<Record<string, string>>>> = {
  rnn: { h: '(∂h_t ⊙ (1 − h_t^2)) U^⊤' },
  'rnn-relu': { h: '(∂h_t ⊙ [h_t > 0]) U^⊤' },
  gru: { kept: '∂h_t ⊙ z_t', n: '(∂n_t U_n^⊤) ⊙ r_t', r: '∂r_t U_r^⊤', z: '∂z_t U_z^⊤' },
  'gru-reset-after': { kept: '∂h_t ⊙ z_t', n: '(∂n_t ⊙ r_t) U_n^⊤', r: '∂r_t U_r^⊤', z: '∂z_t U_z^⊤' },
  mgu: { kept: '∂h_t ⊙ (1 − f_t)', n: '(∂n_t U_n^⊤) ⊙ f_t', f: '∂f_t U_f^⊤' },
  lstm: { kept: '∂c_t ⊙ f_t', i: '∂i_t U_i^⊤', f: '∂f_t U_f^⊤', g: '∂g_t U_g^⊤', o: '∂o_t U_o^⊤' },
}

type Values = ArrayLike<number>
const list = (values: Values) => Array.from({ length: values.length }, (_, k) => values[k]!)
const dot = (a: Values, b: Values) => list(a).reduce((sum, value, k) => sum + value * b[k]!, 0)
const norm = (values: Values) => Math.sqrt(dot(values, values))

interface Row {
  readonly key: string
  readonly name: string
  readonly formula: string
  readonly values: Values
  /** How much of the whole this path is, in its direction: those of all paths add up to 1. null for what is no path. */
  readonly share: number | null
}

function rowsOf(cell: CellName, { after, paths }: StepBack): Row[] {
  const w = words.value.back
  const toH = paths.filter(({ to }) => to === 'h')
  const whole = list(toH[0]!.values).map((_, k) => toH.reduce((sum, { values }) => sum + values[k]!, 0))
  const square = dot(whole, whole)
  const arrives = (state: 'h' | 'c', values: Values): Row => ({ key: `after-${state}`, name: w.after, formula: `∂${state}_t`, values, share: null })
  const along = ({ through, to, values }: StepBack['paths'][number]): Row => ({
    key: through,
    name: through === 'kept' ? (to === 'c' ? w.keptMemory : w.kept) : through === 'h' ? w.product : w.through(quantityOf(cell, through)[0]),
    formula: formulas[cell][through]!,
    values,
    share: to === 'c' || square === 0 ? null : dot(values, whole) / square,
  })
  return [
    arrives('h', after.h),
    ...(after.c ? [arrives('c', after.c)] : []),
    ...paths.map(along),
    { key: 'before', name: w.before, formula: '∂h_{t−1}', values: whole, share: null },
  ]
}

export function Backward({ shown, units }: { shown: Shown; units: readonly number[] }) {
  const w = words.value
  const { inspection, layer } = shown
  const at = here.value
  const found = useSignal<StepBack | null>(null)
  const failure = useSignal<Failure | null>(null)
  useEffect(() => {
    let over = false
    // Not at every character that the cursor passes.
    const timer = setTimeout(() => {
      const asked = call('xrayBack', { at, layer })
      asked.then(
        (back) => !over && ([found.value, failure.value] = [back, null]),
        (error: unknown) => !over && (failure.value = failureOf(error)),
      )
    }, 100)
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [inspection, at, layer])
  const back = found.value
  if (!back || back.layer !== layer) return failure.value ? <FailureNote failure={failure.value} /> : <p class="hint">{w.back.computing}</p>
  const rows = rowsOf(inspection.cell, back)
  const most = Math.max(1e-30, ...rows.flatMap(({ values }) => units.map((unit) => Math.abs(values[unit] ?? 0))))
  return (
    <div class="xray-back" aria-busy={back.at !== at}>
      <p class="hint">{w.back.about}</p>
      <p class="xray-back-says">
        <Says rows={rows} />
      </p>
      <div class="xray-back-scroll" role="region" tabIndex={0} aria-label={w.back.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.back.path}</th>
              <th scope="col">{w.back.norm}</th>
              <th scope="col">{w.back.share}</th>
              {units.map((unit) => (
                <th key={unit} scope="col">
                  {w.unit} {unit + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, formula, values, share }) => (
              <tr key={key} data-path={key}>
                <th scope="row">
                  {name} <Formula>{formula}</Formula>
                </th>
                <td>{scientific(norm(values))}</td>
                <td>{share === null ? '' : percent(share)}</td>
                {units.map((unit) => (
                  <td key={unit}>
                    <Signed value={values[unit] ?? 0} most={most} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <FailureNote failure={failure.value} />
    </div>
  )
}

function percent(value: number): string {
  const rounded = Math.round(100 * value)
  return `${rounded < 0 ? '−' : ''}${Math.abs(rounded)}\u00a0%`
}

/** What the step does to the gradient, in a sentence. */
function Says({ rows }: { rows: readonly Row[] }) {
  const w = words.value.back
  const sizeOf = (wanted: string) => norm(rows.find(({ key }) => key === wanted)!.values)
  if (sizeOf('after-h') === 0) return <>{w.none}</>
  const ratio = (to: string, from: string) => scientific(sizeOf(to) / sizeOf(from))
  if (rows.some(({ key }) => key === 'after-c')) return <>{w.saysMemory(ratio('kept', 'after-c'), ratio('before', 'after-h'))}</>
  const kept = rows.find(({ key }) => key === 'kept')?.share
  return <>{w.says(ratio('before', 'after-h'), kept == null ? null : percent(kept))}</>
}

/** A number with its bar. */
function Signed({ value, most }: { value: number; most: number }) {
  const size = Math.abs(value) / most
  return (
    <>
      {value < 0 ? '−' : ''}
      {scientific(Math.abs(value))}
      <span class="xray-bar signed" aria-hidden="true">
        <span data-sign={value < 0 ? 'low' : 'high'} style={{ left: `${50 - (value < 0 ? 50 * size : 0)}%`, width: `${50 * size}%` }} />
      </span>
    </>
  )
}
