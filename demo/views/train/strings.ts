import { strings } from '../../page/language'
import type { OptimizerName, Symbols } from '../../shared/train/settings'
import type { Source } from '../../shared/texts'

interface Train {
  text: string
  sources: Record<Source, string>
  yourText: string
  pasteHint: string
  openFile: string
  orDrop: string
  counting: string
  facts: Record<Symbols, (count: string, distinct: string) => string>
  encoding: { which: string; names: Record<string, string | undefined>; none: string }
  network: string
  cell: string
  hidden: string
  layers: string
  manyLayers: (layers: string) => string
  misread: (words: string) => string
  more: string
  batch: string
  steps: string
  optimizer: string
  optimizers: Record<OptimizerName, string>
  rate: string
  clipNorm: string
  partition: string
  partitions: { sequential: string; random: string }
  symbols: string
  symbolNames: Record<Symbols, string>
  iterations: string
  epochs: string
  seed: string
  prefix: string
  prefixHint: string
  link: string
  linkHint: string
  linkCopied: string
  noLimit: string
  noClipping: string
  models: {
    title: string
    none: string
    elsewhere: string
    save: string
    export: string
    import: string
    nameOf: (text: string, cell: string, step: string) => string
    load: string
    rename: string
    toFile: string
    delete: string
    newName: string
    sure: (name: string) => string
    yes: string
    no: string
  }
  preparing: string
  preparingHow: string
  summary: (cell: string, parameters: string, name: string) => string
  learning: string
  figures: { step: string; epoch: string; training: string; heldOut: string; speed: string; perStep: string; left: string }
  comma: string
  of: (total: string) => string
  units: { perplexity: string; bits: string; loss: string }
  show: string
  log: string
  training: string
  eachStep: string
  heldOut: string
  done: string
  chart: (unit: string, step: string, training: string, heldOut: string) => string
  writing: string
  lead: string
  privately: string
  surprise: string
  pointHint: string
  drawnFrom: (character: string, chance: string) => string
  newest: string
  timeline: string
  timelineLead: string
  textAndNetwork: string
  temperature: string
  length: string
  topK: string
  own: string
  write: string
  wrote: (step: string) => string
  before: string
  atStep: (step: string) => string
  perplexityIs: (value: string) => string
}

