// How it works: the equations, and beside them the code that computes them.
import type { ComponentChildren } from 'preact'
import readme from '../../../README.md?url'
import readmeZh from '../../../README.zh.md?url'
import { language } from '../../page/language'
import { Code } from './code'
import { excerpts } from './excerpts'
import { Equation, Formula } from './math'
import { PlanFigure } from './plan'
import { words } from './strings'
import { Toy } from './toy'
import './how.css'

type Name = keyof typeof words.value.parts

/** The addresses of the documents by their paths. */
const documents: Record<string, string> = import.meta.glob('../../../docs/{architecture,embedding,glossary,kernels,lessons,numerics,performance,training}.md', {
  query: '?url',
  import: 'default',
  eager: true,
})
/** docs/training.md → training */
const nameOf = (path: string) => path.replace(/^.*\/|\.md$/g, '') as keyof typeof words.value.documents

export default function How() {
  const w = words.value
  return (
    <article class="how">
      <header class="how-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
      </header>
      <Part name="rnn" code={<Code excerpt={excerpts.rnn} />} cell="rnn">
        <Equation number={1}>{'h_t = tanh (x_t W + h_{t−1} U + b)'}</Equation>
      </Part>
      <Part
        name="gru"
        cell="gru"
        code={
          <>
            <Code excerpt={excerpts.gruGates} />
            <Code excerpt={excerpts.gruCandidate} />
            <Toy />
          </>
        }
      >
        <Equation number={2}>{'r_t = σ(x_t W_r + h_{t−1} U_r + b_r)'}</Equation>
        <Equation number={3}>{'z_t = σ(x_t W_z + h_{t−1} U_z + b_z)'}</Equation>
        <Equation number={4}>{'n_t = tanh (x_t W_n + (r_t ⊙ h_{t−1}) U_n + b_n)'}</Equation>
        <Equation number={5}>{'h_t = z_t ⊙ h_{t−1} + (1 − z_t) ⊙ n_t'}</Equation>
      </Part>
      <Part name="lstm" code={<Code excerpt={excerpts.lstm} />} cell="lstm">
        <Equation number={6}>{'i_t, f_t, o_t = σ(x_t W + h_{t−1} U + b)'}</Equation>
        <Equation number={7}>{'g_t = tanh (x_t W + h_{t−1} U + b)'}</Equation>
        <Equation number={8}>{'c_t = f_t ⊙ c_{t−1} + i_t ⊙ g_t'}</Equation>
        <Equation number={9}>{'h_t = o_t ⊙ tanh (c_t)'}</Equation>
      </Part>
      <Part
        name="backward"
        code={
          <>
            <Code excerpt={excerpts.rnnBackward} />
            <Code excerpt={excerpts.lstmBackward} />
          </>
        }
      >
        <Equation number={10}>{'dh_t = frac{∂L}{∂h_t} = dy_t + da_{t+1} U^⊤'}</Equation>
        <Equation number={11}>{'da_t = dh_t ⊙ (1 − h_t^2)'}</Equation>
        <Equation number={12}>{'dc_t = dc_t^′ + dh_t ⊙ o_t ⊙ (1 − tanh^2 c_t)'}</Equation>
        <Equation number={13}>{'dc_{t−1}^′ = dc_t ⊙ f_t'}</Equation>
      </Part>
      <Part name="clipping" code={<Code excerpt={excerpts.clipping} />}>
        <Equation number={14}>{'‖g‖ = sqrt{sum_k{g_k^2}}'}</Equation>
        <Equation number={15}>{'g ← g · min (1, frac{θ}{‖g‖})'}</Equation>
      </Part>
      <Part name="directions" code={<Code excerpt={excerpts.directions} />}>
        <Equation number={16}>{'h_t^→ = φ(x_t, h_{t−1}^→), h_t^← = φ(x_t, h_{t+1}^←)'}</Equation>
        <Equation number={17}>{'y_t = [h_t^→, h_t^←]'}</Equation>
      </Part>
      <Part name="plan" code={<PlanFigure />} />
      <Part name="further">
        <p>
          <a href={language.value === 'zh' ? readmeZh : readme}>{w.readme}</a>
        </p>
        <ul class="how-documents">
          {Object.entries(documents).map(([path, address]) => (
            <li key={path}>
              <a href={address} hreflang="en">
                {w.documents[nameOf(path)]}
              </a>
            </li>
          ))}
        </ul>
      </Part>
    </article>
  )
}

function Part({ name, code, cell, children }: { name: Name; code?: ComponentChildren; cell?: string; children?: ComponentChildren }) {
  const { title, text } = words.value.parts[name]
  return (
    <section class="how-part" id={`how-${name}`} aria-labelledby={`how-${name}-title`} data-cell={cell}>
      <div class="how-text">
        <h3 id={`how-${name}-title`}>{title}</h3>
        {text.map((paragraph, i) => (
          <p key={i}>{paragraph.split(/(\$.*?\$|`.*?`)/).map(marked)}</p>
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
