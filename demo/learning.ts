// The view "How it learns": the figures, the bar, the curve.
import { Chart } from './chart'
import { Curve } from './curve'
import { create, element } from './dom'
import { count, duration, perplexity } from './format'
import type { Session, State } from './session'

const names = {
  step: 'Step',
  epoch: 'Epoch',
  training: 'Training perplexity',
  heldOut: 'Held-out perplexity',
  speed: 'Characters/s',
  left: 'Time left',
}
type Name = keyof typeof names

const states: Record<State, string> = {
  opening: '',
  unavailable: '',
  ready: '',
  starting: 'Preparing the network…',
  running: 'Learning',
  paused: 'Paused',
  finished: 'Done',
  failed: 'Stopped',
}

const calm = matchMedia('(prefers-reduced-motion: reduce)')

export function showLearning(session: Session): void {
  const figures = element('figures', HTMLElement)
  const done = element('done', HTMLProgressElement)
  const status = element('status', HTMLElement)
  const chart = new Chart(element('curve', HTMLElement))
  const values = new Map<Name, HTMLElement>()
  const notes = new Map<Name, HTMLElement>()
  for (const [name, label] of Object.entries(names)) {
    const value = create('span', 'value')
    const note = create('span', 'note')
    values.set(name as Name, value)
    notes.set(name as Name, note)
    const entry = create('div', '', create('dt', '', label), create('dd', '', value, note))
    entry.dataset['figure'] = name
    figures.append(entry)
  }
  const put = (name: Name, value: string, note = '') => {
    values.get(name)!.textContent = value
    notes.get(name)!.textContent = note
  }
  let curve = new Curve()
  let about = ''

  const clear = () => {
    for (const name of Object.keys(names) as Name[]) put(name, '–')
    done.value = 0
    curve = new Curve()
    chart.show(curve)
    about = ''
  }
  clear()

  session.onReset(clear)
  session.onState((state) => {
    status.textContent = [states[state], about].filter(Boolean).join(' · ')
    if (state === 'finished') put('left', '–')
  })
  const view = element('learning-title', HTMLElement).closest('section')!
  session.on('started', ({ characters, vocabulary, parameters }) => {
    clear()
    // On a phone the form fills the screen, and what begins now lies below it.
    if (view.getBoundingClientRect().top > innerHeight * 0.7) view.scrollIntoView({ block: 'start', behavior: calm.matches ? 'auto' : 'smooth' })
    about = `${count(parameters)} weights, ${count(characters)} characters, ${count(vocabulary)} different`
  })
  session.on('progress', ({ points, epoch, epochs, totalSteps, charsPerSecond, secondsLeft }) => {
    for (const point of points) curve.add(point)
    const last = points.at(-1)!
    chart.show(curve)
    done.max = totalSteps
    done.value = last.step
    put('step', count(last.step), ` of ${count(totalSteps)}`)
    put('epoch', count(epoch), epochs === null ? '' : ` of ${count(epochs)}`)
    put('training', perplexity(Math.exp(curve.smoothed)), ` loss ${curve.smoothed.toFixed(3)}`)
    put('speed', count(charsPerSecond))
    put('left', duration(secondsLeft))
  })
  session.on('look', ({ step, heldOutPerplexity }) => {
    if (heldOutPerplexity !== null) {
      const loss = Math.log(heldOutPerplexity)
      if (curve.heldOut.at(-1)?.step !== step) curve.heldOut.push({ step, loss })
      put('heldOut', perplexity(heldOutPerplexity), ` loss ${loss.toFixed(3)}`)
    }
    chart.show(curve)
    chart.note(step, curve.smoothed, heldOutPerplexity)
  })
}
