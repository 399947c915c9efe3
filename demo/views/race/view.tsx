// Race: networks of equal size learn the same text side by side.
import { RunControls } from '../../parts/run-controls'
import { count, figure } from '../../parts/format'
import { textInWords } from '../../parts/text-line'
import { useRecording } from '../../parts/use-recording'
import { language } from '../../page/language'
import { ownText } from '../../session/settings'
import { choices } from '../../shared/train/settings'
import { Board, rankedBy, rankingOf } from './board'
import { RaceChoice, RaceForm } from './form'
import { lanesOf } from '../../shared/race/lanes'
import { nameOf } from './names'
import { Samples } from './samples'
import { race, runs } from './store'
import { words } from './strings'
import { least } from './verdict'
import '../../parts/comparison.css'
import './race.css'

export default function RaceView() {
  const w = words.value
  useRecording(runs, `race-${ownText(language.value)}`)
  return (
    <div class="race comparison">
      <header class="comparison-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
        <p class="hint comparison-learn">{w.learn}</p>
      </header>
      <RunControls run={runs} whatOf={(set) => lanesOf(set.lanes, set.task, choices.cell).map(nameOf).join(w.comma)}>
        <Now />
      </RunControls>
      <RaceChoice />
      <div class="comparison-main">
        <Board />
        <Samples />
      </div>
      <RaceForm />
    </div>
  )
}

/** The standings in a sentence. */
function Now() {
  const w = words.value
  const now = race.value
  if (!now) return null
  const [first] = rankingOf(now).ranking
  const best = first!.racer.out ? null : (first![rankedBy()] ?? first!.training)
  return (
    <>
      {now.settings.task === 'memory' ? w.remembering(count(now.step)) : w.running(count(now.step), textInWords(now.textName))}
      {first!.racer.out ? w.allOut : best !== null && now.step >= least && w.leads(nameOf(first!.racer.lane), figure(best))}
    </>
  )
}
