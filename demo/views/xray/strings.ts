import { strings } from '../../page/language'
import type { CellName } from 'sluice'
import type { Place } from '../../shared/xray'

/** Cells whose gates read alike; without gates there is nothing to say of them. */
export type GatedKind = 'gru' | 'mgu' | 'lstm'
export const kindOf = (cell: CellName): GatedKind => (cell === 'lstm' || cell === 'mgu' ? cell : 'gru')

interface XRay {
  title: string
  lead: string
  none: string
  noneHow: string
  train: string
  starting: string
  cancel: string
  passage: string
  another: string
  lookAgain: string
  live: string
  pause: string
  resume: string
  looking: string
  seen: (cell: string, layers: string, hidden: string, step: string) => string
  tooLong: (longest: string) => string
  layer: string
  layerIs: (number: string) => string
  quantity: string
  /** By name of a state or gate: what it is called, and what it does. */
  /** By name; of one cell where the same letter means something else there. */
  quantities: Record<string, readonly [name: string, about: string]>
  unit: string
  heat: (quantity: string, layer: string, characters: string, units: string) => string
  follows: (unit: string, most: string, mostAt: string, least: string, leastAt: string) => string
  columns: string
  here: (character: string, place: string) => string
  value: (quantity: string, unit: string, value: string) => string
  next: string
  numbers: string
  columnsOf: { character: string; mean: string; unit: string }
  one: (unit: string) => string
  oneHow: string
  oneText: string
  answers: string
  place: string
  places: Record<Place, string>
  change: (quantity: string, place: string, characters: string) => string
  valueMeasure: (quantity: string, characters: string) => string
  noPlace: string
  sorted: string
  gates: string
  gatesLead: Record<GatedKind, string>
  gatesChart: (means: string) => string
  gatesNumbers: string
  memory: string
  long: Record<GatedKind, string>
  longAbout: Record<GatedKind, (middle: string, least: string) => string>
  short: string
  shortAbout: (middle: string, most: string) => string
  noGates: string
}

