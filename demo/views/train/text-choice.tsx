// The text to train on: built in, pasted, opened or dropped.
import { FailureNote } from '../../parts/failure-note'
import { count } from '../../parts/format'
import { Segments } from '../../parts/segments'
import { chooseSource, openFile, paste, pasted, text, symbolCount, textFailure, textPreview } from '../../session/text'
import { settings } from '../../session/settings'
import type { Source } from '../../shared/texts'
import { EncodingChoice } from './encoding-choice'
import { words } from './strings'

const sources: readonly Source[] = ['english', 'chinese', 'book', 'paste', 'file']

export function TextChoice() {
  const w = words.value
  const { source, name, content } = text.value
  const facts = symbolCount.value
  return (
    <div class="settings-part">
      <Segments
        titled
        name="source"
        label={w.text}
        value={source}
        options={sources.map((value) => ({
          value,
          label: w.sources[value],
          ...(value === 'chinese' && { lang: 'zh-Hans' }),
          ...(value === 'english' && { lang: 'en' }),
        }))}
        onChange={chooseSource}
      />
      {source === 'paste' && (
        <label class="field">
          <span class="visually-hidden">{w.yourText}</span>
          <textarea
            id="paste"
            dir="auto"
            rows={6}
            spellcheck={false}
            placeholder={w.pasteHint}
            value={pasted.value}
            onInput={(event) => paste(event.currentTarget.value)}
          />
        </label>
      )}
      {source === 'file' && (
        <p class="file">
          <label class="button">
            <input id="file" type="file" class="visually-hidden" onChange={(event) => take(event.currentTarget)} />
            {w.openFile}
          </label>
          <span class="hint">{w.orDrop}</span>
        </p>
      )}
      <p id="text-about" class="hint" aria-live="polite">
        {name && content !== '' && <cite dir="auto">{name}</cite>}
        {name && content !== '' && <br />}
        {content !== '' && !textFailure.value && (facts ? w.facts[settings.value.symbols](count(facts.count), count(facts.distinct)) : w.counting)}
      </p>
      {source !== 'paste' && content !== '' && (
        <p class="text-preview" dir="auto" aria-hidden="true" lang={source === 'chinese' ? 'zh-Hans' : undefined}>
          {textPreview.value}
        </p>
      )}
      <EncodingChoice />
      <FailureNote failure={textFailure.value} />
    </div>
  )
}

function take(input: HTMLInputElement): void {
  const [file] = input.files ?? []
  input.value = '' // so that the same file can be opened again after a change
  if (file) void openFile(file)
}
