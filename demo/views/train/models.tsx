// The saved models: save, load, rename, delete, export and import.
import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { cellNames } from '../../parts/cells'
import { FailureNote } from '../../parts/failure-note'
import { count, figure } from '../../parts/format'
import { Question } from '../../parts/question'
import { deleteModel, exportModel, importModel, models, modelsFailure, refreshModels, renameModel, saveModel } from '../../session/models'
import { anotherTabSaves } from '../../session/saving'
import { about, training } from '../../session/training'
import type { ModelInfo } from '../../shared/models'
import { words } from './strings'
import './models.css'

export function Models() {
  const w = words.value.models
  useEffect(() => void refreshModels(), [])
  const run = about.value
  const name = run ? w.nameOf(run.textName || words.value.yourText, cellNames[run.settings.cell]) : ''
  return (
    <section class="models" aria-labelledby="models-title">
      <h3 id="models-title">{w.title}</h3>
      <FailureNote failure={modelsFailure.value} />
      {anotherTabSaves.value && <p class="hint">{w.elsewhere}</p>}
      {models.value.length === 0 && !anotherTabSaves.value && <p class="hint">{w.none}</p>}
      <ul id="models">
        {models.value.map((info) => (
          <Model key={info.id} info={info} />
        ))}
      </ul>
      <div class="models-actions">
        <button id="save-model" disabled={!training.isLive.value} onClick={() => void saveModel(name)}>
          {w.save}
        </button>
        <button id="export-model" disabled={!training.isLive.value} onClick={() => void exportModel(null, name)}>
          {w.export}
        </button>
        <label class="button">
          <input id="import-model" type="file" accept=".safetensors" class="visually-hidden" onChange={(event) => take(event.currentTarget)} />
          {w.import}
        </label>
      </div>
    </section>
  )
}

function take(input: HTMLInputElement): void {
  const [file] = input.files ?? []
  input.value = ''
  if (file) void importModel(file)
}

function Model({ info }: { info: ModelInfo }) {
  const w = words.value.models
  const doing = useSignal<'nothing' | 'renaming' | 'deleting'>('nothing')
  const entry = useRef<HTMLLIElement>(null)
  const { id, name, cell, hidden, layers, step, heldOutLoss } = info
  // After a question the focus returns to the first button.
  const leave = () => {
    doing.value = 'nothing'
    requestAnimationFrame(() => entry.current?.querySelector('button')?.focus())
  }
  const facts = [
    `${cellNames[cell]} ${layers > 1 ? `${layers} × ` : ''}${hidden}`,
    words.value.atStep(count(step)),
    heldOutLoss === null ? '' : words.value.perplexityIs(figure(Math.exp(heldOutLoss))),
  ]
  return (
    <li ref={entry} data-cell={cell}>
      {doing.value === 'renaming' ? (
        <Rename name={name} onDone={(chosen) => (chosen && chosen !== name ? void renameModel(id, chosen).then(leave) : leave())} />
      ) : (
        <p class="model-name" dir="auto">
          {name}
        </p>
      )}
      <p class="label">{facts.filter(Boolean).join(' · ')}</p>
      {doing.value === 'deleting' ? (
        <p class="model-actions">
          <Question question={w.sure(name)} yes={w.yes} no={w.no} onYes={() => void deleteModel(id)} onNo={leave} />
        </p>
      ) : (
        <p class="model-actions">
          {(
            [
              ['load', () => void training.open(id)],
              ['rename', () => (doing.value = 'renaming')],
              ['toFile', () => void exportModel(id, name)],
              ['delete', () => (doing.value = 'deleting')],
            ] as const
          ).map(([action, act]) => (
            <button key={action} class="quiet" data-action={action} aria-label={`${w[action]}: ${name}`} onClick={act}>
              {w[action]}
            </button>
          ))}
        </p>
      )}
    </li>
  )
}

function Rename({ name, onDone }: { name: string; onDone: (name: string) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const done = useRef(false)
  // A layout effect: later it would select what has been typed by then.
  useLayoutEffect(() => field.current!.select(), [])
  // The field loses its focus when it is removed. Only the first end counts.
  const finish = (chosen: string) => {
    if (done.current) return
    done.current = true
    onDone(chosen.trim())
  }
  return (
    <form
      class="field"
      onSubmit={(event) => {
        event.preventDefault()
        finish(field.current!.value)
      }}
    >
      <input
        ref={field}
        type="text"
        dir="auto"
        aria-label={words.value.models.newName}
        defaultValue={name}
        onKeyDown={(event) => event.key === 'Escape' && finish(name)}
        onBlur={(event) => finish(event.currentTarget.value)}
      />
    </form>
  )
}
