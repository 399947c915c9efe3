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
  remembering: (step: string) => string
  deepAbout: string
  verdict: string
  soFar: (step: string) => string
  space: string
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
    rank: string
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
    lead: 'RNN, GRU and LSTM learn the same text in the same order from the same seed. All have the same number of weights, and they take turns, step by step. See who learns fastest, per step and per second.',
    learn:
      'Gates cost weights, so at equal size an LSTM has the fewest hidden units. Is its memory worth that? The plain RNN often starts best, so see who overtakes it, and when. Then raise the learning rate or clear the clip norm, and see whose training breaks first.',
    preset: 'Preset',
    presets: { cells: 'Three cells', all: 'All cells', memory: 'Long memory', deep: 'One to three layers', sides: 'One or two directions' },
    task: 'Task',
    tasks: { write: 'Next character', blanks: 'Fill in blanks', memory: 'Remember' },
    taskAbout: {
      write: 'All networks read forward. A bidirectional one would see the character that it has to predict, so it races only at filling in blanks.',
      blanks: 'Fifteen percent of the characters are hidden. Here a network may be bidirectional: it reads both sides of a blank.',
      memory:
        'A sequence begins with one of eight symbols, blanks follow, and at its last step the network names the symbol. Only what a network has kept helps it.',
    },
    grid: 'Contestants',
    gridAbout: 'All have the same number of weights. It gives each cell a different number of hidden units.',
    contestant: (number) => `Contestant ${number}`,
    cell: 'Cell',
    layers: 'Layers',
    layersOf: (layers) => (layers === 1 ? '1 layer' : `${layers} layers`),
    both: 'bidirectional',
    remove: (name) => `Remove ${name}`,
    add: 'Add a contestant',
    budget: 'Weights per network',
    automatic: 'automatic',
    size: (hidden, weights) => `${hidden} hidden units, ${weights} weights`,
    equal: (percent) => `The sizes differ by at most ${percent} %.`,
    rate: 'Learning rate',
    clipNorm: 'Clip norm',
    noClipping: 'none',
    more: 'More settings',
    batch: 'Batch',
    steps: 'Time steps',
    iterations: 'Training steps',
    noLimit: 'no limit',
    seed: 'Seed',
    prefix: 'Samples begin with',
    temperature: 'Temperature',
    running: (step, name) => ` · step ${step} on ${name}`,
    remembering: (step) => ` · step ${step}`,
    deepAbout:
      'The same number of weights in one layer, two or three. More layers make each one narrower, so depth does not always pay: the sentence below the standings says what it did.',
    verdict: 'What happened, and why:',
    soFar: (step) => `So far, at step ${step}:`,
    space: ' ',
    leads: (name, perplexity) => ` · ${name} leads with perplexity ${perplexity}`,
    allOut: ' · every contestant is out',
    compare: 'Compare at equal',
    axis: { steps: 'Steps', time: 'Time' },
    measure: 'Perplexity',
    measures: { heldOut: 'Held-out', training: 'Training', both: 'Both' },
    atSteps: (at) => `after ${at} steps each`,
    atTime: (at) => `after ${at} s of training each`,
    standing: 'Standings',
    columns: {
      rank: 'Rank',
      name: 'Contestant',
      hidden: 'Hidden units',
      weights: 'Weights',
      training: 'Training perplexity',
      heldOut: 'Held-out perplexity',
      accuracy: 'Accuracy',
      speed: 'Characters/\u2060s',
      time: 'Training time',
      clipped: 'Clipped steps',
    },
    out: (step) => `out: at step ${step} its loss became NaN (not a number)`,
    chart: (axis, list) => `Chart of the perplexity over ${axis.toLowerCase()}. ${list}`,
    step: 'Step',
    seconds: 'Seconds',
    chartTitle: 'Perplexity, lower is better',
    faint: 'The strong curves are on held-out text, which is not trained on. The faint curves are on the training text.',
    samples: 'Side by side',
    samplesAbout: {
      write: 'What each network writes after the same opening, with the same random seed.',
      blanks: 'What each network guesses for the blanks of a held-out passage. Underlined: right. Struck out: wrong, followed by the hidden character.',
      memory: 'What each network answers at the end of new sequences. Underlined: right. Struck out: wrong, followed by the symbol that came first.',
    },
    atStep: 'At step',
    newest: (step) => `${step} (newest)`,
    comma: ', ',
    before: 'before training',
    right: (right, all) => `${right} of ${all} right`,
    guessed: (guess, truth) => `guessed ${guess}, correct is ${truth}`,
    empty: 'Press Start. What each network writes or guesses appears here.',
  },
  {
    title: '竞赛',
    lead: 'RNN、GRU（门控循环单元）和 LSTM（长短期记忆网络）用同一个随机种子，按同样的顺序学习同一段文本，权重数相同，一步一步轮流训练。看谁学得最快：按步数比，也按时间比。',
    learn:
      '门要占用权重，所以大小相同时 LSTM 的隐藏单元最少。它的记忆值不值这个代价？普通 RNN 往往起步最快，看谁在什么时候超过它。再调高学习率，或清空梯度裁剪阈值，看谁的训练最先崩溃。',
    preset: '预设',
    presets: { cells: '三种单元', all: '全部单元', memory: '长记忆', deep: '一层到三层', sides: '单向与双向' },
    task: '任务',
    tasks: { write: '预测下一个字符', blanks: '填空', memory: '记住' },
    taskAbout: {
      write: '所有网络都只从前往后读。双向网络会看到它要预测的那个字符，所以只能参加填空比赛。',
      blanks: '15% 的字符被遮住。这里的网络可以是双向的：空格的前后文都读。',
      memory: '序列的第一步是八个符号之一，之后都是空白，到最后一步网络要说出那个符号。只有记住的东西才有用。',
    },
    grid: '参赛者',
    gridAbout: '所有参赛者的权重数相同，但每种单元因此得到的隐藏单元数不同。',
    contestant: (number) => `${number} 号`,
    cell: '单元',
    layers: '层数',
    layersOf: (layers) => `${layers} 层`,
    both: '双向',
    remove: (name) => `移除${name}`,
    add: '添加参赛者',
    budget: '每个网络的权重数',
    automatic: '自动',
    size: (hidden, weights) => `隐藏单元 ${hidden}，权重 ${weights}`,
    equal: (percent) => `大小相差不超过 ${percent}%。`,
    rate: '学习率',
    clipNorm: '梯度裁剪阈值',
    noClipping: '不裁剪',
    more: '更多设置',
    batch: '批量大小',
    steps: '时间步数',
    iterations: '训练步数',
    noLimit: '不限',
    seed: '随机种子',
    prefix: '样本的开头',
    temperature: '温度',
    running: (step, name) => ` · 第 ${step} 步，文本：${name}`,
    remembering: (step) => ` · 第 ${step} 步`,
    deepAbout: '同样多的权重，放进一层、两层或三层。层多了，每层就窄，所以深并不总有好处：排名下面的那句话会说这一次怎样。',
    verdict: '发生了什么，为什么：',
    soFar: (step) => `到目前为止，第 ${step} 步：`,
    space: '',
    leads: (name, perplexity) => ` · ${name} 领先，困惑度 ${perplexity}`,
    allOut: ' · 全部出局',
    compare: '比较条件',
    axis: { steps: '同样步数', time: '同样时间' },
    measure: '困惑度',
    measures: { heldOut: '验证', training: '训练', both: '两者' },
    atSteps: (at) => `各训练 ${at} 步之后`,
    atTime: (at) => `各训练 ${at} 秒之后`,
    standing: '排名',
    columns: {
      rank: '名次',
      name: '参赛者',
      hidden: '隐藏单元数',
      weights: '权重数',
      training: '训练困惑度',
      heldOut: '验证困惑度',
      accuracy: '准确率',
      speed: '字符/秒',
      time: '训练用时',
      clipped: '被裁剪的步',
    },
    out: (step) => `出局：第 ${step} 步时损失变成了 NaN（非数）`,
    chart: (axis, list) => `困惑度曲线（${axis}）。${list}`,
    step: '训练步',
    seconds: '秒',
    chartTitle: '困惑度（越低越好）',
    faint: '深色曲线是验证集上的困惑度，验证集不参与训练；浅色曲线是训练集上的。',
    samples: '并排比较',
    samplesAbout: {
      write: '用同样的开头、同样的随机种子，看各个网络写出什么。',
      blanks: '各个网络怎样填验证集里一段文字的空。下划线：正确；删除线：错误，后面是被遮住的字符。',
      memory: '各个网络在新序列末尾的回答。下划线：正确；删除线：错误，后面是最初的符号。',
    },
    atStep: '训练步',
    newest: (step) => `${step}（最新）`,
    comma: '，',
    before: '训练之前',
    right: (right, all) => `${all} 个中对 ${right} 个`,
    guessed: (guess, truth) => `猜的是 ${guess}，应为 ${truth}`,
    empty: '按“开始”，各个网络写出或填出的内容会出现在这里。',
  },
)