const en: XRay = {
  title: 'X-ray',
  lead: 'Every character passes through the network as a row of numbers. Here they are: a column for each character, a row for each unit.',
  none: 'There is no network to look into yet.',
  noneHow: 'Train one here with the text and settings of the view Train, and watch its insides take shape.',
  train: 'Train it',
  starting: 'Preparing the network…',
  cancel: 'Cancel',
  passage: 'Text to run through the network',
  another: 'Another passage',
  lookAgain: 'Look again',
  live: 'Keep looking while it learns',
  pause: 'Pause',
  resume: 'Go on learning',
  looking: 'Looking…',
  seen: (cell, layers, hidden, step) => `${cell}, ${layers} × ${hidden} units, as it was at step ${step}`,
  tooLong: (longest) => `Only the first ${longest} characters are looked at.`,
  layer: 'Layer',
  layerIs: (number) => `Layer ${number}`,
  quantity: 'State or gate',
  quantities: {
    h: ['h, state', 'what the unit tells the rest of the network after each character.'],
    c: ['c, memory', 'what an LSTM unit holds for itself; it has no bound, so the scale ends at the largest value.'],
    r: ['r, reset', 'how much of the old state the candidate may see: 0 ignores it, 1 sees all of it.'],
    z: ['z, update', 'how much of the old state is kept: 1 keeps it, 0 puts the candidate in its place.'],
    n: ['n, candidate', 'the new state that is proposed.'],
    i: ['i, input', 'how much of the candidate comes into the memory.'],
    f: ['f, forget', 'how much of the memory is kept: 1 keeps it, 0 forgets it.'],
    'mgu f': [
      'f, forget',
      'how much of the state is replaced: 0 keeps it, 1 puts the candidate in its place. It also says how much of the old state the candidate may see.',
    ],
    g: ['g, candidate', 'what is proposed for the memory.'],
    o: ['o, output', 'how much of the memory is shown outside.'],
  },
  unit: 'Unit',
  heat: (quantity, layer, characters, units) => `Heat map of ${quantity} in layer ${layer}: ${characters} characters, ${units} units.`,
  follows: (unit, most, mostAt, least, leastAt) => `Unit ${unit} is highest, ${most}, at ${mostAt}, and lowest, ${least}, at ${leastAt}.`,
  columns: 'One column a character. Left and right arrow keys walk along the text, up and down from unit to unit.',
  here: (character, place) => `After ${character} (${place})`,
  value: (quantity, unit, value) => `${quantity} of unit ${unit}: ${value}`,
  next: 'What it expects next',
  numbers: 'The heat map in numbers',
  columnsOf: { character: 'Character', mean: 'Mean of all units', unit: 'Unit' },
  one: (unit) => `Unit ${unit} through the text`,
  oneHow: 'Each character is coloured by the value of the unit after it. Point at one to see what the network expects to follow.',
  oneText: 'The text, coloured by one unit',
  answers: 'Units that answer to',
  place: 'Places',
  places: { lineEnd: 'line ends', space: 'spaces', sentenceEnd: 'sentence ends', quote: 'quotes', inQuotes: 'being inside quotes' },
  change: (quantity, place, characters) =>
    `How much more the unit’s ${quantity} moves at ${place} than elsewhere, in standard deviations (Cohen’s d of |change|, over ${characters} characters of the text).`,
  valueMeasure: (quantity, characters) =>
    `How much higher the unit’s ${quantity} is inside quotes than outside, in standard deviations (Cohen’s d, over ${characters} characters of the text).`,
  noPlace: 'There are too few of these in the text to say.',
  sorted: 'Order the heat map’s rows by this',
  gates: 'The gates beside each other',
  gatesLead: {
    gru: 'The mean over all units after each character. Where the update gate z is low, much of the state is replaced; where the reset gate r is low, the candidate is made as if the past were not there.',
    mgu: 'The mean over all units after each character. Where the gate f is low, the state is kept and the candidate sees little of it; where f is high, the candidate takes its place.',
    lstm: 'The mean over all units after each character. Where the forget gate f is low, memory is let go; where the input gate i is high, new things are written; o is what is shown of it.',
  },
  gatesChart: (means) => `Chart of the mean gates over the characters. Over the whole passage: ${means}.`,
  gatesNumbers: 'The gates in numbers',
  memory: 'Long and short memory',
  long: { gru: 'Update gate: how long a unit keeps', mgu: 'The gate: how long a unit keeps', lstm: 'Forget gate: how long a unit keeps' },
  longAbout: {
    gru: (middle, least) =>
      `Characters until half of a unit’s state is replaced, by its update gate alone. The middle one of all units: ${middle}, the shortest: ${least}. These keep longest, for what lies far back:`,
    mgu: (middle, least) =>
      `Characters until half of a unit’s state is replaced, by its gate alone. Median ${middle}, minimum ${least}. These keep longest, for what lies far back:`,
    lstm: (middle, least) =>
      `Characters until half of a unit’s memory is let go, by its forget gate alone. The middle one of all units: ${middle}, the shortest: ${least}. These keep longest, for what lies far back:`,
  },
  short: 'Reset gate: how much of the past counts at once',
  shortAbout: (middle, most) =>
    `How much of the old state a unit’s candidate sees, on average: 0 begins anew at every character. The middle one of all units: ${middle}, the highest: ${most}. These see least, and look at the newest characters:`,
  noGates: 'A plain RNN has no gates: every character overwrites the whole state.',
}

