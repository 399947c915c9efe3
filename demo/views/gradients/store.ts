// The state of Gradients. It stays while another view is shown.
import { signal } from '@preact/signals'
import { stream } from '../../client/client'
import { runner } from '../../session/runner'
import { advance, unpack, type GradientData, type GradientEvent, type Gradients } from '../../shared/gradients/record'
import type { GradientSettings } from '../../shared/gradients/settings'
import { keptSettings, settings } from './settings'

/** null before the first run; a new object after each event. */
export const gradients = signal<Gradients | null>(null)

export const runs = runner<GradientSettings, GradientEvent, GradientData>({
  key: 'gradients',
  settings: keptSettings,
  reads: () => (settings.value.task === 'text' ? 'text' : 'nothing'),
  follow: (start, signal) => stream('gradients', start, signal),
  apply: (event, config) => (gradients.value = advance(gradients.value, event, config)),
  show: (data) => (gradients.value = data && unpack(data)),
})
