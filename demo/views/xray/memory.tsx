// The units with the longest memory, and those that follow only the last characters: what update and reset gates have learned.
import { figure } from '../../parts/format'
import type { Shown } from './state'
import { UnitList } from './units'
import { kindOf, words } from './strings'

const listLength = 5

export function Memory({ shown: { inspection, layer, unit: followed } }: { shown: Shown }) {
  const w = words.value
  const { memory } = inspection.layers[layer]!
  const kind = kindOf[inspection.cell]
  if (!memory || !kind) return null
  const { halfLives, reset } = memory
  const byHalfLife = sorted(halfLives).reverse()
  const byReset = reset && sorted(reset)
  const [most] = byHalfLife
  return (
    <section id="memory" class="xray-memory" aria-labelledby="memory-title">
      <h3 id="memory-title">{w.memory}</h3>
      <div class="xray-memory-pair">
        <div>
          <h4>{w.long[kind]}</h4>
          <p class="hint">{w.longAbout[kind](figure(median(byHalfLife)), figure(byHalfLife.at(-1)!.value))}</p>
          <UnitList
            followed={followed}
            entries={byHalfLife.slice(0, listLength).map(({ unit, value }) => ({ unit, value: figure(value, 1), share: value / most!.value }))}
          />
        </div>
        {byReset && (
          <div>
            <h4>{w.short}</h4>
            <p class="hint">{w.shortAbout(figure(median(byReset)), figure(byReset.at(-1)!.value))}</p>
            <UnitList
              followed={followed}
              entries={byReset.slice(0, listLength).map(({ unit, value }) => ({ unit, value: figure(value), share: value, low: true }))}
            />
          </div>
        )}
      </div>
    </section>
  )
}

/** The lowest first. */
const sorted = (values: Float32Array) => Array.from(values, (value, unit) => ({ unit, value })).sort((a, b) => a.value - b.value)
const median = (all: readonly { readonly value: number }[]) => all[all.length >> 1]!.value
