// For a lecture hall: larger letters. The address has it, so that a teacher's links do too.
import { effect, signal } from '@preact/signals'
import { keepInAddress, parameters } from './address'

export const projector = signal(parameters.get('projector') === 'true')
keepInAddress(() => ({ projector: projector.value ? 'true' : null }))

effect(() => {
  document.documentElement.toggleAttribute('data-projector', projector.value)
})