export const words = strings<Train>(
  {
    text: 'Text to learn from',
    sources: { english: 'English', chinese: '中文', paste: 'Paste', file: 'File' },
    yourText: 'Your text',
    pasteHint: 'A few thousand characters or more',
    openFile: 'Open a text file…',
    orDrop: 'or drop one anywhere on the page',
    counting: 'Counting…',
    facts: {
      characters: (count, distinct) => `${count} ${count === '1' ? 'character' : 'characters'}, ${distinct} different`,
      graphemes: (count, distinct) => `${count} ${count === '1' ? 'grapheme' : 'graphemes'}, ${distinct} different`,
    },
    encoding: {
      which: 'is not in UTF-8. Which of these lines reads right?',
      names: {
        gb18030: 'Chinese, GBK / GB18030',
        big5: 'Chinese, Big5',
        shift_jis: 'Japanese, Shift-JIS',
        'euc-jp': 'Japanese, EUC-JP',
        'iso-2022-jp': 'Japanese, ISO-2022-JP',
        'euc-kr': 'Korean, EUC-KR',
        'windows-1252': 'Western European, Windows-1252',
        'windows-1251': 'Cyrillic, Windows-1251',
        'koi8-r': 'Cyrillic, KOI8-R',
        'windows-1250': 'Central European, Windows-1250',
        'windows-1253': 'Greek, Windows-1253',
        'windows-1254': 'Turkish, Windows-1254',
        'windows-1255': 'Hebrew, Windows-1255',
        'windows-1256': 'Arabic, Windows-1256',
        'windows-874': 'Thai, Windows-874',
        'utf-16le': 'UTF-16 (LE)',
        'utf-16be': 'UTF-16 (BE)',
      },
      none: 'None of them',
    },
    network: 'Network',
    cell: 'Cell',
    hidden: 'Hidden units',
    layers: 'Layers',
    manyLayers: (layers) => `${layers} layers are computed one after the other: preparing them may take minutes. Cancel calls it off.`,
    misread: (words) => `The link says ${words}, which is none of the choices. The default stands in its place.`,
    more: 'More settings',
    batch: 'Batch',
    steps: 'Steps back in time',
    optimizer: 'Optimizer',
    optimizers: { adam: 'Adam', rmsprop: 'RMSProp', momentum: 'Momentum', sgd: 'SGD' },
    rate: 'Learning rate',
    clipNorm: 'Clip norm',
    partition: 'Windows',
    partitions: { sequential: 'In order', random: 'At random' },
    symbols: 'Symbols',
    symbolNames: { characters: 'Characters', graphemes: 'Graphemes (a family emoji is one)' },
    iterations: 'Training steps',
    epochs: 'Epochs',
    seed: 'Seed',
    prefix: 'Samples begin with',
    prefixHint: 'the text’s first words',
    link: 'Copy the link',
    linkHint: 'The address of this page holds all of this, so that a link reproduces the run. A text of your own is not in it.',
    linkCopied: 'Copied',
    noLimit: 'no limit',
    noClipping: 'none',
    models: {
      title: 'Models in this browser',
      none: 'None yet. What trains is kept by itself until Reset; a model that you save stays.',
      elsewhere: 'Another tab of this page keeps its run. What trains here is kept only if you save it.',
      save: 'Save this one',
      export: 'Export it',
      import: 'Import a file…',
      nameOf: (text, cell, step) => `${text}, ${cell}, step ${step}`,
      load: 'Load',
      rename: 'Rename',
      toFile: 'Export',
      delete: 'Delete',
      newName: 'New name',
      sure: (name) => `Delete “${name}”?`,
      yes: 'Yes, delete',
      no: 'No',
    },
    preparing: 'Preparing the network…',
    preparingHow:
      'The browser compiles the kernels and tries which way is the fastest here. With a GPU that takes seconds, and less from the second time on; without one it may take half a minute.',
    summary: (cell, parameters, name) => `${cell}, ${parameters} weights, reading ${name}`,
    learning: 'How it learns',
    figures: {
      step: 'Step',
      epoch: 'Epoch',
      training: 'Training',
      heldOut: 'Held out',
      speed: 'Characters a second',
      perStep: 'Time per step',
      left: 'Time left',
    },
    comma: ', ',
    of: (total) => `of ${total}`,
    units: { perplexity: 'Perplexity', bits: 'Bits per character', loss: 'Loss' },
    show: 'Show',
    log: 'Log scale',
    training: 'Training',
    eachStep: 'Each step',
    heldOut: 'Held out',
    done: 'Training done',
    chart: (unit, step, training, heldOut) => `Chart of the ${unit.toLowerCase()} over the steps. At step ${step}: training ${training}, held out ${heldOut}.`,
    writing: 'What it writes',
    lead: 'Choose a text and press Start. Again and again, from the same beginning, the network writes what it has learned so far: noise at first, then syllables, then words, then sentences.',
    privately: 'It happens on this machine alone. Your text is sent nowhere.',
    surprise: 'The stronger the line below a character, the more luck there was in it.',
    pointHint: 'Point at a character, tap it, or walk there with the arrow keys, to see what else it might have been.',
    drawnFrom: (character, chance) => `${character}: drawn with ${chance}`,
    newest: 'Back to the newest',
    timeline: 'From noise to sentences',
    timelineLead: 'The same beginning and the same dice each time: what differs between two lines is what was learned between them.',
    textAndNetwork: 'Text and network',
    temperature: 'Temperature',
    length: 'Length',
    topK: 'Only the k likeliest (0: all)',
    own: 'A beginning of your own',
    write: 'Write on',
    wrote: (step) => `Yours, at step ${step}`,
    before: 'Before training',
    atStep: (step) => `Step ${step}`,
    perplexityIs: (value) => `held-out perplexity ${value}`,
  },
  {
    text: '学习的文本',
    sources: { english: 'English', chinese: '中文', paste: '粘贴', file: '文件' },
    yourText: '你的文本',
    pasteHint: '最好有几千字以上',
    openFile: '打开文本文件…',
    orDrop: '或把文件拖到页面上',
    counting: '正在统计……',
    facts: {
      characters: (count, distinct) => `${count} 字，其中不同的 ${distinct} 个`,
      graphemes: (count, distinct) => `${count} 个字素，其中不同的 ${distinct} 个`,
    },
    encoding: {
      which: '不是 UTF-8 编码。下面哪一行读得通？',
      names: {
        gb18030: '中文，GBK / GB18030',
        big5: '中文，Big5',
        shift_jis: '日文，Shift-JIS',
        'euc-jp': '日文，EUC-JP',
        'iso-2022-jp': '日文，ISO-2022-JP',
        'euc-kr': '韩文，EUC-KR',
        'windows-1252': '西欧，Windows-1252',
        'windows-1251': '西里尔文，Windows-1251',
        'koi8-r': '西里尔文，KOI8-R',
        'windows-1250': '中欧，Windows-1250',
        'windows-1253': '希腊文，Windows-1253',
        'windows-1254': '土耳其文，Windows-1254',
        'windows-1255': '希伯来文，Windows-1255',
        'windows-1256': '阿拉伯文，Windows-1256',
        'windows-874': '泰文，Windows-874',
        'utf-16le': 'UTF-16（LE）',
        'utf-16be': 'UTF-16（BE）',
      },
      none: '都不对',
    },
    network: '网络',
    cell: '单元',
    hidden: '隐藏单元数',
    layers: '层数',
    manyLayers: (layers) => `${layers} 层要一层接一层地计算，准备可能要几分钟。按“取消”可以中止。`,
    misread: (words) => `链接里写着 ${words}，不在可选之列，现用默认值。`,
    more: '更多设置',
    batch: '批量',
    steps: '时间步数',
    optimizer: '优化器',
    optimizers: { adam: 'Adam', rmsprop: 'RMSProp', momentum: '动量', sgd: 'SGD' },
    rate: '学习率',
    clipNorm: '裁剪范数',
    partition: '窗口',
    partitions: { sequential: '顺序', random: '随机' },
    symbols: '符号',
    symbolNames: { characters: '字符', graphemes: '字素（一家人的表情算一个）' },
    iterations: '训练步数',
    epochs: '轮数',
    seed: '种子',
    prefix: '样本的开头',
    prefixHint: '文本的头几个字',
    link: '复制链接',
    linkHint: '以上设置都在本页的网址里，凭链接就能重现这次训练。你自己的文本不在其中。',
    linkCopied: '已复制',
    noLimit: '不限',
    noClipping: '不裁剪',
    models: {
      title: '浏览器里的模型',
      none: '还没有。训练中的网络在重置前会自动保存；另存的模型则一直留着。',
      elsewhere: '本页的另一个标签页正在保存它的训练。这里的训练只有另存才会留下。',
      save: '保存当前模型',
      export: '导出',
      import: '导入文件…',
      nameOf: (text, cell, step) => `${text}，${cell}，第 ${step} 步`,
      load: '载入',
      rename: '改名',
      toFile: '导出',
      delete: '删除',
      newName: '新名字',
      sure: (name) => `删除“${name}”？`,
      yes: '删除',
      no: '不删',
    },
    preparing: '正在准备网络…',
    preparingHow: '浏览器正在编译计算核，并试出在这里最快的办法。有 GPU 时只需几秒，第二次起更快；没有 GPU 时可能要半分钟。',
    summary: (cell, parameters, name) => `${cell}，${parameters} 个权重，正在读${name}`,
    learning: '学得如何',
    figures: { step: '步', epoch: '轮', training: '训练', heldOut: '留出', speed: '每秒字数', perStep: '每步用时', left: '剩余时间' },
    comma: '，',
    of: (total) => `共 ${total}`,
    units: { perplexity: '困惑度', bits: '每字比特', loss: '损失' },
    show: '显示',
    log: '对数刻度',
    training: '训练',
    eachStep: '每一步',
    heldOut: '留出',
    done: '训练进度',
    chart: (unit, step, training, heldOut) => `${unit}随步数变化的图。第 ${step} 步：训练 ${training}，留出 ${heldOut}。`,
    writing: '写得如何',
    lead: '选一段文本，按“开始”。网络一遍又一遍，从同一个开头写下它至今学到的东西：先是乱码，然后是音节，然后是词，最后是句子。',
    privately: '一切都在这台机器上进行，你的文本不会发往任何地方。',
    surprise: '字下的线越重，写下它时运气的成分越大。',
    pointHint: '指向、轻点一个字，或用方向键走到那里，看看它本来还可能是什么。',
    drawnFrom: (character, chance) => `${character}：抽中的概率为 ${chance}`,
    newest: '回到最新的',
    timeline: '从乱码到句子',
    timelineLead: '每次都是同样的开头、同样的骰子：两行之间的差别，就是这期间学到的东西。',
    textAndNetwork: '文本与网络',
    temperature: '温度',
    length: '长度',
    topK: '只从最可能的 k 个中选（0：全部）',
    own: '你起的开头',
    write: '接着写',
    wrote: (step) => `你的，第 ${step} 步`,
    before: '训练之前',
    atStep: (step) => `第 ${step} 步`,
    perplexityIs: (value) => `留出困惑度 ${value}`,
  },
)
