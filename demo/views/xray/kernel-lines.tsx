// The lines of the kernels that compute a step of a cell, as in How it works.
import type { CellName } from 'sluice'
import { Code } from '../how/code'
import { excerpts, type Excerpt } from '../how/excerpts'
import '../how/how.css'
import { words } from './strings'

const linesOf: Readonly<Record<CellName, readonly Excerpt[]>> = {
  rnn: [excerpts.rnn],
  'rnn-relu': [excerpts.rnn],
  gru: [excerpts.gruGates, excerpts.gruCandidate],
  'gru-reset-after': [excerpts.gruResetAfter],
  mgu: [excerpts.mguGate, excerpts.mguCandidate],
  lstm: [excerpts.lstm],
}

export function KernelLines({ cell }: { cell: CellName }) {
  const w = words.value
  return (
    <div class="xray-kernels">
      {linesOf[cell].map((excerpt) => (
        <Code key={excerpt.file + excerpt.lines[0]!.text} excerpt={excerpt} />
      ))}
      <p>
        <a href="#how">{w.kernelsMore}</a>
      </p>
    </div>
  )
}
