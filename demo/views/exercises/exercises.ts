// The exercises of Dive into Deep Learning that the page can set up, in words of ours. Each is a link with the settings of its experiment.
import type { ViewName } from '../../page/views'

export interface Exercise {
  readonly view: ViewName
  /** Parameters of the address. */
  readonly settings?: Readonly<Record<string, string>>
  readonly question: { readonly en: string; readonly zh: string }
  /** What to do, and where to look. */
  readonly look: { readonly en: string; readonly zh: string }
  /** What will be seen, and why. Figures are measured (docs/lessons.md). */
  readonly expect: { readonly en: string; readonly zh: string }
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
      expect: {
        en: 'More units and more steps push the perplexity on the training text down, towards 1 on a text as short as the book’s. On held-out text it stops falling much earlier, and then rises: the curve with the mark. A rate that is too high shows as jumps; more time steps change little, since the gradient of a plain RNN has faded by then.',
        zh: '单元越多、训练越久，训练文本上的困惑度越低；像书中那样短的文本，可以降到接近 1。验证集上的困惑度早得多就不再下降，之后还会回升：看带标记的那条曲线。学习率太高时，曲线会跳动；增加时间步数作用不大，因为普通 RNN 的梯度早已衰减。',
      },
    },
    {
      view: 'train',
      settings: { temperature: '0' },
      question: { en: 'What if it always takes the likeliest character?', zh: '如果总取最可能的字符，会怎样？' },
      look: { en: 'The temperature is 0. Raise it to 0.5, 1 and 1.5, and compare what it writes.', zh: '温度是 0。把它调到 0.5、1、1.5，比较写出的文字。' },
      expect: {
        en: 'At 0 it soon says the same words again and again: from the same state the same character always follows. At 0.5 it is careful, at 1 as varied as the text, at 1.5 it invents words. Look at the lines under the characters: they tell how likely each one was.',
        zh: '温度为 0 时，它很快就反复说同样的话：同样的状态之后总是同样的字符。0.5 时比较谨慎，1 时和原文一样多变，1.5 时开始生造词句。看每个字符下面的线，它表示这个字符有多可能。',
      },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', optimizer: 'sgd', rate: '1', clipNorm: '' },
      question: { en: 'What happens without clipping?', zh: '不裁剪梯度会怎样？' },
      look: {
        en: 'SGD at rate 1, as in the book. Then set the clip norm to 1, and start again.',
        zh: 'SGD，学习率 1，与书中相同。再把裁剪阈值设为 1，重新开始。',
      },
      expect: {
        en: 'Some steps have a gradient that is many times the usual one; the weights jump, and so does the loss. The tanh keeps the state within ±1, so the run need not end in NaN, but look at the training curve: with the clip norm at 1 it is smoother. How bad it gets depends on text and seed.',
        zh: '有些训练步的梯度是平时的许多倍，权重跳一下，损失也跳一下。tanh 把隐状态限制在 ±1 之内，所以不一定会变成 NaN。比较训练曲线：裁剪阈值设为 1 之后更平滑。跳得多厉害，取决于文本和随机种子。',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'rnn rnn-relu', 'race.clipNorm': '' },
      question: { en: 'Does ReLU in place of tanh still need clipping?', zh: '用 ReLU 代替 tanh，还需要裁剪吗？' },
      look: { en: 'Both race without clipping. Raise the learning rate until one is out.', zh: '两者都不裁剪。调高学习率，直到有一个出局。' },
      expect: {
        en: 'All the more. A ReLU does not bound the state, and where it is active its slope is 1, so nothing holds back large recurrent weights. Expect the ReLU RNN to be out first as the rate rises; the view Gradients, lesson Exploding, shows why.',
        zh: '更需要。ReLU 不限制隐状态的大小，激活处的导数是 1，循环权重一大就无可遏制。调高学习率时，先出局的应该是 ReLU RNN；原因见“梯度”页的示例“梯度爆炸”。',
      },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', partition: 'random' },
      question: { en: 'Random or sequential partition?', zh: '随机抽样还是顺序分区？' },
      look: {
        en: 'Each minibatch starts from a zero state here. Note the perplexity after 1,000 steps, then choose sequential.',
        zh: '这里每个小批量都从零状态开始。记下 1000 步后的困惑度，再改成顺序分区。',
      },
      expect: {
        en: 'With the sequential partition the state is carried from one minibatch to the next, so also the first characters of a minibatch have a past; with the random one each begins from nothing. Expect the sequential perplexity to be a little lower. For a plain RNN the difference is small: it forgets within a few characters.',
        zh: '顺序分区时，隐状态从一个小批量传到下一个，所以小批量开头的字符也有上文；随机抽样时，每个小批量都从零开始。顺序分区的困惑度应该略低一些。对普通 RNN 来说差别不大：它过几个字符就忘了。',
      },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', hidden: '256', iterations: '6000', schedule: 'constant' },
      question: { en: 'Can you make it overfit?', zh: '能让它过拟合吗？' },
      look: { en: 'A wide network and many steps. The page marks the best held-out point.', zh: '宽的网络，训练很多步。页面会标出验证集上最好的一点。' },
      expect: {
        en: 'Yes. The perplexity on the training text keeps falling, the one on held-out text turns and rises. The marked point is where you would have stopped. On the English story a GRU of 128 units was best on held-out text after 800 of 2,000 steps (4.47), and at 5.78 in the end.',
        zh: '能。训练文本的困惑度一直下降，验证集上的却掉头上升，标出的那一点就是该停下的地方。我们测过：在英文故事上，128 个单元的 GRU 训练 2000 步，验证困惑度在第 800 步最低（4.47），到最后是 5.78。',
      },
    },
    {
      view: 'train',
      settings: { cell: 'rnn', hidden: '192' },
      question: { en: 'How well does it do on other books?', zh: '换一本书，效果如何？' },
      look: {
        en: 'Open a file of yours, or drop it on the page. Bits per character compare texts.',
        zh: '打开你的文件，或拖进页面。用每字符比特数来比较不同文本。',
      },
      expect: {
        en: 'It depends on the size and on how regular the text is: verse and lists are easy, a book of many names is hard. Perplexities of texts with different character sets cannot be compared; bits per character can. A longer text is learned by heart later.',
        zh: '要看文本有多长、有多规整：诗歌和清单容易，人名很多的书难。字符集不同的文本，困惑度不能直接比，每字符比特数可以。文本越长，越晚才会背下来。',
      },
    },
  ],
  time: [
    {
      view: 'gradients',
      settings: { 'gradients.steps': '100' },
      question: { en: 'How does the gradient shrink as the sequence grows?', zh: '序列变长时，梯度怎样变小？' },
      look: { en: 'T is 100. Compare with 25 and 50: the slope of the line of the RNN stays.', zh: 'T 是 100。与 25 和 50 比较：RNN 那条线的斜率不变。' },
      expect: {
        en: 'On the log scale the line of the RNN is nearly straight: each time step back multiplies by about the same factor. So twice the steps square what is left at t = 1, and soon the line ends, below 10⁻¹². Those of the GRU and of the LSTM’s memory, with gates biased to keep, are nearly flat.',
        zh: '在对数刻度上，RNN 的线几乎是直的：每往回一步，都大致乘以同一个倍数。所以步数加倍，t = 1 处剩下的就要平方，很快就低于 10⁻¹²，不再画出。门偏向保留时，GRU 和 LSTM 记忆元的线几乎是平的。',
      },
    },
    {
      view: 'gradients',
      settings: { 'gradients.rnn': 'rnn-relu', 'gradients.scale': '1', 'gradients.clipNorm': '', 'gradients.optimizer': 'sgd' },
      question: { en: 'What helps against exploding gradients, beside clipping?', zh: '除了裁剪，还有什么办法对付梯度爆炸？' },
      look: { en: 'Recurrent weights of 1 times an orthogonal matrix. Then 1.25, and 0.8.', zh: '循环权重是正交矩阵的 1 倍。再试 1.25 和 0.8。' },
      expect: {
        en: 'Small recurrent weights at the start. At 1 an orthogonal matrix stretches nothing, and the slope of a ReLU is at most 1, so the gradient cannot grow on its way back; at 1.25 it can, at 0.8 it shrinks. Look at the faint lines, from before training. Gates, fewer time steps and a lower rate help too.',
        zh: '一开始就用较小的循环权重。倍数为 1 时，正交矩阵不拉长任何向量，ReLU 的导数最多为 1，所以梯度往回走不会变大；1.25 时可能变大，0.8 时变小。看训练之前的浅色线。门、较少的时间步和较低的学习率也有帮助。',
      },
    },
    {
      view: 'gradients',
      settings: { 'gradients.keep': 'false' },
      question: { en: 'Do gates help before they have learned anything?', zh: '门在学到东西之前有用吗？' },
      look: {
        en: 'The gates start half open. Compare the faint lines with those of gates biased to keep.',
        zh: '门一开始半开。把浅色线与“让门偏向保留”时的比较。',
      },
      expect: {
        en: 'Only if they begin by keeping. A gate that is half open passes half of the gradient at each step along its own way, which is 10⁻¹⁵ of it after 50. With the bias to keep, the faint lines of GRU and LSTM stay high, and they can learn from the first step on.',
        zh: '只有一开始就偏向保留才有用。门半开时，沿它那条路，梯度每步只剩一半，50 步之后只剩 10⁻¹⁵。偏向保留时，GRU 和 LSTM 的浅色线一直很高，从第一步起就能学。',
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
      expect: {
        en: 'At the input that counts the update gate should be 0, so that it comes in; the reset gate 0 as well, for what was before does not matter. At every other step the update gate should be 1, and the reset gate is of no account. The trained GRU has z = 0.59 at the marks and 0.81 elsewhere, on the mean of its units: the right way, and far from the ideal.',
        zh: '在有用的那一步，更新门应为 0，让它进来；重置门也应为 0，因为之前的内容无关紧要。在其余各步，更新门应为 1，重置门取什么都行。训练出来的 GRU，各单元平均 z 在标记处是 0.59，其余是 0.81：方向对了，离理想还远。',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'rnn gru' },
      question: { en: 'RNN and GRU: time, perplexity and text', zh: 'RNN 与 GRU：时间、困惑度和写出的文字' },
      look: { en: 'Compare at equal steps, then at equal time, then read both samples.', zh: '先按同样步数比，再按同样时间比，然后读两者的样本。' },
      expect: {
        en: 'In our run of 400 steps on the English story the RNN, which has more units at equal weights, was ahead at first; from step 150 on the GRU was, and ended at a held-out perplexity of 5.7 to 6.0. A step of the RNN is cheaper, so at equal time the lead is smaller. Read both samples aloud: which holds its words together longer?',
        zh: '在英文故事上训练 400 步，权重数相同时单元更多的 RNN 起初领先；从第 150 步起 GRU 领先，最后的验证困惑度是 5.7 对 6.0。RNN 的一步更省时，所以按同样时间比，差距更小。把两者的样本念出来：哪个写的词句连贯得更久？',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'gru mgu rnn' },
      question: { en: 'What if a GRU has only one gate?', zh: 'GRU 只有一个门会怎样？' },
      look: { en: 'The MGU has one gate for both jobs, and so more units.', zh: 'MGU 用一个门做两件事，单元因此更多。' },
      expect: {
        en: 'The two are close. One gate for both jobs means: what is replaced is also hidden from the candidate, and the other way round. That costs little where both jobs go together, and leaves weights for more units. Compare the held-out perplexity at equal steps; the order may differ with the seed.',
        zh: '两者相差不大。一个门做两件事，意味着候选隐状态看得见多少旧状态，和旧状态被替换多少，是绑在一起的。这两件事本来就一致时，损失很小，省下的权重还能多几个单元。按同样步数比较验证困惑度；换一个随机种子，次序可能不同。',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'gru gru-reset-after' },
      question: { en: 'Does it matter where the reset gate acts?', zh: '重置门在哪里起作用，重要吗？' },
      look: { en: 'Before the product as in the book, or after it as in PyTorch.', zh: '书中在矩阵乘法之前，PyTorch 在之后。' },
      expect: {
        en: 'Little for the perplexity: expect two curves that nearly lie on each other, of which now one and now the other is ahead. It matters for the speed: after the product, a step takes one dispatch in place of two. And for the weights: a file of one form does not fit the other.',
        zh: '对困惑度影响很小：两条曲线应该几乎重合，互有领先。对速度有影响：先做乘积再重置，一步只要一次调度，而不是两次。对权重也有影响：一种形式的文件不能用于另一种。',
      },
    },
  ],
  lstm: [
    {
      view: 'race',
      settings: { 'race.lanes': 'rnn gru lstm' },
      question: { en: 'What do RNN, GRU and LSTM cost?', zh: 'RNN、GRU 和 LSTM 的计算代价如何？' },
      look: { en: 'Characters per second, at equal weights.', zh: '看权重数相同时每秒处理的字符数。' },
      expect: {
        en: 'Multiplications a step are about the same at equal weights, but the gates add work of their own, and the GRU needs two dispatches a step where the others need one. Expect the RNN to be the fastest. The column of characters per second is of your machine: a GPU that waits for dispatches differs from one that is busy.',
        zh: '权重数相同时，每步的乘法次数差不多，但门本身也要计算，GRU 的一步还要两次调度，另两种只要一次。RNN 应该最快。每秒字符数那一列是你这台机器的：等调度的 GPU 和忙于计算的 GPU，结果不同。',
      },
    },
    {
      view: 'xray',
      settings: { cell: 'lstm', 'xray.quantity': 'c' },
      question: {
        en: 'The candidate lies between −1 and 1. Why is there a second tanh, on the memory cell?',
        zh: '候选记忆元已经在 −1 与 1 之间，为什么记忆元还要再取一次 tanh？',
      },
      look: { en: 'Train a network here, and look at the ends of the colour scale of c.', zh: '在这里训练一个网络，看 c 的色标两端。' },
      expect: {
        en: 'Because the memory adds up: c = f ⊙ c + i ⊙ g can go beyond 1 if f stays near 1 for many steps. The ends of the colour scale are the largest |c|. The second tanh brings what is output, h, back between −1 and 1, so that the next step does not see ever larger values.',
        zh: '因为记忆元会累加：f 一直接近 1 时，c = f ⊙ c + i ⊙ g 可以超过 1。色标两端就是最大的 |c|。第二个 tanh 把输出的 h 重新限制在 −1 与 1 之间，下一步就不会看到越来越大的值。',
      },
    },
    {
      view: 'race',
      settings: { 'race.task': 'memory', 'race.lanes': 'rnn gru lstm', 'race.steps': '40', 'race.batch': '32', 'race.iterations': '300' },
      question: { en: 'Where does a memory cell pay?', zh: '记忆元在什么任务上值得？' },
      look: { en: 'The answer lies 39 steps back. Then set the time steps to 6.', zh: '答案在 39 步之前。再把时间步数设为 6。' },
      expect: {
        en: 'Where something must be kept for long. We measured: at 39 steps back the GRU had all answers right after 83 steps, the LSTM after 241, and the RNN stayed at 22 % after 300, where guessing has 12.5 %. Over 6 time steps the gradient of the RNN does not fade as far: see how much of the difference is left.',
        zh: '在需要长久记住什么的任务上。我们测过：答案在 39 步之前时，GRU 训练 83 步就全部答对，LSTM 要 241 步，RNN 训练 300 步仍只有 22 %，而随机猜测是 12.5 %。只有 6 个时间步时，RNN 的梯度衰减得没那么厉害：看差距还剩多少。',
      },
    },
  ],
  deep: [
    {
      view: 'race',
      settings: { 'race.lanes': 'gru.2 lstm.2' },
      question: { en: 'Two layers: GRU or LSTM?', zh: '两层：GRU 还是 LSTM？' },
      look: { en: 'Compare the perplexity, and the speed.', zh: '比较困惑度和速度。' },
      expect: {
        en: 'At equal weights the GRU has more units, three gates’ worth of weights against four, and learns a little faster at first. Expect it to be ahead in so short a run; a longer one can turn it round. The speed differs by machine: the LSTM takes one dispatch a step and layer, the GRU two.',
        zh: '权重数相同时，GRU 的单元更多（三份权重对四份），起初学得略快。这样短的训练里，它应该领先；训练更久，次序可能反过来。速度因机器而异：LSTM 每层每步一次调度，GRU 两次。',
      },
    },
    {
      view: 'race',
      settings: { 'race.lanes': 'gru gru.2 gru.3' },
      question: { en: 'Does depth pay at equal weights?', zh: '权重数相同时，深一些更好吗？' },
      look: { en: 'Look at the units of a layer too. Then raise the weights per network.', zh: '也看看每层的单元数。再增加每个网络的权重数。' },
      expect: {
        en: 'Not here. We measured, after 800 steps on the English story: one layer of 36 units comes to 5.05, two of 26 to 5.22, three of 22 to 5.89. The layers are narrower, and learn more slowly. With more weights and more steps the gap may close; look at the curves, not at the last figure alone.',
        zh: '在这里不会。我们在英文故事上训练 800 步：一层 36 个单元，困惑度 5.05；两层各 26 个，5.22；三层各 22 个，5.89。层更窄，学得也更慢。权重更多、训练更久时，差距可能缩小；要看曲线，不要只看最后的数。',
      },
    },
  ],
  both: [
    {
      view: 'race',
      settings: { 'race.task': 'blanks', 'race.lanes': 'lstm.1.both lstm.2.both lstm' },
      question: { en: 'What does a bidirectional network of several layers look like, and is it better?', zh: '多层的双向网络是什么样的，更好吗？' },
      look: { en: 'Units are per direction: the state has twice as many.', zh: '单元数按每个方向算：隐状态有两倍那么多。' },
      expect: {
        en: 'Each layer has two directions, and the next one reads both. In filling blanks the second direction is worth a lot: at equal weights we measured 56.6 % right with both sides and 40.5 % with one, on the English story. We have not measured the second layer: compare the accuracy of the first two lanes.',
        zh: '每一层有两个方向，下一层同时读这两个方向。填空时，第二个方向很值得：权重数相同时，我们在英文故事上测得双向 56.6 %，单向 40.5 %。第二层我们没有测过：比较前两个网络的准确率。',
      },
    },
    {
      view: 'blank',
      question: { en: 'Which guesses need what comes after?', zh: '哪些空要看后文才能填对？' },
      look: { en: 'Hide a first letter, a last one, and a whole word.', zh: '遮住词的第一个字母、最后一个字母、整个词，分别看看。' },
      expect: {
        en: 'The first letters of a word: only what follows tells which word it is. Last letters are often clear from what is before. A whole word is hard for both, but the network that reads both sides at least knows how the sentence goes on. Compare the probabilities of both networks at each blank.',
        zh: '词的开头：是哪个词，往往要看后文才知道。词尾多半看前文就清楚了。整个词对两者都难，但读两边的网络至少知道句子怎样接下去。在每个空上比较两个网络的概率。',
      },
    },
  ],
}

/** The address of an experiment, in the language that was chosen. It loads the page anew: settings are read from an address as it is opened. */
export function addressOf({ view, settings = {} }: Exercise, kept: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams({ ...kept, ...settings })
  return `?${search}#${view}`
}