const zh: XRay = {
  title: '透视',
  lead: '每个字符经过网络时，都化作一排数。把它们摆出来：一个字符一列，一个单元一行。',
  none: '还没有可以透视的网络。',
  noneHow: '按“训练”页上的文本和设置，就在这里训练一个，看它的内部怎样成形。',
  train: '开始训练',
  starting: '正在准备网络…',
  cancel: '取消',
  passage: '送进网络的文本',
  another: '换一段',
  lookAgain: '再看一次',
  live: '学习时持续观察',
  pause: '暂停',
  resume: '继续学习',
  looking: '正在查看…',
  seen: (cell, layers, hidden, step) => `${cell}，${layers} 层 × ${hidden} 个单元，第 ${step} 步时的样子`,
  tooLong: (longest) => `只看前 ${longest} 个字符。`,
  layer: '层',
  layerIs: (number) => `第 ${number} 层`,
  quantity: '状态或门',
  quantities: {
    h: ['h 状态', '单元在每个字符之后告诉网络其余部分的东西。'],
    c: ['c 记忆', 'LSTM 单元自己留着的东西；它没有上下界，色标以最大值为端点。'],
    r: ['r 重置', '候选能看见多少旧状态：0 全不看，1 全都看。'],
    z: ['z 更新', '旧状态保留多少：1 全留，0 换成候选。'],
    n: ['n 候选', '提议的新状态。'],
    i: ['i 输入', '候选有多少写进记忆。'],
    f: ['f 遗忘', '记忆保留多少：1 全留，0 全忘。'],
    'mgu f': ['f 遗忘', '状态替换多少：0 全留，1 换成候选。候选能看见多少旧状态也由它决定。'],
    g: ['g 候选', '提议写进记忆的内容。'],
    o: ['o 输出', '记忆有多少让外面看见。'],
  },
  unit: '单元',
  heat: (quantity, layer, characters, units) => `第 ${layer} 层 ${quantity} 的热图：${characters} 个字符，${units} 个单元。`,
  follows: (unit, most, mostAt, least, leastAt) => `单元 ${unit} 最高为 ${most}，在${mostAt}；最低为 ${least}，在${leastAt}。`,
  columns: '一列一个字符。左右方向键沿文本移动，上下方向键换单元。',
  here: (character, place) => `读到${character}（第 ${place} 个）之后`,
  value: (quantity, unit, value) => `单元 ${unit} 的 ${quantity}：${value}`,
  next: '它预计接下来是',
  numbers: '热图中的数字',
  columnsOf: { character: '字符', mean: '全体单元平均', unit: '单元' },
  one: (unit) => `单元 ${unit} 走过全文`,
  oneHow: '每个字符的颜色是该单元读完它之后的值。指着一个字符，可看网络预计接下来是什么。',
  oneText: '按一个单元着色的文本',
  answers: '有反应的单元：',
  place: '位置',
  places: { lineEnd: '换行', space: '空格', sentenceEnd: '句末', quote: '引号', inQuotes: '引号之内' },
  change: (quantity, place, characters) =>
    `单元的 ${quantity} 在${place}处的变动比别处大多少个标准差（|变化量| 的 Cohen d，以文本的 ${characters} 个字符计）。`,
  valueMeasure: (quantity, characters) => `单元的 ${quantity} 在引号内比引号外高多少个标准差（Cohen d，以文本的 ${characters} 个字符计）。`,
  noPlace: '文本里这样的位置太少，说不准。',
  sorted: '热图各行按此排序',
  gates: '并排看各个门',
  gatesLead: {
    gru: '每个字符之后对全体单元取平均。更新门 z 低处，大量状态被替换；重置门 r 低处，候选就像没有过去一样算出来。',
    mgu: '每个字符之后对全体单元取平均。门 f 低处，状态被保留，候选几乎看不到过去；f 高处，候选取而代之。',
    lstm: '每个字符之后对全体单元取平均。遗忘门 f 低处，记忆被放掉；输入门 i 高处，写入新内容；o 是让外面看见的部分。',
  },
  gatesChart: (means) => `各门平均值随字符变化的图。整段平均：${means}。`,
  gatesNumbers: '各个门的数字',
  memory: '长记忆与短记忆',
  long: { gru: '更新门：单元留多久', mgu: '门：单元留多久', lstm: '遗忘门：单元留多久' },
  longAbout: {
    gru: (middle, least) => `只看更新门，单元的状态经过多少个字符被替换一半。全体单元的中位数为 ${middle}，最短为 ${least}。留得最久的是：`,
    mgu: (middle, least) => `只看这个门，单元的状态经过多少个字符被替换一半。全体单元的中位数为 ${middle}，最短为 ${least}。留得最久的是：`,
    lstm: (middle, least) => `只看遗忘门，单元的记忆经过多少个字符被放掉一半。全体单元的中位数为 ${middle}，最短为 ${least}。留得最久的是：`,
  },
  short: '重置门：过去当下算多少',
  shortAbout: (middle, most) => `候选平均能看见多少旧状态：0 表示每个字符都重新开始。全体单元的中位数为 ${middle}，最高为 ${most}。看得最少的是：`,
  noGates: '普通 RNN 没有门：每个字符都改写整个状态。',
}

export const words = strings<XRay>(en, zh)

/** What a state or a gate of a cell is called, and what it is. */
export const quantityOf = (cell: CellName, name: string): readonly [name: string, about: string] =>
  words.value.quantities[`${cell} ${name}`] ?? words.value.quantities[name]!
