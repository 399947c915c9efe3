// Equations as MathML, from a notation as plain as they are said: `h_t = tanh(x_t W + h_{t−1} U + b)`. The words tanh, min,
// sqrt, frac and sum are known; `{…}` groups; `_` and `^` set below and above; `frac{a}{b}` is a fraction; `sum_{…}` a sum.
import { h, type VNode } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

const element = (name: string, attributes: Readonly<Record<string, string>> | null, ...children: (VNode | string)[]): VNode =>
  h(name, attributes as object, ...children)

const operators = new Set([...'=+−·⊙×()[],‖|≤←→⋯'])

/** Brackets as high as their letters; the bars of a norm close to what they hold. */
const attributesOf: Record<string, Record<string, string>> = {
  ...Object.fromEntries([...'()[]'].map((bracket) => [bracket, { stretchy: 'false' }])),
  '‖': { stretchy: 'false', lspace: '0.1em', rspace: '0.1em' },
}

export function parse(notation: string): VNode {
  const tokens = notation.match(/tanh|min|frac|sqrt|sum|\p{L}|\d+(?:\.\d+)?|[^\s]|\s+/gu) ?? []
  let next = 0

  const group = (): VNode => {
    if (tokens[next] !== '{') return atom()
    next++
    const row = sequence()
    next++ // the closing brace
    return row
  }
  const atom = (): VNode => {
    const token = tokens[next++]!
    if (token === '{') {
      next--
      return group()
    }
    if (token === 'frac') return element('mfrac', null, group(), group())
    if (token === 'sqrt') return element('msqrt', null, group())
    if (token === 'sum') return element('mo', null, '∑')
    if (/^\d/.test(token)) return element('mn', null, token)
    if (operators.has(token)) return element('mo', attributesOf[token] ?? null, token)
    // A letter is set in italics by the style sheet, in the font of the text; a word stands upright.
    return element('mi', token.length > 1 ? { class: 'word' } : null, token)
  }
  const sequence = (): VNode => {
    const row: VNode[] = []
    while (next < tokens.length && tokens[next] !== '}') {
      if (/^\s/.test(tokens[next]!)) {
        next++
        if (row.length > 0) row.push(element('mspace', { width: '0.18em' }))
        continue
      }
      const sum = tokens[next] === 'sum'
      const base = atom()
      const [below, above] = [script('_'), script('^')]
      row.push(
        below && above
          ? element(sum ? 'munderover' : 'msubsup', null, base, below, above)
          : below
            ? element(sum ? 'munder' : 'msub', null, base, below)
            : above
              ? element('msup', null, base, above)
              : base,
      )
    }
    return element('mrow', null, ...row)
  }
  const script = (mark: string): VNode | null => {
    if (tokens[next] !== mark) return null
    next++
    return group()
  }
  return sequence()
}

/** An equation in the line of a text. */
export const Formula = ({ children }: { children: string }) => element('math', null, parse(children))

/** An equation on a line of its own, with its name and its number. */
export function Equation({ number, name, children }: { number: number; name: string; children: string }) {
  const box = useRef<HTMLDivElement>(null)
  // Where it is wider than the screen it scrolls, by keyboard too.
  useLayoutEffect(() => {
    const one = box.current!
    const watcher = new ResizeObserver(() => (one.scrollWidth > one.clientWidth ? one.setAttribute('tabindex', '0') : one.removeAttribute('tabindex')))
    watcher.observe(one)
    return () => watcher.disconnect()
  }, [])
  return (
    <div ref={box} class="equation" id={`equation-${number}`} role="group" aria-label={name}>
      <span class="label">{name}</span>
      {element('math', { display: 'block' }, parse(children))}
      <span class="equation-number">({number})</span>
    </div>
  )
}
