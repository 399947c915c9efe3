// The gradients as the page knows them: kept while another view is shown.
import { signal } from '@preact/signals'
import { call, stream } from '../../session/client'
import { runner } from '../../session/runner'
import type { GradientEvent } from './handlers'
import { advance, unpack, type GradientData, type Gradients } from './record'
import { keptSettings, settings, type GradientSettings } from './settings'

/** null before the first; a new object whenever it has changed. */
export const gradients = signal<Gradients | null>(null)

export const runs = runner<GradientSettings, GradientEvent, GradientData>({
  key: 'gradients',
  settings: keptSettings,
  reads: () => (settings.value.task === 'text' ? 'text' : 'nothing'),
  follow: (order, signal) => stream('gradients', order, signal),
  allow: (steps) => void call('allowGradients', { steps }),
  take: (event, order) => (gradients.value = advance(gradients.value, event, order)),
  show: (data) => (gradients.value = data && unpack(data)),
})
