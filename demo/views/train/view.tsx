// Train: choose a text and a network, and watch it learn to write.
import { cellNames } from '../../parts/cells'
import { count } from '../../parts/format'
import { RunControls } from '../../parts/run-controls'
import { isolated } from '../../parts/text-line'
import { useRecording } from '../../parts/use-recording'
import { language } from '../../page/language'
import { openingOver } from '../../session/opening'
import { ownText, settings } from '../../session/settings'
import { device } from '../../session/device'
import { about, training } from '../../session/training'
import { Learning } from './learning'
import { Models } from './models'
import { SettingsForm } from './settings-form'
import { Stage } from './stage'
import { Timeline } from './timeline'
import { Sampling, Continue } from './writing'
import { words } from './strings'
import './train.css'

export default function Train() {
  // The settings of the run, or of the form if there is no run.
  const cell = (about.value?.settings ?? settings.value).cell
  const run = about.value
  // The network that comes with the page writes first; while one's own is prepared, or without a GPU, a recording shows what is coming.
  const plays = training.status.value === 'starting' || (device.value.state === 'unavailable' && openingOver.value)
  useRecording(training, plays ? `train-${ownText(language.value)}` : null)
  return (
    <div class="train" data-cell={cell} data-status={training.status.value}>
      <SettingsForm />
      <div class="train-main">
        <RunControls run={training} whatOf={({ cell }) => cellNames[cell]}>
          {training.status.value === 'idle' && device.value.state === 'ready' && words.value.invitation}
          {run &&
            !training.recording.value &&
            run.parameters !== null &&
            ` · ${words.value.summary(cellNames[cell], count(run.parameters), isolated(run.textName) || words.value.yourText)}`}
        </RunControls>
        <Stage />
        {run && (
          <>
            <Sampling />
            <div class="train-pair">
              <div class="train-columns">
                <Learning />
                <Timeline />
              </div>
            </div>
          </>
        )}
        <Continue />
      </div>
      <Models />
    </div>
  )
}
