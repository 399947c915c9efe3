// Exercises: experiments that are set up, each with its question.
import { language, strings } from '../../page/language'
import { parameters } from '../../page/address'
import { viewTitles } from '../../page/views'
import { addressOf, exercises, type Chapter } from './exercises'
import './exercises.css'

interface ExerciseWords {
  title: string
  lead: string
  chapters: Record<Chapter, string>
  open: (view: string) => string
  leftOut: string
}

const words = strings<ExerciseWords>(
  {
    title: 'Exercises',
    lead: 'Experiments after the exercises of Dive into Deep Learning, in our words. Each link opens the page with the settings; Start is yours to press.',
    chapters: {
      rnn: 'Recurrent networks',
      time: 'Backpropagation through time',
      gru: 'Gated recurrent units',
      lstm: 'Long short-term memory',
      deep: 'Deep networks',
      both: 'Bidirectional networks',
    },
    open: (view) => `Set up in ${view}`,
    leftOut:
      'Left out, since the page cannot set them up yet: a GRU with only a reset gate or only an update gate, words in place of characters, a time series, two directions of different widths, several books at once.',
  },
  {
    title: '习题',
    lead: '按《动手学深度学习》的习题设计的实验，用我们自己的话写成。每个链接都会按设置打开页面，由你来按“开始”。',
    chapters: {
      rnn: '循环神经网络',
      time: '通过时间反向传播',
      gru: '门控循环单元（GRU）',
      lstm: '长短期记忆网络（LSTM）',
      deep: '深度循环神经网络',
      both: '双向循环神经网络',
    },
    open: (view) => `在“${view}”中打开`,
    leftOut: '没有收入的习题，本页还设不了：只有重置门或只有更新门的 GRU、以词代替字符、时间序列、两个方向宽度不同、同时用几本书。',
  },
)

export default function Exercises() {
  const w = words.value
  const spoken = language.value
  // A link with settings of a training means the English text, unless it says another.
  const kept = { lang: spoken, ...(spoken === 'zh' && { corpus: 'chinese' }), ...(parameters.has('projector') && { projector: 'true' }) }
  return (
    <article class="exercises">
      <header class="exercises-head">
        <h2>{w.title}</h2>
        <p class="lead">{w.lead}</p>
      </header>
      {(Object.keys(exercises) as Chapter[]).map((chapter) => (
        <section key={chapter} aria-labelledby={`chapter-${chapter}`}>
          <h3 id={`chapter-${chapter}`}>{w.chapters[chapter]}</h3>
          <ol>
            {exercises[chapter].map((exercise) => (
              <li key={exercise.question.en}>
                <p class="exercises-question">{exercise.question[spoken]}</p>
                <p class="hint">{exercise.look[spoken]}</p>
                <a href={addressOf(exercise, kept)} aria-label={`${w.open(viewTitles.value[exercise.view])}: ${exercise.question[spoken]}`}>
                  {w.open(viewTitles.value[exercise.view])}
                </a>
              </li>
            ))}
          </ol>
        </section>
      ))}
      <p class="hint exercises-left-out">{w.leftOut}</p>
    </article>
  )
}
