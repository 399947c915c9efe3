// Train: choose a text and a network, and watch it learn to write.
import { settings } from '../../session/settings'
import { Controls } from './controls'
import { Learning } from './learning'
import { SettingsForm } from './settings-form'
import { DropTarget } from './text-choice'
import { Writing } from './writing'
import './train.css'

export default function Train() {
  return (
    <div class="train" data-cell={settings.value.cell}>
      <SettingsForm />
      <div class="train-main">
        <Controls />
        <Learning />
        <Writing />
      </div>
      <DropTarget />
    </div>
  )
}
