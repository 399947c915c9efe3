// The excerpts of kernels in the essay: a function of each of the very files that train, with the lines of its equations. A line
// that is missing is an error, so the page cannot show code that the engine does not run.
import gruBackward from '../../../shaders/lib/gru_backward.wgsl?raw'
import gruForward from '../../../shaders/lib/gru_forward.wgsl?raw'
import gruResetAfterBackward from '../../../shaders/lib/gru_reset_after_backward.wgsl?raw'
import gruResetAfterForward from '../../../shaders/lib/gru_reset_after_forward.wgsl?raw'
import lstmBackward from '../../../shaders/lib/lstm_backward.wgsl?raw'
import lstmForward from '../../../shaders/lib/lstm_forward.wgsl?raw'
import mguForward from '../../../shaders/lib/mgu_forward.wgsl?raw'
import rnnBackward from '../../../shaders/lib/rnn_backward.wgsl?raw'
import rnnForward from '../../../shaders/lib/rnn_forward.wgsl?raw'
import step from '../../../shaders/lib/step.wgsl?raw'
import statistics from '../../../shaders/loss/statistics.wgsl?raw'
import { numberOf, type EquationName } from './equations'

export interface CodeLine {
  readonly text: string
  /** Numbers of the equations that the line computes. */
  readonly equations: readonly number[]
  readonly marked: boolean
}

export interface Excerpt {
  readonly file: string
  readonly lines: readonly CodeLine[]
}

/** The one function of `source` in which every marked line stands, from `fn` to its closing brace. `marks` has an equation for each
 * pattern, or null for a line of an equation that the essay has not. @throws Error if there is none. */
export function excerpt(file: string, source: string, marks: readonly (readonly [equation: EquationName | null, line: RegExp])[]): Excerpt {
  const functions = [...source.matchAll(/^(?:@compute.*\n)?fn (?:[^\n]*\}$|[^\n]*\n(?:[^}\n].*\n|\n)*\})/gm)].map(([text]) => text)
  const code = functions.find((text) => marks.every(([, line]) => text.split('\n').some((one) => line.test(one))))
  if (!code) throw new Error(`shaders/${file}: no function has all of ${marks.map(([, line]) => String(line)).join(', ')}`)
  return {
    file: `shaders/${file}`,
    lines: code.split('\n').map((text) => {
      const found = marks.filter(([, line]) => line.test(text)).map(([equation]) => equation)
      return { text, equations: found.flatMap((equation) => (equation === null ? [] : [numberOf(equation)])), marked: found.length > 0 }
    }),
  }
}

export const excerpts = {
  rnn: excerpt('lib/rnn_forward.wgsl', rnnForward, [['rnnState', /tanh_safe\(/]]),
  gruGates: excerpt('lib/gru_forward.wgsl', gruForward, [
    ['reset', /sigmoid\(.*pr/],
    ['update', /sigmoid\(.*pz/],
    ['candidate', /r \* h\[/],
  ]),
  gruCandidate: excerpt('lib/gru_forward.wgsl', gruForward, [
    ['candidate', /n = tanh_safe\(/],
    ['gruState', /z \* \w+ \+ \(1\.0 - z\) \* n/],
  ]),
  gruResetAfter: excerpt('lib/gru_reset_after_forward.wgsl', gruResetAfterForward, [
    ['reset', /let r = sigmoid\(/],
    ['update', /let z = sigmoid\(/],
    ['candidateAfter', /let s = product/],
    ['candidateAfter', /n = tanh_safe\(/],
    ['gruState', /z \* \w+ \+ \(1\.0 - z\) \* n/],
  ]),
  mguGate: excerpt('lib/mgu_forward.wgsl', mguForward, [
    [null, /let f = sigmoid\(/],
    [null, /f \* h\[/],
  ]),
  mguCandidate: excerpt('lib/mgu_forward.wgsl', mguForward, [
    [null, /n = tanh_safe\(/],
    [null, /\(1\.0 - f\) \* \w+ \+ f \* n/],
  ]),
  lstm: excerpt('lib/lstm_forward.wgsl', lstmForward, [
    ['input', /let i = sigmoid\(/],
    ['forget', /let f = sigmoid\(/],
    ['memoryCandidate', /let g = tanh_safe\(/],
    ['output', /let o = sigmoid\(/],
    ['memory', /f \* \w+ \+ i \* g/],
    ['lstmState', /o \* tanh_safe\(/],
  ]),
  rnnBackward: excerpt('lib/rnn_backward.wgsl', rnnBackward, [
    ['dState', /total = dh\[.*\+ product/],
    ['dState', /total \+= dy\[/],
    ['dSum', /total \* .*tanh_derivative\(/],
  ]),
  gruBackwardCandidate: excerpt('lib/gru_backward.wgsl', gruBackward, [
    ['dBefore', /total = dh\[.*\+ product/],
    ['dBefore', /total \+= dy\[/],
    ['dCandidate', /dn = total \*/],
    ['dUpdate', /dz = total \*/],
    ['dCarried', /total \*= z/],
  ]),
  gruBackwardGates: excerpt('lib/gru_backward.wgsl', gruBackward, [
    ['dSeen', /ds: vec4f/],
    ['dReset', /dr = ds \*/],
    ['dCarried', /\+= r \* ds/],
  ]),
  gruResetAfterBackward: excerpt('lib/gru_reset_after_backward.wgsl', gruResetAfterBackward, [
    ['dCandidate', /dn = total \*/],
    ['dUpdate', /dz = total \*/],
    ['dResetAfter', /dr = dn \*/],
    ['dProductAfter', /ds = dn \* r/],
  ]),
  lstmBackward: excerpt('lib/lstm_backward.wgsl', lstmBackward, [
    ['dOutput', /d_o = .*sigmoid_derivative\(/],
    ['dMemory', /dcell = .*o \* tanh_derivative\(/],
    ['dInput', /di = dcell \*/],
    ['dForget', /df = dcell \*/],
    ['dMemoryCandidate', /dcell \* i \* tanh_derivative\(/],
    ['dMemoryBefore', /= dcell \* f/],
  ]),
  clipping: excerpt('loss/statistics.wgsl', statistics, [
    ['norm', /sqrt\(/],
    ['clip', /clip_norm \/ \(norm/],
  ]),
  directions: excerpt('lib/step.wgsl', step, [['directions', /step\.T - 1 - s/]]),
} as const
