// X-ray: a text runs through the current network, and its states and gates are shown.
import { useEffect } from 'preact/hooks'
import { cellNames } from '../../parts/cells'
import { FailureNote } from '../../parts/failure-note'
import { NumberField } from '../../parts/field'
import { count } from '../../parts/format'
import { isMeant } from '../../parts/run-controls'
import { Segments } from '../../parts/segments'
import { ariaDisabled } from '../../parts/aria-disabled'
import { device } from '../../session/device'
import { training } from '../../session/training'
import { measureOf } from '../../shared/xray'
import { CellStep } from './cell-step'
import { Gates } from './gates'
import { HeatMap } from './heat-map'
import { Memory } from './memory'
import {
  choose,
  chooseUnit,
  failure,
  follow,
  live,
  maxPassage,
  inspect,
  inspectedStep,
  inspecting,
  passage,
  shown,
  takePassage,
  typePassage,
  type Shown,
} from './state'
import { quantityOf, words } from './strings'
import { Responses, OneUnit } from './units'
import { Why } from './why'
import './xray.css'

export default function XRay() {
  const w = words.value
  useEffect(() => {
    if (passage.value === null) void takePassage()
    return follow()
  }, [])
  return (
    <div class="xray" data-cell={shown.value?.inspection.cell}>
      <header class="xray-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
      </header>
      {!shown.value && <div class="xray-waiting" aria-busy="true" />}
      {shown.value && (
        <>
          <Choices />
          <Interesting shown={shown.value} />
          <HeatMap shown={shown.value} />
          <Why shown={shown.value} />
        </>
      )}
      <Passage />
      {!training.isLive.value && <NoNetwork />}
      {shown.value && (
        <>
          <CellStep shown={shown.value} />
          <div class="xray-units">
            <OneUnit shown={shown.value} />
            <Responses shown={shown.value} />
          </div>
          <Gates shown={shown.value} />
          <Memory shown={shown.value} />
        </>
      )}
    </div>
  )
}

/** The unit of the curve, and what it does, in a sentence. */
function Interesting({ shown: { unit, place, quantity, ranking } }: { shown: Shown }) {
  const w = words.value
  const d = ranking.find((one) => one.unit === unit)?.d
  return (
    <p id="interesting" class="xray-interesting">
      {d !== undefined && w.interesting(String(unit + 1), quantity, w.places[place].toLowerCase(), measureOf(place), d > 0)}
    </p>
  )
}

function NoNetwork() {
  const w = words.value
  const starts = training.status.value === 'starting'
  return (
    <section class="xray-none" id="no-network">
      <h3>{w.none}</h3>
      <p class="hint">{w.noneHow}</p>
      <button
        id="train-here"
        class="primary"
        {...ariaDisabled(
          device.value.state !== 'ready' && !starts,
          (event) => isMeant(event, training.status.value) && (starts ? training.reset() : training.start()),
        )}
      >
        {starts ? w.cancel : w.train}
      </button>
      <p class="hint" role="status">
        {starts && w.starting}
      </p>
    </section>
  )
}

function Passage() {
  const w = words.value
  const seen = shown.value
  const about = [
    seen ? cellNames[seen.inspection.cell] : '',
    count(seen?.inspection.layers.length ?? 0),
    count(seen?.hidden ?? 0),
    count(inspectedStep.value),
  ] as const
  return (
    <section class="xray-passage">
      <label class="field">
        <span class="label">{w.passage}</span>
        <textarea id="passage" dir="auto" rows={4} spellcheck={false} value={passage.value ?? ''} onInput={(event) => typePassage(event.currentTarget.value)} />
      </label>
      {[...(passage.value ?? '')].length > maxPassage && <p class="hint">{w.tooLong(count(maxPassage))}</p>}
      <div class="xray-row">
        <button id="another" onClick={() => void takePassage()}>
          {w.another}
        </button>
        {training.isLive.value && (
          <>
            <button id="look" onClick={() => void inspect()}>
              {w.inspectAgain}
            </button>
            {training.status.value === 'running' ? (
              <button id="pause" onClick={training.pause}>
                {w.pause}
              </button>
            ) : (
              <button id="resume" onClick={training.resume}>
                {w.resume}
              </button>
            )}
            <label class="check">
              <input type="checkbox" name="live" checked={live.value} onChange={(event) => (live.value = event.currentTarget.checked)} /> {w.live}
            </label>
          </>
        )}
        <p id="seen" class="hint">
          {seen ? (training.isLive.value ? w.inspected(...about) : w.comesWith(w.inspected(...about))) : inspecting.value && w.inspecting}
        </p>
      </div>
      <FailureNote failure={failure.value ?? training.failure.value} />
    </section>
  )
}

function Choices() {
  const w = words.value
  const { inspection, layer, quantity, unit, hidden } = shown.value!
  return (
    <section class="xray-choices">
      {inspection.layers.length > 1 && (
        <Segments
          titled
          name="layer"
          label={w.layer}
          value={String(layer)}
          options={inspection.layers.map((_, l) => ({ value: String(l), label: w.layerIs(String(l + 1)) }))}
          onChange={(value) => choose('layer', Number(value) + 1)}
        />
      )}
      <Segments
        titled
        name="quantity"
        label={w.quantity}
        value={quantity}
        options={Object.keys(inspection.layers[layer]!.trace).map((value) => ({ value, label: quantityOf(inspection.cell, value)[0] }))}
        onChange={(value) => choose('quantity', value)}
      />
      <NumberField
        name="unit"
        label={w.unit}
        value={unit + 1}
        min={1}
        max={hidden}
        onChange={(value) => value >= 1 && value <= hidden && chooseUnit(Math.round(value) - 1)}
      />
      <p class="hint xray-about">
        <b>{quantityOf(inspection.cell, quantity)[0]}</b>: {quantityOf(inspection.cell, quantity)[1]}
      </p>
    </section>
  )
}
