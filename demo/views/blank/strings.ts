import { strings } from '../../page/language'
import type { Side } from '../../shared/blank/record'

interface Blank {
  title: string
  lead: string
  cell: string
  hidden: string
  seed: string
  iterations: string
  about: (step: string, text: string) => string
  sides: Record<Side, string>
  sideAbout: Record<Side, string>
  size: (hidden: string, parameters: string) => string
  accuracy: string
  accuracyHint: string
  noHeldOut: string
  /** What the second direction buys, in hidden characters of a hundred; `gain` is negative where it costs. */
  buys: (now: { readonly both: string; readonly before: string; readonly gain: number; readonly step: string }) => string
  buysQuestion: string
  chart: (step: string, both: string, before: string) => string
  step: string
  passage: string
  passageHow: string
  another: string
  random: string
  fraction: string
  showAll: string
  own: string
  ownUse: string
  board: string
  isHidden: string
  guesses: string
  notYet: string
  nothing: string
  hide: string
  right: string
  wrong: string
  table: { position: string; hidden: string; guess: string; probability: string }
  tableIs: string
  here: (position: string, character: string) => string
  score: string
  thisText: string
  soFar: string
  of: (right: string, all: string) => string
  resetScore: string
}

export const words = strings<Blank>(
  {
    title: 'Fill in the blank',
    lead: 'Hide characters of a text. One network reads both sides of a blank, the other only what comes before it. Both have about the same number of weights.',
    cell: 'Cell',
    hidden: 'Hidden units per direction',
    seed: 'Seed',
    iterations: 'Training steps',
    about: (step, text) => ` · step ${step} on ${text}`,
    sides: { both: 'Both sides', before: 'Forward only' },
    sideAbout: { both: 'bidirectional', before: 'reads what comes before' },
    size: (hidden, parameters) => `${hidden} units, ${parameters} weights`,
    accuracy: 'Accuracy on held-out text',
    accuracyHint: '15 % of the characters are hidden, and only the most likely guess counts. Held-out text is the part of the text that is not trained on.',
    noHeldOut: 'The text is too short: no part of it is held out.',
    buysQuestion: 'What does the second direction buy?',
    buys: ({ both, before, gain, step }) =>
      `At step ${step}, ${
        gain > 0
          ? `${gain} more of 100 hidden characters are guessed right: ${both} in place of ${before}, with about the same number of weights. What comes after a blank tells of it too, and only a network that also reads backward sees it.`
          : `nothing yet: both sides ${both}, forward only ${before}.`
      }`,
    chart: (step, both, before) => `Chart of the accuracy over the steps. At step ${step}: both sides ${both}, forward only ${before}.`,
    step: 'Step',
    passage: 'A passage that the networks were not trained on',
    passageHow: 'Tap a character to hide it or to show it. On a keyboard, use the arrow keys and Space.',
    another: 'Another passage',
    random: 'Hide at random',
    fraction: 'Fraction to hide',
    showAll: 'Show all',
    own: 'Or your own sentence',
    ownUse: 'Use it',
    board: 'The passage: choose the characters to hide',
    isHidden: 'hidden',
    guesses: 'What the networks guess',
    notYet: 'Press Start. Both networks begin to learn, and guess while they do.',
    nothing: 'Nothing is hidden. Tap a character.',
    hide: 'Point at a blank to see the guesses for it.',
    right: 'right',
    wrong: 'wrong',
    table: { position: 'Position', hidden: 'Hidden', guess: 'guess', probability: 'probability of the hidden character' },
    tableIs: 'All guesses in a table',
    here: (position, character) => `Position ${position}, “${character}”`,
    score: 'Score',
    thisText: 'This passage',
    soFar: 'All passages so far',
    of: (right, all) => `${right} of ${all}`,
    resetScore: 'Reset score',
  },
  {
    title: '填空',
    lead: '遮住文本里的字符。一个网络读空格的前后文，另一个只读前文；两者的权重数大致相同。',
    cell: '单元',
    hidden: '每个方向的隐藏单元数',
    seed: '随机种子',
    iterations: '训练步数',
    about: (step, text) => ` · 第 ${step} 步，文本：${text}`,
    sides: { both: '前后文', before: '只读前文' },
    sideAbout: { both: '双向网络', before: '单向网络' },
    size: (hidden, parameters) => `${hidden} 个单元，${parameters} 个权重`,
    accuracy: '验证集上的准确率',
    accuracyHint: '遮住 15% 的字符，只算最可能的那个猜测。验证集是文本中不参与训练的部分。',
    noHeldOut: '文本太短，没有可作验证集的部分。',
    buysQuestion: '第二个方向带来什么？',
    buys: ({ both, before, gain, step }) =>
      gain > 0
        ? `到第 ${step} 步，每 100 个被遮住的字符多猜对 ${gain} 个：${both}，而不是 ${before}，权重数大致相同。空格后面的文字也能说明问题，只有同时从后往前读的网络才看得到它。`
        : `到第 ${step} 步还没有：前后文 ${both}，只读前文 ${before}。`,
    chart: (step, both, before) => `准确率随训练步变化的图。第 ${step} 步：前后文 ${both}，只读前文 ${before}。`,
    step: '训练步',
    passage: '一段没有参与训练的文字',
    passageHow: '点一个字符，遮住它或重新显示它。用键盘时，按方向键和空格键。',
    another: '换一段',
    random: '随机遮住',
    fraction: '遮住的比例',
    showAll: '全部显示',
    own: '或写一句自己的',
    ownUse: '使用',
    board: '这段文字：选择要遮住的字符',
    isHidden: '已遮住',
    guesses: '网络的猜测',
    notYet: '按“开始”，两个网络开始学习，边学边猜。',
    nothing: '没有遮住任何字符。点一个试试。',
    hide: '指向一个空格，看对它的猜测。',
    right: '对',
    wrong: '错',
    table: { position: '位置', hidden: '原字符', guess: '猜测', probability: '原字符的概率' },
    tableIs: '全部猜测的表格',
    here: (position, character) => `第 ${position} 个，“${character}”`,
    score: '得分',
    thisText: '这一段',
    soFar: '到目前为止',
    of: (right, all) => `${all} 个中对 ${right} 个`,
    resetScore: '重新计分',
  },
)
