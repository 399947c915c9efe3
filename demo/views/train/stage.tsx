// The stage: the present sample, large, with the alternatives of each character. Before a run, an introduction.
import { signal, useComputed } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Characters } from '../../parts/characters'
import { count, figure, probability } from '../../parts/format'
import { Guesses, nameOf } from '../../parts/guesses'
import { charactersOf, pack, sampledAt, surpriseLevel, type SampledText } from '../../shared/train/sampled-text'
import type { Evaluation } from '../../shared/train/record'
import { about, learning, training } from '../../session/training'
import { isolated } from '../../parts/text-line'
import { language } from '../../page/language'
import { opening, openingLost, stopOpening, writeOpening } from '../../session/opening'
import { recipes } from '../../shared/opening-recipes'
import { ownText } from '../../session/settings'
import { builtIn, type Source } from '../../shared/texts'
import { Tour } from '../../parts/tour'
import { cellNames } from '../../parts/cells'
import { pasteOwn } from './settings-form'
import { Share } from './share'
import { words } from './strings'

/** The step of the sample on the stage; null for the newest. */
export const chosenStep = signal<number | null>(null)

export function Stage() {
  const w = words.value
  const preparing = training.status.value === 'starting'
  const sample = useComputed(() => learning.value.samples.find(({ step }) => step === chosenStep.value) ?? learning.value.samples.at(-1)).value
  return (
    <section class="stage" aria-labelledby="stage-title">
      {sample ? (
        <Written sample={sample} />
      ) : (
        <>
          <h2 id="stage-title" class="visually-hidden">
            {w.writing}
          </h2>
          {!openingLost.value && <Opening />}
          <p class={openingLost.value ? 'stage-lead' : 'lead'}>{preparing ? w.preparing : w.lead}</p>
          <p class="hint">
            {!preparing && (
              <button id="own-chat" class="quiet" onClick={pasteOwn}>
                {w.ownChat}
              </button>
            )}
            {preparing ? w.preparingHow : w.privately}
          </p>
          {!preparing && <Tour />}
        </>
      )}
      <Announcement />
    </section>
  )
}

/** What the model that comes with the page writes, until there is a run. */
function Opening() {
  const w = words.value
  const source = ownText(language.value)
  useEffect(() => {
    void writeOpening(source)
    return stopOpening
  }, [source])
  // What is told of it is there before the model is, and so is the room of what it will write.
  const now = opening.value?.source === source ? opening.value : null
  const { hidden, updates } = recipes[source]
  const { prefix, draws } = now ?? { prefix: builtIn[source].opening, draws: pack([]) }
  const told = w.openingAbout(count(hidden), isolated(builtIn[source].name), count(updates))
  return (
    <div class="opening" data-cell="gru" aria-busy={!now?.done}>
      <div class="sample-head">
        <b>{w.opening}</b>
        <span class="label">{told}</span>
        {now && (
          <button class="quiet" onClick={() => (now.done ? void writeOpening(source) : stopOpening())}>
            {now.done ? w.writeAgain : w.stopWriting}
          </button>
        )}
      </div>
      <SampledCharacters id="opening" label={w.opening} source={source} prefix={prefix} draws={draws} shown={draws.chances.length - 1} />
      {now && <Share prefix={prefix} draws={draws} title={w.opening} about={told} />}
    </div>
  )
}

function Written({ sample }: { sample: Evaluation }) {
  const w = words.value
  const isNewest = sample === learning.value.samples.at(-1)
  const run = about.value
  return (
    <>
      <div class="sample-head">
        <h2 id="stage-title">{w.writing}</h2>
        <b>{titleOf(sample)}</b>
        {sample.heldOutLoss !== null && <span class="label">{w.perplexityIs(figure(Math.exp(sample.heldOutLoss)))}</span>}
        <span class="label">{w.surprise}</span>
        {!isNewest && (
          <button class="quiet" onClick={() => (chosenStep.value = null)}>
            {w.newest}
          </button>
        )}
      </div>
      <SampledCharacters id="written-now" label={w.writing} prefix={sample.prefix} draws={sample.draws} />
      {run && (
        <Share
          prefix={sample.prefix}
          draws={sample.draws}
          title={titleOf(sample)}
          about={w.summary(cellNames[run.settings.cell], count(run.parameters ?? 0), isolated(run.textName) || w.yourText)}
        />
      )}
    </>
  )
}

/** A sampled text, each character with its alternatives. */
export function SampledCharacters({
  id,
  label,
  prefix,
  draws,
  source = about.value?.source,
  shown,
}: {
  id: string
  label: string
  prefix: string
  draws: SampledText
  source?: Source | null | undefined
  /** The character that is shown until one is pointed at. */
  shown?: number | undefined
}) {
  const w = words.value
  // A text that is being written grows anyway.
  const box = useTallest(shown === undefined ? draws.chances.length : 0)
  return (
    <div id={id} ref={box} class="drawn">
      <Characters
        label={label}
        lang={languageOf(source)}
        shown={shown}
        characters={charactersOf(draws)}
        before={prefix}
        level={(i) => surpriseLevel(draws.chances[i]!)}
        hint={w.pointHint}
      >
        {(i) => {
          const character = sampledAt(draws, i)
          return (
            <>
              <p class="label">{w.sampledWith(nameOf(character.character), probability(character.probability))}</p>
              <Guesses guesses={character.alternatives} chosen={character.character} />
            </>
          )
        }}
      </Characters>
    </div>
  )
}

/** A box that keeps the height of the tallest text of this length that it has held, as long as it is as wide: what stands below
 * it, such as a slider under the pointer, stays where it is when the next text is shorter. */
function useTallest(length: number) {
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const { style, firstElementChild } = box.current!
    let [width, height] = [0, 0]
    const observer = new ResizeObserver(([entry]) => {
      const { inlineSize, blockSize } = entry!.contentBoxSize[0]!
      ;[width, height] = [inlineSize, inlineSize === width ? Math.max(height, blockSize) : blockSize]
      style.minHeight = `${height}px`
    })
    observer.observe(firstElementChild!)
    return () => observer.disconnect()
  }, [length])
  return box
}

/** The language of a built-in text; undefined for another text. */
export const languageOf = (source: Source | null | undefined) =>
  source === 'chinese' ? 'zh-Hans' : source === 'english' || source === 'book' ? 'en' : undefined

export const titleOf = ({ step }: Evaluation) => (step === 0 ? words.value.before : words.value.atStep(count(step)))

/** Announces the progress to screen readers at each new sample, which is seldom enough. */
function Announcement() {
  const newest = learning.value.samples.at(-1)
  return (
    <p class="visually-hidden" aria-live="polite">
      {newest && newest.heldOutLoss !== null && `${titleOf(newest)}: ${words.value.perplexityIs(figure(Math.exp(newest.heldOutLoss)))}`}
    </p>
  )
}
