// Train: choose a text and a network, and watch it learn to write.
import { settings } from '../../session/settings'
import { about, status } from '../../session/session'
import { Controls } from './controls'
import { Learning } from './learning'
import { Models } from './models'
import { SettingsForm } from './settings-form'
import { Stage } from './stage'
import { DropTarget } from './text-choice'
import { Timeline } from './timeline'
import { Sampling, WriteOn } from './writing'
import './train.css'

export default function Train() {
  // What is shown is of the run, once there is one; before that, of what is chosen.
  const cell = (about.value?.order.settings ?? settings.value).cell
  const begun = about.value !== null
  return (
    <div class="train" data-cell={cell} data-status={status.value}>
      <SettingsForm />
      <div class="train-main">
        <Controls />
        <Stage />
        {begun && (
          <>
            <Sampling />
            <div class="train-pair">
              <div class="train-columns">
                <Learning />
                <Timeline />
              </div>
            </div>
            <WriteOn />
          </>
        )}
      </div>
      <Models />
      <DropTarget />
    </div>
  )
}
