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
  accuracyUntold: string
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
  table: { place: string; hidden: string; guess: string; given: string }
  tableIs: string
  here: (place: string, character: string) => string
  score: string
  thisText: string
  soFar: string
  of: (right: string, all: string) => string
  forget: string
}

export const words = strings<Blank>(
  {
    title: 'Fill in the blank',
    lead: 'Hide characters of a text. One network reads from both sides of a blank, the other only what comes before; both are equally large.',
    cell: 'Cell',
    hidden: 'Hidden units each way',
    seed: 'Seed',
    iterations: 'Training steps',
    about: (step, text) => ` · ${step} steps on ${text}`,
    sides: { both: 'Both sides', before: 'Forward only' },
    sideAbout: { both: 'bidirectional', before: 'reads what comes before' },
    size: (hidden, parameters) => `${hidden} units, ${parameters} weights`,
    accuracy: 'Guessed right, of the text held out',
    accuracyHint: '15 % of the characters are hidden, and only the likeliest guess counts.',
    accuracyUntold: 'The text is too short to hold a part of it out.',
    chart: (step, both, before) => `Chart of the characters guessed right over the steps. At step ${step}: both sides ${both}, forward only ${before}.`,
    step: 'Step',
    passage: 'A passage they have not learned from',
    passageHow: 'Tap a character to hide it or to show it again. With the keyboard: arrow keys, and Space.',
    another: 'Another passage',
    random: 'Hide at random',
    fraction: 'Part to hide',
    showAll: 'Show all',
    own: 'Or a sentence of your own',
    ownUse: 'Use it',
    board: 'The passage; choose the characters to hide',
    isHidden: 'hidden',
    guesses: 'What they guess',
    notYet: 'Press Start: the two begin to learn, and guess as they do.',
    nothing: 'Nothing is hidden. Tap a character.',
    hide: 'Point at a blank to see what each would have put there.',
    right: 'right',
    wrong: 'wrong',
    table: { place: 'Place', hidden: 'Hidden', guess: 'guess', given: 'probability of the hidden one' },
    tableIs: 'Every guess, in a table',
    here: (place, character) => `Place ${place}, “${character}”`,
    score: 'Score',
    thisText: 'This passage',
    soFar: 'All passages so far',
    of: (right, all) => `${right} of ${all}`,
    forget: 'Score from zero',
  },
  {
    title: '填空',
    lead: '把文本里的字符藏起来。一个网络从空格两边读，另一个只读前文；两者一样大。',
    cell: '单元',
    hidden: '每个方向的隐藏单元数',
    seed: '种子',
    iterations: '训练步数',
    about: (step, text) => ` · 已在${text}上学了 ${step} 步`,
    sides: { both: '双向', before: '只看前文' },
    sideAbout: { both: '前后文都读', before: '只读前面的字' },
    size: (hidden, parameters) => `${hidden} 个单元，${parameters} 个权重`,
    accuracy: '留出文本上的猜中率',
    accuracyHint: '藏起 15% 的字符，只算最有把握的那个猜测。',
    accuracyUntold: '文本太短，没有可留出的部分。',
    chart: (step, both, before) => `猜中率随步数变化的图。第 ${step} 步：双向 ${both}，只看前文 ${before}。`,
    step: '步',
    passage: '它们没学过的一段',
    passageHow: '点一个字符，把它藏起来或再露出来。用键盘：方向键与空格键。',
    another: '换一段',
    random: '随机隐藏',
    fraction: '隐藏比例',
    showAll: '全部露出',
    own: '或写一句自己的',
    ownUse: '用这句',
    board: '这段文本；选择要隐藏的字符',
    isHidden: '已隐藏',
    guesses: '它们的猜测',
    notYet: '按“开始”：两个网络开始学，边学边猜。',
    nothing: '没有隐藏任何字符。点一个试试。',
    hide: '指着一个空，看它们各会填什么。',
    right: '对',
    wrong: '错',
    table: { place: '位置', hidden: '原字', guess: '猜测', given: '给原字的概率' },
    tableIs: '全部猜测的表格',
    here: (place, character) => `第 ${place} 个，“${character}”`,
    score: '得分',
    thisText: '这一段',
    soFar: '到目前为止',
    of: (right, all) => `${all} 个中对 ${right} 个`,
    forget: '重新计分',
  },
)
