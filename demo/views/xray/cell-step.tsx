// One step of the cell at the cursor, with live numbers: for a few units what is kept, what is written, and the new state.
import { useSignal } from '@preact/signals'
import type { ComponentChildren, ComponentType } from 'preact'
import { probability, signedFigure } from '../../parts/format'
import { nameOf } from '../../parts/guesses'
import { isolated } from '../../parts/text-line'
import { equationsOf, unitStep, type Part, type Product, type UnitStep } from '../../shared/cell-step'
import { Formula } from '../how/math'
import { cursor, here, type Shown } from './state'
import { words } from './strings'

/** Units side by side: the one that is followed, and those next to it in the ranking. */
const unitCount = 3

function unitsOf({ unit, ranking, hidden }: Shown): number[] {
  const others = ranking.length > 0 ? ranking.map((one) => one.unit) : Array.from({ length: hidden }, (_, n) => n)
  return [unit, ...others.filter((other) => other !== unit)].slice(0, unitCount)
}

export function CellStep({ shown }: { shown: Shown }) {
  const w = words.value
  const { inspection, layer, hidden } = shown
  const { trace } = inspection.layers[layer]!
  const last = inspection.characters.length - 1
  const t = here.value
  const units = unitsOf(shown)
  const go = (to: number) => (cursor.value = Math.max(0, Math.min(last, to)))
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(t + 1),
    ArrowLeft: () => go(t - 1),
    Home: () => go(0),
    End: () => go(last),
  }
  const press = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const stepOf = (unit: number): UnitStep =>
    unitStep(
      inspection.cell,
      (name) => trace[name]![t * hidden + unit]!,
      (state) => (t === 0 ? 0 : trace[state]![(t - 1) * hidden + unit]!),
    )
  return (
    <section id="cell-step" class="xray-step" aria-labelledby="cell-step-title">
      <h3 id="cell-step-title">{w.step}</h3>
      <p class="hint">{w.stepAbout}</p>
      <div class="xray-row" role="group" tabIndex={0} aria-label={w.stepKeys} onKeyDown={press}>
        <button aria-label={w.stepBack} disabled={t === 0} onClick={() => go(t - 1)}>
          ←
        </button>
        <button aria-label={w.stepOn} disabled={t === last} onClick={() => go(t + 1)}>
          →
        </button>
        <Around characters={inspection.characters} t={t} />
      </div>
      <p class="xray-here" aria-live="polite">
        <span>{w.reads(isolated(nameOf(inspection.characters[t]!)), String(t + 1))}</span>
        <span>
          {w.next}: {inspection.expected[t]!.map(({ character, probability: p }) => `${isolated(nameOf(character))} ${probability(p)}`).join(', ')}
        </span>
      </p>
      <ul class="xray-equations" tabIndex={0} aria-label={w.equations}>
        {equationsOf[inspection.cell].map((equation) => (
          <li key={equation}>
            <Formula>{equation}</Formula>
          </li>
        ))}
      </ul>
      <ol class="xray-cells">
        {units.map((unit) => (
          <li key={unit} class="xray-cell">
            <h4>
              {w.unit} {unit + 1}
            </h4>
            <Unit step={stepOf(unit)} before={t === 0 ? 0 : trace['h']![(t - 1) * hidden + unit]!} />
          </li>
        ))}
      </ol>
      <OnDemand id="cell-back" title={w.back.title} load={loadBackward}>
        {(Backward) => <Backward shown={shown} units={units} />}
      </OnDemand>
      <OnDemand id="cell-kernels" title={w.kernels} load={loadKernels}>
        {(KernelLines) => <KernelLines cell={inspection.cell} />}
      </OnDemand>
    </section>
  )
}

/** The characters around the one that is read. */
function Around({ characters, t }: { characters: readonly string[]; t: number }) {
  const shown = (from: number, to: number) => characters.slice(Math.max(0, from), to).join('').replace(/\n/g, '↵')
  const here = characters[t]!
  return (
    <span class="xray-around" aria-hidden="true" dir="auto">
      {shown(t - 14, t)}
      <b>{here === '\n' ? '↵' : here === ' ' ? '␣' : here}</b>
      {shown(t + 1, t + 9)}
    </span>
  )
}

function Unit({ step: { products, sum, h }, before }: { step: UnitStep; before: number }) {
  const w = words.value
  if (!sum)
    return (
      <div class="xray-flow">
        <Line role={w.roles.replaced} parts={[{ symbol: 'h′', value: before, signed: true }, '→', h]} />
      </div>
    )
  const line = ({ role, a, b, product }: Product) => <Line key={role} role={w.roles[role]} parts={[a, '×', b, '=', product]} />
  const [upTo, after] = [products.filter(({ role }) => role !== 'shown'), products.filter(({ role }) => role === 'shown')]
  return (
    <div class="xray-flow">
      {upTo.map(line)}
      <Line role={w.roles.sum} strong parts={[sum.kept, '+', sum.written, '=', sum.state]} />
      {after.map(line)}
    </div>
  )
}

function Line({ role, parts, strong = false }: { role: string; parts: readonly (Part | string)[]; strong?: boolean }) {
  return (
    <div class={strong ? 'xray-flow-line strong' : 'xray-flow-line'}>
      <span class="label">{role}</span>
      {parts.map((part, i) =>
        typeof part === 'string' ? (
          <span key={i} class="xray-operator">
            {part}
          </span>
        ) : (
          <Bar key={i} part={part} />
        ),
      )}
    </div>
  )
}

/** The symbol, the bar and the number of a value. */
function Bar({ part: { symbol, value, signed: hasSign } }: { part: Part }) {
  const size = Math.min(1, Math.abs(value))
  const style = hasSign ? { left: `${50 - (value < 0 ? 50 * size : 0)}%`, width: `${50 * size}%` } : { left: '0', width: `${100 * size}%` }
  return (
    <span class="xray-part">
      <i class="xray-symbol">{symbol}</i>
      <span class={hasSign ? 'xray-bar signed' : 'xray-bar'} aria-hidden="true">
        <span data-sign={hasSign ? (value < 0 ? 'low' : 'high') : 'gate'} style={style} />
      </span>
      <span class="xray-number">{signedFigure(value)}</span>
    </span>
  )
}

const loadBackward = () => import('./backward').then(({ Backward }) => Backward)
const loadKernels = () => import('./kernel-lines').then(({ KernelLines }) => KernelLines)

/** A part that is loaded when it is opened, and is there only while it is open. */
function OnDemand<Props>({
  id,
  title,
  load,
  children,
}: {
  id: string
  title: string
  load: () => Promise<ComponentType<Props>>
  children: (Loaded: ComponentType<Props>) => ComponentChildren
}) {
  const loaded = useSignal<ComponentType<Props> | null>(null)
  const open = useSignal(false)
  const toggle = (isOpen: boolean) => {
    open.value = isOpen
    if (isOpen && !loaded.value) void load().then((component) => (loaded.value = component))
  }
  return (
    <details id={id} class="chart-numbers" onToggle={(event) => toggle(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open.value && loaded.value && children(loaded.value)}
    </details>
  )
}
