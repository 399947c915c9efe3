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
  /** What a value of 1 and of 0 does. */
  ends: Record<ShownGate, readonly [one: string, zero: string]>
  endsTitle: string
  means: (gate: string, marked: string, others: string) => string
  strip: (means: string) => string
  numbers: (list: string) => string
  number: string
  nothingAsked: string
  asked: (number: string, answer: string, gru: string, lstm: string) => string
  space: string
  short: Record<TaskKind, string>
  step: (step: string) => string
  atStep: string
  newest: (step: string) => string
  before: string
  comma: string
  figuresCaption: (step: string) => string
  columns: Record<'name' | 'marked' | 'others' | 'reset' | 'loss' | 'weights', string>
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
    lead: 'The task: a GRU and an LSTM read numbers, one after the other, some of them with a mark. One question asks for the mean of the last two numbers, the other for the number at the last mark. What you see: for the second question the gates learn to keep the old state from mark to mark, and to let the new number in at each mark. For the first they treat all numbers nearly alike.',
    learn: 'Nobody tells a gate what to do: it learns it from the question alone. (Each line is the mean over the units, each with its share in the answer.)',
    what: 'GRU and LSTM, the last two numbers and the marked one',
    kinds: { short: 'The last two numbers count', long: 'The number at the last mark counts' },
    questions: {
      short: 'Asked after every number: what is the mean of the last two?',
      long: 'Asked after every number: what was the number at the last mark?',
    },
    gates: { z: 'z, update gate (GRU)', r: 'r, reset gate (GRU)', f: 'f, forget gate (LSTM)' },
    endsTitle: 'What 1 and 0 mean',
    ends: {
      z: ['1: keeps the old state', '0: replaces it with the candidate'],
      r: ['1: the candidate sees all of the old state', '0: the candidate sees nothing of it, and begins afresh'],
      f: ['1: keeps the memory', '0: erases it'],
    },
    means: (gate, marked, others) => `${gate}: ${marked} at the marks, ${others} elsewhere.`,
    strip: (means) => `The gates over the numbers. ${means}`,
    numbers: (list) => `The numbers, with a bar before each that has a mark: ${list}`,
    number: 'After number',
    nothingAsked: 'Nothing is asked after the first number.',
    asked: (number, answer, gru, lstm) => `After number ${number}, right is ${answer}. The GRU says ${gru}, the LSTM ${lstm}.`,
    space: ' ',
    short: { short: 'the last two', long: 'the marked one' },
    step: (step) => ` · step ${step}`,
    atStep: 'At training step',
    newest: (step) => `${step} (newest)`,
    before: 'before training',
    comma: ', ',
    figuresCaption: (step) => `after ${step} training steps: the gates over the numbers that are shown, the loss over new sequences`,
    columns: {
      name: 'Network',
      marked: 'z or f at the marks',
      others: 'z or f elsewhere',
      reset: 'r at the marks / elsewhere',
      loss: 'Loss on new numbers',
      weights: 'Weights',
    },
    losses: 'Loss',
    lossesAbout:
      'The mean squared error, as in the table. Always answering with the mean of all numbers costs 0.042 (the last two) and 0.083 (the marked one).',
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
    lead: '任务：GRU（门控循环单元）和 LSTM（长短期记忆网络）逐个读入一串数，其中有的带标记。一个问题问最后两个数的平均，另一个问最近一个带标记的数。你会看到：回答第二个问题时，门学会了在两个标记之间保留旧状态，一到标记就让新的数进来；回答第一个问题时，门对每个数几乎一视同仁。',
    learn: '没有人告诉门该怎么做：它只从问题里学会。（每条线是各单元的平均值，按每个单元对答案的作用加权。）',
    what: 'GRU 与 LSTM，最后两个数与带标记的数',
    kinds: { short: '只看最后两个数', long: '只看最近一个带标记的数' },
    questions: { short: '每读一个数都问：最后两个数的平均是多少？', long: '每读一个数都问：最近一个带标记的数是多少？' },
    gates: { z: 'z 更新门（GRU）', r: 'r 重置门（GRU）', f: 'f 遗忘门（LSTM）' },
    endsTitle: '1 和 0 各是什么意思',
    ends: {
      z: ['1：保留旧状态', '0：换成候选隐状态'],
      r: ['1：候选隐状态看得见全部旧状态', '0：候选隐状态完全看不见它，从头算起'],
      f: ['1：保留记忆', '0：清除记忆'],
    },
    means: (gate, marked, others) => `${gate}：标记处 ${marked}，其余 ${others}。`,
    strip: (means) => `各个门随输入的变化。${means}`,
    numbers: (list) => `输入的数，竖线之后的数带标记：${list}`,
    number: '读到第几个数',
    nothingAsked: '第一个数之后不提问。',
    asked: (number, answer, gru, lstm) => `读到第 ${number} 个数，正确答案是 ${answer}。GRU 答 ${gru}，LSTM 答 ${lstm}。`,
    space: '',
    short: { short: '最后两个', long: '带标记的' },
    step: (step) => ` · 第 ${step} 步`,
    atStep: '训练步',
    newest: (step) => `${step}（最新）`,
    before: '训练之前',
    comma: '，',
    figuresCaption: (step) => `${step} 个训练步之后：门按图中的数计算，损失在新序列上计算`,
    columns: {
      name: '网络',
      marked: '标记处的 z 或 f',
      others: '其余的 z 或 f',
      reset: 'r：标记处 / 其余',
      loss: '新序列上的损失',
      weights: '权重数',
    },
    losses: '损失',
    lossesAbout: '均方误差，与表中相同。如果总是回答所有数的平均值，损失是 0.042（最后两个数）和 0.083（带标记的数）。',
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
