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
  expect: string
  leftOut: string
  /** Those that the page cannot set up, each with the reason. */
  missing: readonly (readonly [exercise: string, because: string])[]
}

const words = strings<ExerciseWords>(
  {
    title: 'Exercises',
    lead: 'Experiments after the exercises of Dive into Deep Learning, in our words. Each link opens the page with the settings; Start is yours to press. Guess first, then unfold what to expect.',
    chapters: {
      rnn: 'Recurrent networks',
      time: 'Backpropagation through time',
      gru: 'Gated recurrent units',
      lstm: 'Long short-term memory',
      deep: 'Deep networks',
      both: 'Bidirectional networks',
    },
    open: (view) => `Set up in ${view}`,
    expect: 'What to expect',
    leftOut: 'Left out',
    missing: [
      ['A GRU with only a reset gate, or only an update gate', 'The engine has no such cells. The nearest is the MGU: one gate for both jobs.'],
      ['Words in place of characters', 'The page reads characters or grapheme clusters. The library trains on ids of any kind, words too.'],
      ['An LSTM for a time series', 'The page reads texts. The library reads vectors: the example “a time series” is such an LSTM.'],
      [
        'Two directions of different widths',
        'Both directions of a layer have one width. The library can join two layers, one of which reads backwards; the page cannot.',
      ],
      ['Several books at once', 'The page takes one text. Join the books in one file, or paste one after the other.'],
    ],
  },
  {
    title: '习题',
    lead: '按《动手学深度学习》的习题设计的实验，用我们自己的话写成。每个链接都会按设置打开页面，由你来按“开始”。先猜一猜，再展开看会怎样。',
    chapters: {
      rnn: '循环神经网络',
      time: '通过时间反向传播',
      gru: '门控循环单元（GRU）',
      lstm: '长短期记忆网络（LSTM）',
      deep: '深度循环神经网络',
      both: '双向循环神经网络',
    },
    open: (view) => `在“${view}”中打开`,
    expect: '会看到什么',
    leftOut: '没有收入的习题',
    missing: [
      ['只有重置门或只有更新门的 GRU', '引擎没有这样的单元。最接近的是 MGU：一个门做两件事。'],
      ['以词代替字符', '本页读的是字符或字素簇。库可以用任何 id 训练，也包括词。'],
      ['用 LSTM 预测时间序列', '本页只读文本。库能读向量，示例“时间序列”就是这样的 LSTM。'],
      ['两个方向宽度不同', '一层的两个方向宽度相同。库可以把两层接在一起，其中一层倒着读；本页不能。'],
      ['同时用几本书', '本页一次只用一个文本。可以把几本书合成一个文件，或依次粘贴。'],
    ],
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
                <details>
                  <summary aria-label={`${w.expect}: ${exercise.question[spoken]}`}>{w.expect}</summary>
                  <p class="hint">{exercise.expect[spoken]}</p>
                </details>
              </li>
            ))}
          </ol>
        </section>
      ))}
      <section class="exercises-left-out" aria-labelledby="left-out">
        <h3 id="left-out">{w.leftOut}</h3>
        <dl>
          {w.missing.map(([exercise, because]) => (
            <div key={exercise}>
              <dt>{exercise}</dt>
              <dd class="hint">{because}</dd>
            </div>
          ))}
        </dl>
      </section>
    </article>
  )
}
