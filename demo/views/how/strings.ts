import { strings } from '../../page/language'
import type { Phase } from './plan-groups'

/** A heading, and paragraphs; what stands between two dollars is a formula, between two backquotes a name in the code. */
interface Part {
  readonly title: string
  readonly text: readonly string[]
}

interface How {
  title: string
  lead: string
  parts: Record<'rnn' | 'gru' | 'lstm' | 'backward' | 'clipping' | 'directions' | 'plan' | 'further', Part>
  codeOf: (file: string) => string
  equation: (numbers: string) => string
  readme: string
  toy: {
    gate: string
    gates: Record<'z' | 'f' | 'r', string>
    value: string
    legend: { old: string; kept: string; made: string }
    bars: (units: string, gate: string, kept: string) => string
    text: string
    left: (after10: string, half: string) => string
    forever: string
    atOnce: string
    sees: (share: string) => string
    after: string
    isLeft: string
  }
  plan: {
    caption: (cell: string, layers: string, hidden: string, batch: string, steps: string) => string
    picture: (total: string, steps: string, groups: string) => string
    first: string
    last: (steps: string) => string
    phases: Record<Phase, string>
    table: string
    head: { what: string; phase: string; dispatches: string; kernels: string; total: string }
  }
}

export const words = strings<How>(
  {
    title: 'How it works',
    lead: 'A recurrent network reads one character at a time and keeps what it has read in a row of numbers, its state. Here are the equations, and beside each the very code that computes it on your GPU.',
    parts: {
      rnn: {
        title: 'One step, again and again',
        text: [
          'The new state $h_t$ is made of the character $x_t$ and the state before it. The weights $W$, $U$ and $b$ are the same at every step: what is learned is a way of reading, not what stands where.',
          'A character is a row with a single one in it, so $x_t W$ is a row looked up in $W$: that is what `input_at` gives. It leaves one product for each step, $h_{t−1} U$, which the kernel is given as `product`, with $b$ already in it.',
        ],
      },
      gru: {
        title: 'Gates: the GRU',
        text: [
          'A plain RNN writes over its whole state at every character, and so forgets. A GRU has two gates for each unit, numbers from 0 to 1. The update gate $z_t$ says how much of the old state stays, the reset gate $r_t$ how much of it the candidate $n_t$ may see.',
          'The candidate needs all of $r_t ⊙ h_{t−1}$ before its product: so a step of this GRU is two kernels, one after the other.',
        ],
      },
      lstm: {
        title: 'A memory of its own: the LSTM',
        text: [
          'An LSTM keeps a memory $c_t$ beside the state that it shows. The forget gate $f_t$ says how much of it stays, the input gate $i_t$ how much of the candidate $g_t$ comes in, the output gate $o_t$ how much is shown. Each has weights of its own; one kernel makes all four.',
        ],
      },
      backward: {
        title: 'Backpropagation through time',
        text: [
          'To learn, the network asks of every state how the loss $L$ would change with it. A state acts on the loss through its own output, whose gradient is $dy_t$, and through the next state. So the gradient at $t$ is made from that at $t + 1$, and the steps are gone through from the last to the first.',
          'Every step back multiplies by the same $U^⊤$. Where that shrinks, the gradient vanishes, and what lay far back is never learned; where it stretches, the gradient explodes. The memory of an LSTM goes back through its forget gate alone (13): with $f_t$ near 1, hardly anything is lost.',
          'The gradient of the weights is then one product over all steps, $dU = sum_t{h_{t−1}^⊤ da_t}$.',
        ],
      },
      clipping: {
        title: 'Clipping',
        text: [
          'A gradient that explodes would throw the weights far away. So its length over all weights is measured, and where it is more than the clip norm $θ$, all of it is scaled down to that. Its direction stays.',
        ],
      },
      directions: {
        title: 'From both sides',
        text: [
          'A bidirectional layer has a second direction with weights of its own, which reads from the end. Both states are joined. It cannot write, for what it would read is not there yet; but it guesses a missing character better, as the view Blanks shows.',
          'Both directions are made by the same dispatch: to the kernels they differ only in the time of a step.',
        ],
      },
      plan: {
        title: 'A training step, dispatch by dispatch',
        text: [
          'A training step is a list of such kernels, sent to the GPU at once. This is the list for the settings of the view Train, in the order of dispatch from top to bottom; from left to right is time. Forward goes down to the right, backward comes back to the left; a bar across is made for all steps at once.',
          'It is drawn with a dispatch a step. Where that is faster on your machine, the engine runs the whole recurrence in one: the same equations, in a loop inside the kernel.',
        ],
      },
      further: {
        title: 'Read on',
        text: ['The README has the conventions, the proof that every kernel is right, the lessons with their tables, and where everything is.'],
      },
    },
    codeOf: (file) => `Code of ${file}`,
    equation: (numbers) => `equation ${numbers}`,
    readme: 'README of Sluice',
    toy: {
      gate: 'Gate',
      gates: { z: 'z, update', f: 'f, forget', r: 'r, reset' },
      value: 'Value of the gate',
      legend: { old: 'the old state', kept: 'what the gate lets through', made: 'the new state, with the candidate' },
      bars: (units, gate, kept) => `${units} units of the old state, and what a gate of ${gate} lets through: ${kept}.`,
      text: '“I put it there,” said the old man, and went to look at the river.',
      left: (after10, half) => `After 10 characters ${after10} of the first one is left; half of it is gone after ${half}.`,
      forever: 'Nothing is ever lost: but nothing new comes in either.',
      atOnce: 'Everything is forgotten at once.',
      sees: (share) => `The candidate sees ${share} of the old state. At 0 it is made as if there were no past.`,
      after: 'After characters',
      isLeft: 'Left',
    },
    plan: {
      caption: (cell, layers, hidden, batch, steps) => `${cell}, ${layers} × ${hidden} units, ${batch} rows, ${steps} steps`,
      picture: (total, steps, groups) => `A training step of ${total} dispatches over ${steps} steps of time. ${groups}.`,
      first: 'first character',
      last: (steps) => `character ${steps}`,
      phases: { forward: 'forward', loss: 'loss', backward: 'backward in time', gradients: 'gradients of weights', update: 'clipping and update' },
      table: 'The plan in a table',
      head: { what: 'What', phase: 'Part', dispatches: 'Dispatches', kernels: 'Kernels', total: 'Together' },
    },
  },
  {
    title: '原理',
    lead: '循环网络一次读一个字符，把读过的东西留在一排数里，也就是它的状态。这里是它的公式，旁边就是在你的 GPU 上计算它的那段代码。',
    parts: {
      rnn: {
        title: '同一步，一遍又一遍',
        text: [
          '新状态 $h_t$ 由字符 $x_t$ 和前一个状态算出。权重 $W$、$U$、$b$ 在每一步都相同：学到的是怎样读，而不是哪里写着什么。',
          '字符是只有一个 1 的一行，所以 $x_t W$ 就是在 $W$ 中查出的一行，由 `input_at` 给出。这样每一步只剩一个乘积 $h_{t−1} U$，内核拿到的 `product` 就是它，其中已加上 $b$。',
        ],
      },
      gru: {
        title: '门：GRU',
        text: [
          '普通 RNN 每读一个字符就改写整个状态，所以会忘。GRU 的每个单元有两个门，取值 0 到 1。更新门 $z_t$ 决定旧状态留多少，重置门 $r_t$ 决定候选 $n_t$ 能看见多少旧状态。',
          '候选的乘积要等全部 $r_t ⊙ h_{t−1}$ 算完，所以这种 GRU 的一步是先后两个内核。',
        ],
      },
      lstm: {
        title: '自己的记忆：LSTM',
        text: [
          'LSTM 在对外的状态之外，还留着记忆 $c_t$。遗忘门 $f_t$ 决定记忆留多少，输入门 $i_t$ 决定候选 $g_t$ 写进多少，输出门 $o_t$ 决定让外面看见多少。各门有自己的权重，由一个内核一起算出。',
        ],
      },
      backward: {
        title: '沿时间反向传播',
        text: [
          '要学习，就要问每个状态：它变一点，损失 $L$ 会变多少？状态通过两条路影响损失：自己的输出，其梯度为 $dy_t$；以及下一个状态。所以 $t$ 处的梯度由 $t + 1$ 处算出，各步从最后走到最前。',
          '每退一步都乘以同一个 $U^⊤$。它若缩小，梯度就消失，远处的东西永远学不到；它若放大，梯度就爆炸。LSTM 的记忆只经遗忘门退回 (13)：$f_t$ 接近 1 时，几乎什么也不丢。',
          '权重的梯度随后由一个跨所有步的乘积得到：$dU = sum_t{h_{t−1}^⊤ da_t}$。',
        ],
      },
      clipping: { title: '裁剪', text: ['爆炸的梯度会把权重抛得很远。因此量出它在全部权重上的长度，超过裁剪范数 $θ$ 时，就整个缩到这个长度。方向不变。'] },
      directions: {
        title: '从两边读',
        text: [
          '双向层多了第二个方向，有自己的权重，从末尾往回读。两个状态拼在一起。它不能用来写作，因为要读的后文还不存在；但它补缺字更准，“填空”页可见。',
          '两个方向在同一次调度里算出：对内核来说，差别只在于一步所在的时刻。',
        ],
      },
      plan: {
        title: '一个训练步，逐次调度',
        text: [
          '一个训练步就是一串这样的内核，一次交给 GPU。这是“训练”页当前设置下的那一串：从上到下是调度顺序，从左到右是时间。前向往右下走，反向往左退；横贯的一条是对所有步一次算完的。',
          '图中每一步是一次调度。若在你的机器上更快，引擎会把整个递归放进一次调度：公式相同，只是循环在内核之中。',
        ],
      },
      further: { title: '继续读', text: ['README 里有各项约定、每个内核正确的证明、各课的表格，以及每样东西在哪里。'] },
    },
    codeOf: (file) => `${file} 的代码`,
    equation: (numbers) => `公式 ${numbers}`,
    readme: 'Sluice 的 README（英文）',
    toy: {
      gate: '门',
      gates: { z: 'z 更新', f: 'f 遗忘', r: 'r 重置' },
      value: '门的值',
      legend: { old: '旧状态', kept: '门放过的部分', made: '加上候选后的新状态' },
      bars: (units, gate, kept) => `旧状态的 ${units} 个单元，以及值为 ${gate} 的门放过的部分：${kept}。`,
      text: '“早啊。”河不回答，他也不生气。闸上的风还很硬，船慢慢地过去了。',
      left: (after10, half) => `10 个字符之后，第一个字符还剩 ${after10}；过 ${half} 个字符就少了一半。`,
      forever: '什么也不丢：可新的也进不来。',
      atOnce: '立刻全忘。',
      sees: (share) => `候选看得见旧状态的 ${share}。为 0 时，就像没有过去一样。`,
      after: '字符数',
      isLeft: '剩下',
    },
    plan: {
      caption: (cell, layers, hidden, batch, steps) => `${cell}，${layers} 层 × ${hidden} 个单元，${batch} 行，${steps} 步`,
      picture: (total, steps, groups) => `一个训练步，跨 ${steps} 个时刻，共 ${total} 次调度。${groups}。`,
      first: '第一个字符',
      last: (steps) => `第 ${steps} 个字符`,
      phases: { forward: '前向', loss: '损失', backward: '沿时间反向', gradients: '权重的梯度', update: '裁剪与更新' },
      table: '计划的表格',
      head: { what: '内容', phase: '部分', dispatches: '调度次数', kernels: '内核', total: '合计' },
    },
  },
)
