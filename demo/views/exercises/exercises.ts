// The exercises of Dive into Deep Learning that the page can set up, in words of ours. Each is a link with the settings of its experiment.
import type { ViewName } from '../../page/views'

export interface Exercise {
  readonly view: ViewName
  /** Parameters of the address. */
  readonly settings?: Readonly<Record<string, string>>
  readonly question: { readonly en: string; readonly zh: string }
  /** What to do, and where to look. */
  readonly look: { readonly en: string; readonly zh: string }
}

export type Chapter = 'rnn' | 'time' | 'gru' | 'lstm' | 'deep' | 'both'

export const exercises: Readonly<Record<Chapter, readonly Exercise[]>> = {
  rnn: [
    {
      view: 'train',
      settings: { cell: 'rnn' },
      question: { en: 'How low can the perplexity of a plain RNN go?', zh: '普通 RNN 的困惑度最低能到多少？' },
      look: {
        en: 'Change hidden units, time steps, batch and learning rate, one at a time. Watch the held-out curve.',
        zh: '改变隐藏单元数、时间步数、批量大小和学习率，每次只改一项。看验证曲线。',
      },
    },
    {
      view: 'train',
      settings: { temperature: '0' },
      question: { en: 'What if it always takes the likeliest character?', zh: '如果总取最可能的字符，会怎样？' },
      look: { en: 'The temperature is 0. Raise it to 0.5, 1 and 1.5, and compare what it writes.', zh: '温度是 0。把它调到 0.5、1、1.5，比较写出的文字。' },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', optimizer: 'sgd', rate: '1', clipNorm: '' },
      question: { en: 'What happens without clipping?', zh: '不裁剪梯度会怎样？' },
      look: {
        en: 'SGD at rate 1, as in the book. Then set the clip norm to 1, and start again.',
        zh: 'SGD，学习率 1，与书中相同。再把裁剪阈值设为 1，重新开始。',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'rnn rnn-relu', 'race.clipNorm': '' },
      question: { en: 'Does ReLU in place of tanh still need clipping?', zh: '用 ReLU 代替 tanh，还需要裁剪吗？' },
      look: { en: 'Both race without clipping. Raise the learning rate until one is out.', zh: '两者都不裁剪。调高学习率，直到有一个出局。' },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', partition: 'random' },
      question: { en: 'Random or sequential partition?', zh: '随机抽样还是顺序分区？' },
      look: {
        en: 'Each minibatch starts from a zero state here. Note the perplexity after 1,000 steps, then choose sequential.',
        zh: '这里每个小批量都从零状态开始。记下 1000 步后的困惑度，再改成顺序分区。',
      },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', hidden: '256', iterations: '6000', schedule: 'constant' },
      question: { en: 'Can you make it overfit?', zh: '能让它过拟合吗？' },
      look: { en: 'A wide network and many steps. The page marks the best held-out point.', zh: '宽的网络，训练很多步。页面会标出验证集上最好的一点。' },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', hidden: '192' },
      question: { en: 'How well does it do on other books?', zh: '换一本书，效果如何？' },
      look: {
        en: 'Open a file of yours, or drop it on the page. Bits per character compare texts.',
        zh: '打开你的文件，或拖进页面。用每字符比特数来比较不同文本。',
      },
    },
  ],
  time: [
    {
      view: 'gradients',
      settings: { 'gradients.steps': '100' },
      question: { en: 'How does the gradient shrink as the sequence grows?', zh: '序列变长时，梯度怎样变小？' },
      look: { en: 'T is 100. Compare with 25 and 50: the slope of the line of the RNN stays.', zh: 'T 是 100。与 25 和 50 比较：RNN 那条线的斜率不变。' },
    },
    {
      view: 'gradients',
      settings: { 'gradients.rnn': 'rnn-relu', 'gradients.scale': '1', 'gradients.clipNorm': '', 'gradients.optimizer': 'sgd' },
      question: { en: 'What helps against exploding gradients, beside clipping?', zh: '除了裁剪，还有什么办法对付梯度爆炸？' },
      look: { en: 'Recurrent weights of 1 times an orthogonal matrix. Then 1.25, and 0.8.', zh: '循环权重是正交矩阵的 1 倍。再试 1.25 和 0.8。' },
    },
    {
      view: 'gradients',
      settings: { 'gradients.keep': 'false' },
      question: { en: 'Do gates help before they have learned anything?', zh: '门在学到东西之前有用吗？' },
      look: {
        en: 'The gates start half open. Compare the faint lines with those of gates biased to keep.',
        zh: '门一开始半开。把浅色线与“让门偏向保留”时的比较。',
      },
    },
  ],
  gru: [
    {
      view: 'gates',
      question: {
        en: 'Only one early input counts. Which values of reset and update gate are best, at each step?',
        zh: '只有很早的一个输入有用。每一步的重置门和更新门取什么值最好？',
      },
      look: {
        en: 'Think first. Then see what the GRU has learned where the first number of a piece counts.',
        zh: '先想一想，再看 GRU 在“只看这一段的第一个数”上学到了什么。',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'rnn gru' },
      question: { en: 'RNN and GRU: time, perplexity and text', zh: 'RNN 与 GRU：时间、困惑度和写出的文字' },
      look: { en: 'Compare at equal steps, then at equal time, then read both samples.', zh: '先按同样步数比，再按同样时间比，然后读两者的样本。' },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'gru mgu rnn' },
      question: { en: 'What if a GRU has only one gate?', zh: 'GRU 只有一个门会怎样？' },
      look: { en: 'The MGU has one gate for both jobs, and so more units.', zh: 'MGU 用一个门做两件事，单元因此更多。' },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'gru gru-reset-after' },
      question: { en: 'Does it matter where the reset gate acts?', zh: '重置门在哪里起作用，重要吗？' },
      look: { en: 'Before the product as in the book, or after it as in PyTorch.', zh: '书中在矩阵乘法之前，PyTorch 在之后。' },
    },
  ],
  lstm: [
    {
      view: 'race',
      settings: { 'race.lanes': 'rnn gru lstm' },
      question: { en: 'What do RNN, GRU and LSTM cost?', zh: 'RNN、GRU 和 LSTM 的计算代价如何？' },
      look: { en: 'Characters per second, at equal weights.', zh: '看权重数相同时每秒处理的字符数。' },
    },
    {
      view: 'xray',
      settings: { cell: 'lstm', 'xray.quantity': 'c' },
      question: {
        en: 'The candidate lies between −1 and 1. Why is there a second tanh, on the memory cell?',
        zh: '候选记忆元已经在 −1 与 1 之间，为什么记忆元还要再取一次 tanh？',
      },
      look: { en: 'Train a network here, and look at the ends of the colour scale of c.', zh: '在这里训练一个网络，看 c 的色标两端。' },
    },
    {
      view: 'race',
      settings: { 'race.task': 'memory', 'race.lanes': 'rnn gru lstm', 'race.steps': '40', 'race.batch': '32', 'race.iterations': '300' },
      question: { en: 'Where does a memory cell pay?', zh: '记忆元在什么任务上值得？' },
      look: { en: 'The answer lies 39 steps back. Then set the time steps to 6.', zh: '答案在 39 步之前。再把时间步数设为 6。' },
    },
  ],
  deep: [
    {
      view: 'race',
      settings: { 'race.lanes': 'gru.2 lstm.2' },
      question: { en: 'Two layers: GRU or LSTM?', zh: '两层：GRU 还是 LSTM？' },
      look: { en: 'Compare the perplexity, and the speed.', zh: '比较困惑度和速度。' },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'gru gru.2 gru.3' },
      question: { en: 'Does depth pay at equal weights?', zh: '权重数相同时，深一些更好吗？' },
      look: { en: 'Look at the units of a layer too. Then raise the weights per network.', zh: '也看看每层的单元数。再增加每个网络的权重数。' },
    },
  ],
  both: [
    {
      view: 'race',
      settings: { 'race.task': 'blanks', 'race.lanes': 'lstm.1.both lstm.2.both lstm' },
      question: { en: 'What does a bidirectional network of several layers look like, and is it better?', zh: '多层的双向网络是什么样的，更好吗？' },
      look: { en: 'Units are per direction: the state has twice as many.', zh: '单元数按每个方向算：隐状态有两倍那么多。' },
    },
    {
      view: 'blank',
      question: { en: 'Which guesses need what comes after?', zh: '哪些空要看后文才能填对？' },
      look: { en: 'Hide a first letter, a last one, and a whole word.', zh: '遮住词的第一个字母、最后一个字母、整个词，分别看看。' },
    },
  ],
}

/** The address of an experiment, in the language that was chosen. It loads the page anew: settings are read from an address as it is opened. */
export function addressOf({ view, settings = {} }: Exercise, kept: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams({ ...kept, ...settings })
  return `?${search}#${view}`
}
