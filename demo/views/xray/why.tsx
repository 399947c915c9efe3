// Which earlier characters made the network expect the next one, by occlusion.
import { probability } from '../../parts/format'
import { nameOf } from '../../parts/guesses'
import { isolated } from '../../parts/text-line'
import { here, occlusion, type Shown } from './state'
import { words } from './strings'

/** A change of the probability of at least so much is worth a word. */
const worthWord = 0.02

export function Why({ shown: { inspection } }: { shown: Shown }) {
  const w = words.value
  const seen = occlusion.value?.at === here.value ? occlusion.value : null
  const characters = seen ? inspection.characters.slice(seen.from, seen.at + 1) : []
  const change = (s: number) => seen!.probability - seen!.without[s]!
  const most = seen ? Math.max(0.05, ...seen.without.map((_, s) => Math.abs(change(s)))) : 1
  const tint = (s: number) => `color-mix(in oklab, var(${change(s) < 0 ? '--low' : '--high'}) ${Math.round((60 * Math.abs(change(s))) / most)}%, transparent)`
  const ranked = characters.map((_, s) => s).sort((a, b) => change(b) - change(a))
  const back = (s: number) => String(characters.length - s)
  const [lowest] = ranked.slice(-1)
  return (
    <section id="why" class="xray-why" aria-labelledby="why-title">
      <h3 id="why-title">{w.why}</h3>
      <p class="hint">{w.whyAbout}</p>
      <p class="xray-why-text" role="img" aria-label={w.whyAsked} dir="auto">
        {characters.map((character, s) => (
          <span key={s} style={{ backgroundColor: tint(s) }}>
            {character === '\n' ? '↵' : character}
          </span>
        ))}
        {seen && <b>{seen.character === '\n' ? '↵' : seen.character === ' ' ? '␣' : seen.character}</b>}
      </p>
      <p class="xray-here" aria-live="polite">
        {seen && (
          <>
            <b>{w.expects(isolated(quoted(seen.character)), probability(seen.probability))}</b>
            {ranked
              .slice(0, 3)
              .filter((s) => change(s) > worthWord)
              .map((s) => (
                <span key={s}>{w.without(isolated(quoted(characters[s]!)), back(s), probability(seen.without[s]!))}</span>
              ))}
            {lowest !== undefined && change(lowest) < -worthWord && (
              <span>{w.against(isolated(quoted(characters[lowest]!)), back(lowest), probability(seen.without[lowest]!))}</span>
            )}
          </>
        )}
      </p>
    </section>
  )
}

const quoted = (character: string) => `“${nameOf(character)}”`
