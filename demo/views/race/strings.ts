import { strings } from '../../page/language'
import type { PresetName, Task } from '../../shared/race/lanes'
import type { Axis, Measure } from './standing'

interface RaceWords {
  title: string
  lead: string
  learn: string
  preset: string
  presets: Record<PresetName, string>
  task: string
  tasks: Record<Task, string>
  taskAbout: Record<Task, string>
  grid: string
  gridAbout: string
  contestant: (number: number) => string
  cell: string
  layers: string
  layersOf: (layers: number) => string
  both: string
  forwards: string
  remove: (name: string) => string
  add: string
  budget: string
  automatic: string
  size: (hidden: string, weights: string) => string
  equal: (percent: string) => string
  rate: string
  clipNorm: string
  noClipping: string
  more: string
  batch: string
  steps: string
  iterations: string
  noLimit: string
  seed: string
  prefix: string
  temperature: string
  running: (step: string, name: string) => string
  leads: (name: string, perplexity: string) => string
  allOut: string
  compare: string
  axis: Record<Axis, string>
  measure: string
  measures: Record<Measure | 'both', string>
  atSteps: (at: string) => string
  atTime: (at: string) => string
  standing: string
  columns: {
    place: string
    name: string
    hidden: string
    weights: string
    training: string
    heldOut: string
    accuracy: string
    speed: string
    time: string
    clipped: string
  }
  out: (step: string) => string
  chart: (axis: string, list: string) => string
  step: string
  seconds: string
  chartTitle: string
  faint: string
  samples: string
  samplesAbout: Record<Task, string>
  atStep: string
  newest: (step: string) => string
  comma: string
  before: string
  right: (right: number, all: number) => string
  guessed: (guess: string, truth: string) => string
  empty: string
}

