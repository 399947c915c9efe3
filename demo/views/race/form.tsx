// The settings of a race: the contestants, their sizes, and the training.
import { cellNames } from '../../parts/cells'
import { Swatch } from '../../parts/chart'
import { IterationsField, NumberField, Select, Slider, TextField } from '../../parts/field'
import { count, unitsOf } from '../../parts/format'
import { Segments } from '../../parts/segments'
import { TextLine } from '../../parts/text-line'
import { choices } from '../../shared/train/settings'
import { text } from '../../session/text'
import { prefix, set as setShared, settings as shared } from '../../session/settings'
import { maxLanes, maxLayers, presets, tasks, type Lane, type PresetName } from '../../shared/race/lanes'
import { nameOf, strokeOf } from './names'
import { choosePreset, lanes, preset, race, set, setTask, settings } from './settings'
import { sizes } from './store'
import { words } from './strings'

/** The preset, the task, and the text. */
export function RaceChoice() {
  const w = words.value
  const now = settings.value
  return (
    <form id="race" class="comparison-part race-choice" onSubmit={(event) => event.preventDefault()}>
      <Segments
        titled
        name="preset"
        label={w.preset}
        value={preset.value ?? ('' as PresetName)}
        options={(Object.keys(presets) as PresetName[]).map((value) => ({ value, label: w.presets[value] }))}
        onChange={choosePreset}
      />
      <Segments titled name="task" label={w.task} value={now.task} options={tasks.map((value) => ({ value, label: w.tasks[value] }))} onChange={setTask} />
      <p class="hint">{preset.value === 'deep' ? w.deepAbout : w.taskAbout[now.task]}</p>
      {now.task !== 'memory' && <TextLine id="race-text" name={text.value.name} />}
    </form>
  )
}

export function RaceForm() {
  const w = words.value
  const now = settings.value
  return (
    <form class="comparison-form" noValidate onSubmit={(event) => event.preventDefault()}>
      <Grid />
      <div class="comparison-part">
        <div class="pair">
          <NumberField name="rate" label={w.rate} value={now.rate} step="any" onChange={(value) => set('rate', value)} />
          <NumberField
            name="clipNorm"
            label={w.clipNorm}
            value={now.clipNorm}
            step="any"
            empty={Infinity}
            placeholder={w.noClipping}
            onChange={(value) => set('clipNorm', value)}
          />
        </div>
        <details>
          <summary>{w.more}</summary>
          <div class="pair">
            <NumberField name="batch" label={w.batch} value={now.batch} min={1} onChange={(value) => set('batch', value)} />
            <NumberField name="steps" label={w.steps} value={now.steps} min={1} onChange={(value) => set('steps', value)} />
            <IterationsField label={w.iterations} noLimit={w.noLimit} value={now.iterations} onChange={(value) => set('iterations', value)} />
            <NumberField name="seed" label={w.seed} value={now.seed} onChange={(value) => set('seed', value)} />
          </div>
          {now.task === 'write' && (
            <div class="pair">
              <TextField name="prefix" label={w.prefix} value={prefix.value} onChange={(value) => (prefix.value = value)} />
              <Slider
                name="temperature"
                label={w.temperature}
                value={shared.value.temperature}
                min={0}
                max={2}
                step={0.05}
                show={(value) => value.toFixed(2)}
                onChange={(value) => setShared('temperature', value)}
              />
            </div>
          )}
        </details>
      </div>
    </form>
  )
}

/** The contestants, each with its size. */
function Grid() {
  const w = words.value
  const all = lanes.value
  const known = sizes.value?.length === all.length ? sizes.value : null
  const change = (index: number, some: Partial<Lane>) => race(all.map((lane, i) => (i === index ? { ...lane, ...some } : lane)))
  const weights = known?.map(({ parameters }) => parameters) ?? []
  return (
    <div class="comparison-part">
      <h3>{w.grid}</h3>
      <p class="hint">{w.gridAbout}</p>
      <NumberField
        name="budget"
        label={w.budget}
        value={settings.value.budget}
        min={1}
        empty={Infinity}
        placeholder={w.automatic}
        onChange={(value) => set('budget', value)}
      />
      <ol id="grid" class="grid">
        {all.map((lane, i) => (
          <li key={i} data-cell={lane.cell}>
            <div class="grid-lane" role="group" aria-label={w.contestant(i + 1)}>
              <Swatch series={strokeOf(all, i)} />
              <Select
                label={w.cell}
                value={lane.cell}
                options={choices.cell.map((value) => ({ value, label: cellNames[value] }))}
                onChange={(cell) => change(i, { cell })}
              />
              <Select
                label={w.layers}
                value={String(lane.layers)}
                options={Array.from({ length: maxLayers }, (_, l) => ({ value: String(l + 1), label: w.layersOf(l + 1) }))}
                onChange={(layers) => change(i, { layers: Number(layers) })}
              />
              {all.length > 1 && (
                <button type="button" class="quiet grid-remove" aria-label={w.remove(nameOf(lane))} onClick={() => race(all.filter((_, other) => other !== i))}>
                  ×
                </button>
              )}
              {settings.value.task === 'blanks' && (
                <label class="check">
                  <input type="checkbox" checked={lane.both} onChange={(event) => change(i, { both: event.currentTarget.checked })} /> {w.both}
                </label>
              )}
            </div>
            <p class="grid-size">{known ? w.size(unitsOf(known[i]!.hidden, lane.both), count(known[i]!.parameters)) : '–'}</p>
          </li>
        ))}
      </ol>
      <p id="grid-equal" class="hint" aria-live="polite">
        {known && w.equal(((100 * (Math.max(...weights) - Math.min(...weights))) / Math.min(...weights)).toFixed(1))}
      </p>
      {all.length < maxLanes && (
        <button type="button" id="add" onClick={() => race([...all, { cell: 'gru', layers: 1, both: false }])}>
          {w.add}
        </button>
      )}
    </div>
  )
}
