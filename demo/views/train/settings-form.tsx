// The form of the text, the network and the training. Its settings are in the page's address too.
import { signal, useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { cellAbout, cellNames } from '../../parts/cells'
import { IterationsField, NumberField, Select, TextField } from '../../parts/field'
import { count, figure } from '../../parts/format'
import { Segments } from '../../parts/segments'
import { fitted } from '../../shared/train/options'
import { choices, manyLayers } from '../../shared/train/settings'
import { training } from '../../session/training'
import { misread, prefix, set, settings } from '../../session/settings'
import { chooseSource, symbolCount, text, textFailure, unsureFile } from '../../session/text'
import { depths, depthSteps } from './depth'
import { words } from './strings'
import { TextChoice } from './text-choice'

/** On a narrow screen the form is folded until it is opened. */
const unfolded = signal(false)

/** Opens the field for the person's own text. */
export function pasteOwn(): void {
  unfolded.value = true
  chooseSource('paste')
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('paste')?.focus()))
}

export function SettingsForm() {
  const w = words.value
  const now = settings.value
  const form = useRef<HTMLFormElement>(null)
  // A tenth of the text is held out.
  const length = symbolCount.value?.count
  const shape = length === undefined ? null : fitted(now, length - Math.floor(length / 10))
  // An invalid setting is shown, and the failure stays in view below.
  useSignalEffect(() => {
    const { code, message = '' } = training.failure.value ?? {}
    // The failure of a short text names these two fields, so they must be in view.
    const namesFields = code === 'bad-text' && /\bbatch\b.*\bsteps\b/.test(message)
    if (code !== 'bad-value' && !namesFields) return
    unfolded.value = true
    const more = form.current!.querySelector('details')!
    more.open ||= namesFields || more.querySelector('[aria-invalid=true]') !== null
    requestAnimationFrame(() => document.querySelector('.run-controls')?.scrollIntoView({ block: 'nearest' }))
  })
  // So is a question about a file, or its failure.
  useSignalEffect(() => {
    if (unsureFile.value || textFailure.value) unfolded.value = true
  })
  return (
    <form id="settings" ref={form} class="settings" noValidate data-unfolded={unfolded.value} onSubmit={(event) => event.preventDefault()}>
      <button
        type="button"
        class="settings-fold"
        aria-expanded={unfolded.value}
        aria-controls="settings-parts"
        onClick={() => (unfolded.value = !unfolded.value)}
      >
        <span>{w.textAndNetwork}</span>
        <span class="hint" dir="auto">
          {[text.value.name || w.yourText, cellNames[now.cell], Number.isNaN(now.hidden) ? '' : now.hidden].filter(Boolean).join(' · ')}
        </span>
      </button>
      <div id="settings-parts" class="settings-parts">
        <TextChoice />
        <div class="settings-part">
          <Segments
            titled
            name="cell"
            label={w.cell}
            value={now.cell}
            options={choices.cell.map((value) => ({ value, label: cellNames[value], cell: value }))}
            onChange={(cell) => set('cell', cell)}
          />
          <p id="cell-about" class="hint" aria-live="polite">
            {cellAbout.value[now.cell]}
          </p>
          <div class="pair">
            <NumberField name="hidden" label={w.hidden} value={now.hidden} min={1} onChange={(value) => set('hidden', value)} />
            <NumberField name="layers" label={w.layers} value={now.layers} min={1} onChange={(value) => set('layers', value)} />
          </div>
          <p id="depth-about" class="hint">
            {w.depth(
              depths.map(({ hidden, perplexity }) => ({ hidden: count(hidden), perplexity: figure(perplexity) })),
              count(depthSteps),
            )}
          </p>
          {now.layers > manyLayers && (
            <p id="many-layers" class="hint" role="status">
              {w.manyLayers(count(now.layers))}
            </p>
          )}
          <p id="fitted" class="hint" role="status">
            {shape && (shape.batch !== now.batch || shape.steps !== now.steps) && w.fitted(count(shape.batch), count(shape.steps))}
          </p>
          {misread.length > 0 && (
            <p id="misread" class="hint" role="status">
              {w.misread(misread.join(', ').slice(0, 200))}
            </p>
          )}
        </div>
        <details id="advanced" class="settings-part">
          <summary>{w.more}</summary>
          <div class="pair">
            <NumberField name="seed" label={w.seed} value={now.seed} onChange={(value) => set('seed', value)} />
            <NumberField name="rate" label={w.rate} value={now.rate} step="any" onChange={(value) => set('rate', value)} />
            <Select
              name="schedule"
              label={w.schedule}
              value={now.schedule}
              options={choices.schedule.map((value) => ({ value, label: w.schedules[value] }))}
              onChange={(value) => set('schedule', value)}
            />
            <Select
              name="optimizer"
              label={w.optimizer}
              value={now.optimizer}
              options={choices.optimizer.map((value) => ({ value, label: w.optimizers[value] }))}
              onChange={(value) => set('optimizer', value)}
            />
            <NumberField
              name="clipNorm"
              label={w.clipNorm}
              value={now.clipNorm}
              step="any"
              empty={Infinity}
              placeholder={w.noClipping}
              onChange={(value) => set('clipNorm', value)}
            />
            <NumberField name="batch" label={w.batch} value={now.batch} min={1} onChange={(value) => set('batch', value)} />
            <NumberField name="steps" label={w.steps} value={now.steps} min={1} onChange={(value) => set('steps', value)} />
            <IterationsField label={w.iterations} noLimit={w.noLimit} value={now.iterations} onChange={(value) => set('iterations', value)} />
            <NumberField
              name="epochs"
              label={w.epochs}
              value={now.epochs}
              min={1}
              empty={Infinity}
              placeholder={w.noLimit}
              onChange={(value) => set('epochs', value)}
            />
            <Select
              name="partition"
              label={w.partition}
              value={now.partition}
              options={choices.partition.map((value) => ({ value, label: w.partitions[value] }))}
              onChange={(value) => set('partition', value)}
            />
            <Select
              name="symbols"
              label={w.symbols}
              value={now.symbols}
              options={choices.symbols.map((value) => ({ value, label: w.symbolNames[value] }))}
              onChange={(value) => set('symbols', value)}
            />
            <TextField name="prefix" label={w.prefix} value={prefix.value} placeholder={w.prefixHint} onChange={(value) => (prefix.value = value)} />
          </div>
          <p class="hint">{w.linkHint}</p>
          <CopyLink />
        </details>
      </div>
    </form>
  )
}

function CopyLink() {
  const w = words.value
  const copied = useSignal(false)
  const copy = async () => {
    await navigator.clipboard.writeText(location.href)
    copied.value = true
    setTimeout(() => (copied.value = false), 2000)
  }
  return (
    <p class="copy-link">
      <button type="button" onClick={() => void copy()}>
        {w.link}
      </button>
      <span class="hint" role="status">
        {copied.value && w.linkCopied}
      </span>
    </p>
  )
}