export const words = strings<RaceWords>(
  {
    title: 'Race',
    lead: 'RNN, GRU and LSTM read the same text in the same order from the same seed, each with the same number of weights, and take every step in turns. See who learns fastest, by the step and by the clock.',
    learn:
      'A gate costs weights, so an LSTM gets the fewest units for the same budget. Watch whether remembering pays for that: the plain RNN often starts best, so see who overtakes it, and when. Then raise the learning rate or empty the clip norm, and see who falls first.',
    preset: 'Who races',
    presets: { cells: 'Three cells', all: 'All five', deep: 'One layer or two', sides: 'Both sides' },
    task: 'What they learn',
    tasks: { write: 'Next character', blanks: 'Fill in blanks' },
    taskAbout: {
      write: 'All read forwards: a network that reads from both sides would see the character it is to write, so it races only in filling blanks.',
      blanks: 'Fifteen of a hundred characters are hidden. Here a network may read from both sides of a blank.',
    },
    grid: 'On the grid',
    gridAbout: 'The budget is the same for all: what differs is how many hidden units it buys.',
    contestant: (number) => `Contestant ${number}`,
    cell: 'Cell',
    layers: 'Layers',
    layersOf: (layers) => (layers === 1 ? '1 layer' : `${layers} layers`),
    both: 'both sides',
    forwards: 'forwards',
    remove: (name) => `Remove ${name}`,
    add: 'Add a contestant',
    budget: 'Weights each',
    automatic: 'what suits the text',
    size: (hidden, weights) => `${hidden} hidden, ${weights} weights`,
    equal: (percent) => `Equal to within ${percent} %.`,
    rate: 'Learning rate',
    clipNorm: 'Clip norm',
    noClipping: 'none',
    more: 'More settings',
    batch: 'Batch',
    steps: 'Steps back in time',
    iterations: 'Training steps',
    noLimit: 'no limit',
    seed: 'Seed',
    prefix: 'Samples begin with',
    temperature: 'Temperature',
    running: (step, name) => ` · step ${step}, reading ${name}`,
    leads: (name, perplexity) => ` · ${name} leads with perplexity ${perplexity}`,
    allOut: ' · every contestant is out',
    compare: 'Compare after equal',
    axis: { steps: 'Steps', time: 'Time' },
    measure: 'Perplexity',
    measures: { heldOut: 'Held out', training: 'Training', both: 'Both' },
    atSteps: (at) => `after ${at} steps each`,
    atTime: (at) => `after ${at} s of training each`,
    standing: 'Standing',
    columns: {
      place: 'Place',
      name: 'Contestant',
      hidden: 'Hidden units',
      weights: 'Weights',
      training: 'Training',
      heldOut: 'Held out',
      accuracy: 'Guessed right',
      speed: 'Characters/s',
      time: 'Own time',
      clipped: 'Clipped',
    },
    out: (step) => `out: at step ${step} its loss was no number any more`,
    chart: (axis, list) => `Chart of the perplexity over ${axis.toLowerCase()}. ${list}`,
    step: 'Step',
    seconds: 'Seconds',
    chartTitle: 'Perplexity, lower is better',
    faint: 'The faint curves are the training.',
    samples: 'Side by side',
    samplesAbout: {
      write: 'What each writes from the same beginning with the same dice.',
      blanks: 'What each guesses for the blanks of a passage it has not read. Underlined: right. Struck out: wrong, and after it what stands there.',
    },
    atStep: 'At step',
    newest: (step) => `${step} (newest)`,
    comma: ', ',
    before: 'before training',
    right: (right, all) => `${right} of ${all} right`,
    guessed: (guess, truth) => `guessed ${guess}, is ${truth}`,
    empty: 'Press Start. What each of them makes of the text appears here.',
  },
  {
    title: '竞赛',
    lead: 'RNN、GRU（门控循环单元）和 LSTM（长短期记忆）从同一个种子出发，按同样的顺序读同一段文本，权重数相同，轮流走每一步。看谁学得最快：按步数比，也按时间比。',
    learn:
      '每个门都要占用权重，所以预算相同时 LSTM 的隐藏单元最少。看看“记得住”值不值这个价：普通 RNN 往往起步最快，看谁在什么时候超过它。再调高学习率，或清空裁剪范数，看谁先失控。',
    preset: '参赛者',
    presets: { cells: '三种单元', all: '全部五种', deep: '一层与两层', sides: '单向与双向' },
    task: '学习任务',
    tasks: { write: '预测下一个字', blanks: '填空' },
    taskAbout: {
      write: '都只从前往后读：双向网络会看到它要写的那个字，所以只能参加填空赛。',
      blanks: '每一百个字遮住十五个。在这里，网络可以从空格的两边读。',
    },
    grid: '起跑线',
    gridAbout: '预算人人相同，不同的是能换来多少隐藏单元。',
    contestant: (number) => `${number} 号`,
    cell: '单元',
    layers: '层数',
    layersOf: (layers) => `${layers} 层`,
    both: '双向',
    forwards: '单向',
    remove: (name) => `移除${name}`,
    add: '添加参赛者',
    budget: '每个的权重数',
    automatic: '随文本而定',
    size: (hidden, weights) => `隐藏单元 ${hidden}，权重 ${weights}`,
    equal: (percent) => `相差不超过 ${percent} %。`,
    rate: '学习率',
    clipNorm: '裁剪范数',
    noClipping: '不裁剪',
    more: '更多设置',
    batch: '批量',
    steps: '时间步数',
    iterations: '训练步数',
    noLimit: '不限',
    seed: '种子',
    prefix: '样本的开头',
    temperature: '温度',
    running: (step, name) => ` · 第 ${step} 步，读${name}`,
    leads: (name, perplexity) => ` · ${name} 领先，困惑度 ${perplexity}`,
    allOut: ' · 全部出局',
    compare: '比较方式',
    axis: { steps: '同样步数', time: '同样时间' },
    measure: '困惑度',
    measures: { heldOut: '留出部分', training: '训练', both: '两者' },
    atSteps: (at) => `各走 ${at} 步之后`,
    atTime: (at) => `各训练 ${at} 秒之后`,
    standing: '名次',
    columns: {
      place: '名次',
      name: '参赛者',
      hidden: '隐藏单元',
      weights: '权重',
      training: '训练',
      heldOut: '留出部分',
      accuracy: '猜中',
      speed: '字/秒',
      time: '自身用时',
      clipped: '裁剪',
    },
    out: (step) => `出局：第 ${step} 步时损失已不是数`,
    chart: (axis, list) => `困惑度曲线（${axis}）。${list}`,
    step: '步',
    seconds: '秒',
    chartTitle: '困惑度，越低越好',
    faint: '淡色曲线是训练部分。',
    samples: '并排看',
    samplesAbout: {
      write: '同样的开头，同样的骰子，各自写出什么。',
      blanks: '对一段没读过的文字，各自怎么填空。下划线：猜中；删除线：猜错，其后是原字。',
    },
    atStep: '第几步',
    newest: (step) => `${step}（最新）`,
    comma: '，',
    before: '训练之前',
    right: (right, all) => `${all} 个猜中 ${right} 个`,
    guessed: (guess, truth) => `猜 ${guess}，应为 ${truth}`,
    empty: '按“开始”。它们各自从文本里学到什么，会出现在这里。',
  },
)
