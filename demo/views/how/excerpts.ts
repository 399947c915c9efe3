// The excerpts of kernels in the essay: a function of each of the very files that train, with the lines of its equations. A line
// that is missing is an error, so the page cannot show code that the engine does not run.
import gruForward from '../../../shaders/lib/gru_forward.wgsl?raw'
import lstmBackward from '../../../shaders/lib/lstm_backward.wgsl?raw'
import lstmForward from '../../../shaders/lib/lstm_forward.wgsl?raw'
import rnnBackward from '../../../shaders/lib/rnn_backward.wgsl?raw'
import rnnForward from '../../../shaders/lib/rnn_forward.wgsl?raw'
import step from '../../../shaders/lib/step.wgsl?raw'
import statistics from '../../../shaders/loss/statistics.wgsl?raw'

export interface CodeLine {
  readonly text: string
  /** Numbers of the equations that the line computes. */
  readonly equations: readonly number[]
}

export interface Excerpt {
  readonly file: string
  readonly lines: readonly CodeLine[]
}

/** The one function of `source` in which every marked line stands, from `fn` to its closing brace. `marks` has an equation's
 * number for each pattern. @throws Error if there is none. */
export function excerpt(file: string, source: string, marks: readonly (readonly [equation: number, line: RegExp])[]): Excerpt {
  const functions = [...source.matchAll(/^(?:@compute.*\n)?fn (?:[^\n]*\}$|[^\n]*\n(?:[^}\n].*\n|\n)*\})/gm)].map(([text]) => text)
  const code = functions.find((text) => marks.every(([, line]) => text.split('\n').some((one) => line.test(one))))
  if (!code) throw new Error(`shaders/${file}: no function has all of ${marks.map(([, line]) => String(line)).join(', ')}`)
  return {
    file: `shaders/${file}`,
    lines: code.split('\n').map((text) => ({ text, equations: marks.filter(([, line]) => line.test(text)).map(([equation]) => equation) })),
  }
}

/** With the equation numbers of the essay. */
export const excerpts = {
  rnn: excerpt('lib/rnn_forward.wgsl', rnnForward, [[1, /tanh_safe\(/]]),
  gruGates: excerpt('lib/gru_forward.wgsl', gruForward, [
    [2, /sigmoid\(.*pr/],
    [3, /sigmoid\(.*pz/],
    [4, /r \* h\[/],
  ]),
  gruCandidate: excerpt('lib/gru_forward.wgsl', gruForward, [
    [4, /n = tanh_safe\(/],
    [5, /z \* \w+ \+ \(1\.0 - z\) \* n/],
  ]),
  lstm: excerpt('lib/lstm_forward.wgsl', lstmForward, [
    [6, /let i = sigmoid\(/],
    [6, /let f = sigmoid\(/],
    [7, /let g = tanh_safe\(/],
    [6, /let o = sigmoid\(/],
    [8, /f \* \w+ \+ i \* g/],
    [9, /o \* tanh_safe\(/],
  ]),
  rnnBackward: excerpt('lib/rnn_backward.wgsl', rnnBackward, [
    [10, /total \+= dy\[/],
    [11, /total \* .*tanh_derivative\(/],
  ]),
  lstmBackward: excerpt('lib/lstm_backward.wgsl', lstmBackward, [
    [12, /dcell = .*o \* tanh_derivative\(/],
    [13, /= dcell \* f/],
  ]),
  clipping: excerpt('loss/statistics.wgsl', statistics, [
    [14, /sqrt\(/],
    [15, /clip_norm \/ \(norm/],
  ]),
  directions: excerpt('lib/step.wgsl', step, [[16, /step\.T - 1 - s/]]),
} as const
