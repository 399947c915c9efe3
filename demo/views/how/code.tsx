// A function of a kernel. Lines that compute an equation are marked with its number.
import type { Excerpt } from './excerpts'
import { words } from './strings'

export function Code({ excerpt: { file, lines } }: { excerpt: Excerpt }) {
  const indent = Math.min(
    ...lines
      .slice(1, -1)
      .map(({ text }) => text.search(/\S/))
      .filter((at) => at >= 0),
    2,
  )
  const computed = [...new Set(lines.flatMap(({ equations }) => equations))].join(', ')
  return (
    <figure class="code">
      <figcaption class="label">{file}</figcaption>
      <pre tabIndex={0} role="region" aria-label={words.value.codeOf(file, computed)}>
        <code>
          {lines.map(({ text, equations, marked }, i) => {
            const [, line = '', comment = ''] = /^(.*?)(\/\/.*)?$/.exec(text)!
            return (
              <span key={i} class={marked ? 'code-line marked' : 'code-line'}>
                <span
                  class="code-number"
                  aria-label={equations.length > 0 ? words.value.equation(equations.join(', ')) : undefined}
                  role={equations.length > 0 ? 'note' : undefined}
                >
                  {equations.length > 0 ? `(${equations.join(', ')})` : ''}
                </span>
                <span>
                  {line.slice(indent > 2 ? indent - 2 : 0)}
                  <i>{comment}</i>
                  {'\n'}
                </span>
              </span>
            )
          })}
        </code>
      </pre>
    </figure>
  )
}
