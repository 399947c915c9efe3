// How it works: the equations, and beside them the code that computes them.
import type { ComponentChildren } from 'preact'
import { Code } from './code'
import { Documents } from './documents'
import { equations, numberOf, type EquationName } from './equations'
import { excerpts } from './excerpts'
import { Equation, Formula } from './math'
import { PlanFigure } from './plan'
import { words } from './strings'
import { Toy } from './toy'
import './how.css'

type Name = keyof typeof words.value.parts

export default function How() {
  const w = words.value
  return (
    <article class="how">
      <header class="how-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
      </header>
      <Part name="rnn" cell="rnn" equations={['rnnState']} code={<Code excerpt={excerpts.rnn} />} />
      <Part
        name="gru"
        cell="gru"
        equations={['reset', 'update', 'candidate', 'gruState', 'candidateAfter']}
        code={
          <>
            <Code excerpt={excerpts.gruGates} />
            <Code excerpt={excerpts.gruCandidate} />
            <Code excerpt={excerpts.gruResetAfter} />
            <Toy />
          </>
        }
      />
      <Part
        name="lstm"
        cell="lstm"
        equations={['input', 'forget', 'memoryCandidate', 'output', 'memory', 'lstmState']}
        code={<Code excerpt={excerpts.lstm} />}
      />
      <Part name="backward" cell="rnn" equations={['dState', 'dSum']} code={<Code excerpt={excerpts.rnnBackward} />} />
      <Part
        name="gruBackward"
        cell="gru"
        equations={['dCandidate', 'dUpdate', 'dSeen', 'dReset', 'dCarried', 'dBefore', 'dResetAfter', 'dProductAfter']}
        code={
          <>
            <Code excerpt={excerpts.gruBackwardCandidate} />
            <Code excerpt={excerpts.gruBackwardGates} />
            <Code excerpt={excerpts.gruResetAfterBackward} />
          </>
        }
      />
      <Part
        name="lstmBackward"
        cell="lstm"
        equations={['dOutput', 'dMemory', 'dInput', 'dForget', 'dMemoryCandidate', 'dMemoryBefore']}
        code={<Code excerpt={excerpts.lstmBackward} />}
      />
      <Part name="clipping" equations={['norm', 'clip']} code={<Code excerpt={excerpts.clipping} />} />
      <Part name="directions" equations={['directions', 'joined']} code={<Code excerpt={excerpts.directions} />} />
      <Part name="plan" code={<PlanFigure />} />
      <Part name="further">
        <Documents />
      </Part>
    </article>
  )
}

interface PartProps {
  readonly name: Name
  readonly equations?: readonly EquationName[]
  readonly code?: ComponentChildren
  readonly cell?: string
  readonly children?: ComponentChildren
}

function Part({ name, equations: shown = [], code, cell, children }: PartProps) {
  const { title, text } = words.value.parts[name]
  return (
    <section class="how-part" id={`how-${name}`} aria-labelledby={`how-${name}-title`} data-cell={cell}>
      <div class="how-text">
        <h3 id={`how-${name}-title`}>{title}</h3>
        {text.map((paragraph, i) => (
          <p key={i}>{paragraph.split(/(\$.*?\$|`.*?`)/).map(marked)}</p>
        ))}
        {shown.map((equation) => (
          <Equation key={equation} number={numberOf(equation)} name={words.value.equations[equation]}>
            {equations[equation]}
          </Equation>
        ))}
        {children}
      </div>
      {code && <div class="how-code">{code}</div>}
    </section>
  )
}

function marked(piece: string, key: number) {
  const inner = piece.slice(1, -1)
  return piece.startsWith('$') ? <Formula key={key}>{inner}</Formula> : piece.startsWith('`') ? <code key={key}>{inner}</code> : piece
}
