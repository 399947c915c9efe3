import { strings } from '../../page/language'
import type { ShownGate, TaskKind } from '../../shared/gates/settings'

interface GateWords {
  title: string
  lead: string
  learn: string
  what: string
  kinds: Record<TaskKind, string>
  questions: Record<TaskKind, string>
  gates: Record<ShownGate, string>
  means: (gate: string, marked: string, others: string) => string
  strip: (means: string) => string
  numbers: (list: string) => string
  number: string
  nothingAsked: string
  asked: (number: string, answer: string, gru: string, lstm: string) => string
  keeps: string
  replaces: string
  space: string
  short: Record<TaskKind, string>
  step: (step: string) => string
  atStep: string
  newest: (step: string) => string
  before: string
  comma: string
  figuresCaption: (step: string) => string
  columns: Record<'name' | 'marked' | 'others' | 'reset' | 'error' | 'weights', string>
  losses: string
  lossesAbout: string
  chart: (step: string, list: string) => string
  trainingStep: string
  steps: string
  hidden: string
  batch: string
  rate: string
  iterations: string
  noLimit: string
  seed: string
}

export const words = strings<GateWords>(
  {
    title: 'What the gates do',
    lead: 'A GRU and an LSTM read the same numbers, and learn two questions about them. They come in pieces: a mark stands at the first number of each. One question needs the last two numbers, the other the first one of the piece.',
    learn:
      'Nobody tells a gate what to do: it learns it from the question alone. Near 1 the old state is kept, near 0 it is replaced. See it open at a mark, where the first number of a new piece must come in, and shut again until the next. (Each line is the mean over the units, each with its share in the answer.)',
    what: 'GRU and LSTM, the last two numbers and the first',
    kinds: { short: 'The last two numbers count', long: 'The first number of the piece counts' },
    questions: {
      short: 'Asked after every number: what is the mean of the last two?',
      long: 'Asked after every number: what was the number at the last mark?',
    },
    gates: { z: 'z, update gate (GRU)', r: 'r, reset gate (GRU)', f: 'f, forget gate (LSTM)' },
    means: (gate, marked, others) => `${gate}: ${marked} at the marks, ${others} elsewhere.`,
    strip: (means) => `The gates over the numbers. ${means}`,
    numbers: (list) => `The numbers, with a bar before the first of each piece: ${list}`,
    number: 'After number',
    nothingAsked: 'Nothing is asked after the first number.',
    asked: (number, answer, gru, lstm) => `After number ${number}, right is ${answer}. The GRU says ${gru}, the LSTM ${lstm}.`,
    keeps: '1: the old state is kept',
    replaces: '0: it is replaced',
    space: ' ',
    short: { short: 'the last two', long: 'the first' },
    step: (step) => ` · step ${step}`,
    atStep: 'At training step',
    newest: (step) => `${step} (newest)`,
    before: 'before training',
    comma: ', ',
    figuresCaption: (step) => `after ${step} training steps, over the numbers that are shown`,
    columns: {
      name: 'Network',
      marked: 'z or f at the marks',
      others: 'z or f elsewhere',
      reset: 'r at the marks / elsewhere',
      error: 'Error on new numbers',
      weights: 'Weights',
    },
    losses: 'Loss',
    lossesAbout: 'The mean squared error. Guessing costs 0.042 (the last two) and 0.083 (the first).',
    chart: (step, list) => `Chart of the loss over the training steps. At step ${step}: ${list}`,
    trainingStep: 'Step',
    steps: 'Numbers T',
    hidden: 'Hidden units',
    batch: 'Batch',
    rate: 'Learning rate',
    iterations: 'Training steps',
    noLimit: 'no limit',
    seed: 'Seed',
  },
  {
    title: '门在做什么',
    lead: 'GRU（门控循环单元）和 LSTM（长短期记忆网络）读同一串数，学会回答两个问题。数分成一段一段，每段的第一个数带有标记。一个问题只看最后两个数，另一个只看这一段的第一个数。',
    learn:
      '没有人告诉门该怎么做：它只从问题里学会。接近 1 表示保留旧状态，接近 0 表示换成新的。看它在标记处打开，让新一段的第一个数进来，然后关上，直到下一个标记。（每条线是各单元的平均值，按每个单元对答案的作用加权。）',
    what: 'GRU 与 LSTM，最后两个数与第一个数',
    kinds: { short: '只看最后两个数', long: '只看这一段的第一个数' },
    questions: { short: '每读一个数都问：最后两个数的平均是多少？', long: '每读一个数都问：上一个标记处的数是多少？' },
    gates: { z: 'z 更新门（GRU）', r: 'r 重置门（GRU）', f: 'f 遗忘门（LSTM）' },
    means: (gate, marked, others) => `${gate}：标记处 ${marked}，其余 ${others}。`,
    strip: (means) => `各个门随输入的变化。${means}`,
    numbers: (list) => `输入的数，竖线之后是一段的第一个：${list}`,
    number: '读到第几个数',
    nothingAsked: '第一个数之后不提问。',
    asked: (number, answer, gru, lstm) => `读到第 ${number} 个数，正确答案是 ${answer}。GRU 答 ${gru}，LSTM 答 ${lstm}。`,
    keeps: '1：保留旧状态',
    replaces: '0：换成新的',
    space: '',
    short: { short: '最后两个', long: '第一个' },
    step: (step) => ` · 第 ${step} 步`,
    atStep: '训练步',
    newest: (step) => `${step}（最新）`,
    before: '训练之前',
    comma: '，',
    figuresCaption: (step) => `${step} 个训练步之后，按图中的数计算`,
    columns: {
      name: '网络',
      marked: '标记处的 z 或 f',
      others: '其余的 z 或 f',
      reset: 'r：标记处 / 其余',
      error: '新序列上的误差',
      weights: '权重数',
    },
    losses: '损失',
    lossesAbout: '均方误差。随机猜测的损失是 0.042（最后两个数）和 0.083（第一个数）。',
    chart: (step, list) => `损失随训练步的变化。第 ${step} 步：${list}`,
    trainingStep: '训练步',
    steps: '序列长度 T',
    hidden: '隐藏单元数',
    batch: '批量大小',
    rate: '学习率',
    iterations: '训练步数',
    noLimit: '不限',
    seed: '随机种子',
  },
)
