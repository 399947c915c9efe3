// The first minute: five steps through the page, each with a sentence.
import { strings } from '../page/language'
import './tour.css'

const words = strings(
  {
    title: 'The first minute',
    course: 'For a course: exercises, set up as experiments',
    steps: [
      ['train', 'Watch it learn', 'Press Start: noise becomes words.'],
      ['train', 'Point at a letter', 'See what else it might have written there.'],
      ['blank', 'Hide letters', 'Two networks guess them. One sees both sides.'],
      ['gradients', 'Let a gradient vanish', 'See why a plain RNN forgets.'],
      ['how', 'See the code', 'The equations, and the lines that compute them.'],
    ],
  },
  {
    title: '第一分钟',
    course: '上课用：习题，实验已经设好',
    steps: [
      ['train', '看它学习', '按“开始”：乱码变成词句。'],
      ['train', '指向一个字', '看那里本来还可能写什么。'],
      ['blank', '遮住几个字', '两个网络来猜，其中一个能看前后文。'],
      ['gradients', '让梯度消失', '看普通 RNN 为什么会忘。'],
      ['how', '看代码', '公式，以及计算它们的那几行。'],
    ],
  },
)

/** Takes the keyboard to what a step is about. */
const targets = ['#primary', '.characters-text']

export function Tour() {
  const w = words.value
  return (
    <nav class="tour" aria-label={w.title}>
      <h3>{w.title}</h3>
      <ol>
        {w.steps.map(([view, name, sentence], i) => (
          <li key={i}>
            <a href={`#${view}`} onClick={() => targets[i] && document.querySelector<HTMLElement>(targets[i])?.focus()}>
              {name}
            </a>
            <span class="hint">{sentence}</span>
          </li>
        ))}
      </ol>
      <p class="tour-more">
        <a href="#exercises">{w.course}</a>
      </p>
    </nav>
  )
}
