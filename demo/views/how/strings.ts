import { strings } from '../../page/language'
import { numberOf, type EquationName } from './equations'
import type { Phase } from './plan-groups'

/** A heading and paragraphs. Text between two dollars is a formula, between two backquotes a name in the code. */
interface Part {
  readonly title: string
  readonly text: readonly string[]
}

interface How {
  title: string
  lead: string
  parts: Record<'rnn' | 'gru' | 'lstm' | 'backward' | 'gruBackward' | 'lstmBackward' | 'clipping' | 'directions' | 'plan' | 'further', Part>
  equations: Record<EquationName, string>
  /** @param equations may be empty */
  codeOf: (file: string, equations: string) => string
  equation: (numbers: string) => string
  documents: Record<'architecture' | 'embedding' | 'glossary' | 'kernels' | 'lessons' | 'numerics' | 'performance' | 'training', string>
  readme: string
  loading: string
  notLoaded: string
  toy: {
    gate: string
    gates: Record<'z' | 'f' | 'r', string>
    value: string
    legend: { old: string; passed: string; updated: string }
    bars: (units: string, gate: string, passed: string) => string
    text: string
    left: (after10: string, half: string) => string
    forever: string
    atOnce: string
    sees: (share: string) => string
    after: string
    isLeft: string
  }
  plan: {
    loading: string
    unavailable: string
    caption: (cell: string, layers: string, hidden: string, batch: string, steps: string) => string
    picture: (total: string, steps: string, groups: string) => string
    first: string
    last: (steps: string) => string
    phases: Record<Phase, string>
    table: string
    head: { what: string; phase: string; dispatches: string; kernels: string; total: string }
  }
}

const ref = (name: EquationName) => `(${numberOf(name)})`

export const words = strings<How>(
  {
    title: 'How it works',
    lead: 'A recurrent network reads one character at a time. It remembers what it has read in a vector, its state. Here are the equations, and beside each the code that computes it on your GPU.',
    parts: {
      rnn: {
        title: 'One step, again and again',
        text: [
          'The new state $h_t$ is computed from the character $x_t$ and the previous state. The weights $W$, $U$ and $b$ are the same at every step: the network learns how to read, not what stands where.',
          'A character is a one-hot row, so $x_t W$ is a row looked up in $W$: `input_columns` returns it. One matrix product per step remains, $h_{t−1} U$. The kernel receives it as `product`, with $b$ already added.',
        ],
      },
      gru: {
        title: 'Gates: the GRU',
        text: [
          'A plain RNN overwrites its whole state at every character, so it forgets. A GRU has two gates per unit, numbers from 0 to 1. The update gate $z_t$ decides how much of the old state stays. The reset gate $r_t$ decides how much of it the candidate $n_t$ sees.',
          'The candidate needs all of $r_t ⊙ h_{t−1}$ before its matrix product. So a step of this GRU takes two kernels, one after the other.',
          `The other form of the GRU, that of PyTorch and cuDNN, resets after the product: ${ref('candidateAfter')} in place of ${ref('candidate')}. It has a bias $b_n^′$ within, and takes one kernel.`,
        ],
      },
      lstm: {
        title: 'A separate memory: the LSTM',
        text: [
          'An LSTM has a memory cell $c_t$ beside the state that it outputs. The forget gate $f_t$ decides how much of the memory stays, the input gate $i_t$ how much of the candidate $g_t$ is added, the output gate $o_t$ how much is output. Each has its own weights; one kernel computes all four.',
        ],
      },
      backward: {
        title: 'Backpropagation through time',
        text: [
          'To learn, the network needs the gradient of the loss $L$ with respect to every state. A state affects the loss through its own output, whose gradient is $dy_t$, and through the next state. So the gradient at $t$ is computed from the one at $t + 1$: the steps run from the last to the first.',
          `Every step back multiplies by the same $U^⊤$ ${ref('dState')}, and by the slope $1 − h_t^2$ of the tanh ${ref('dSum')}, which is at most 1. If both together shrink the gradient, it vanishes, and the network never learns what lies far back. If $U$ stretches it more than the slope shrinks it, it explodes.`,
          'The gradient of the recurrent weights is then one product over all steps, $dU = sum_t{h_{t−1}^⊤ da_t}$.',
        ],
      },
      gruBackward: {
        title: 'Backwards through a GRU',
        text: [
          `The gradient of a gate is taken before its σ or tanh. Besides the way through the weights there is one past them: $dh_t ⊙ z_t$ in ${ref('dCarried')}. With $z_t$ near 1 almost nothing is lost on it.`,
          `Backwards, too, one kernel waits for the other: ${ref('dSeen')} needs all of $dn_t$. The last two equations are of the GRU that resets after the product: they take the place of ${ref('dReset')} and ${ref('dSeen')}, and what goes back is $dh_t ⊙ z_t$ and the product of $dr_t$, $dz_t$ and $ds_t$ with $U^⊤$.`,
        ],
      },
      lstmBackward: {
        title: 'Backwards through an LSTM',
        text: [
          `The state goes back as in ${ref('dState')}, with all four gates for $da_t$. The memory has a way of its own ${ref('dMemoryBefore')}: through the forget gate alone, past all weights. With $f_t$ near 1, almost nothing is lost.`,
        ],
      },
      clipping: {
        title: 'Clipping',
        text: [
          'An exploding gradient would throw the weights far away. So the norm of the gradient over all weights is measured. If it exceeds the clip norm $θ$, the whole gradient is scaled down to it. The direction stays.',
        ],
      },
      directions: {
        title: 'Bidirectional layers',
        text: [
          'A bidirectional layer has a second direction with its own weights, which reads from the end. Both states are concatenated. Such a network cannot write, because the characters that it would read do not exist yet. But it guesses a missing character better, as the view Blanks shows.',
          'One dispatch computes both directions. To the kernels they differ only in the time of a step.',
        ],
      },
      plan: {
        title: 'A training step, dispatch by dispatch',
        text: [
          'A training step is a list of such kernels, submitted to the GPU at once. This is the list for the settings of the view Train. Dispatches go from top to bottom, time from left to right. The forward pass runs down to the right, the backward pass back to the left. A bar over the full width covers all steps at once.',
          'The picture shows one dispatch per step. Where that is faster on your machine, the engine runs the whole recurrence in one dispatch: the same equations, in a loop inside the kernel.',
        ],
      },
      further: {
        title: 'Further reading',
        text: [
          'The README has an overview and the results. The documents go into each part. They open here; files of the source that they name are in the repository.',
        ],
      },
    },
    equations: {
      rnnState: 'new state',
      reset: 'reset gate',
      update: 'update gate',
      candidate: 'candidate',
      gruState: 'new state',
      candidateAfter: 'candidate, if the reset comes after the product',
      input: 'input gate',
      forget: 'forget gate',
      memoryCandidate: 'candidate for the memory',
      output: 'output gate',
      memory: 'new memory',
      lstmState: 'new state',
      dState: 'gradient of the state',
      dSum: 'gradient before the tanh',
      dCandidate: 'gradient of the candidate',
      dUpdate: 'gradient of the update gate',
      dSeen: 'gradient of what the candidate sees, r ⊙ h',
      dReset: 'gradient of the reset gate',
      dCarried: 'what goes back without the gates',
      dBefore: 'gradient of the state before',
      dResetAfter: 'gradient of the reset gate, if it comes after the product',
      dProductAfter: 'gradient of the product that it multiplies',
      dOutput: 'gradient of the output gate',
      dMemory: 'gradient of the memory',
      dInput: 'gradient of the input gate',
      dForget: 'gradient of the forget gate',
      dMemoryCandidate: 'gradient of the candidate',
      dMemoryBefore: 'what goes back to the memory before',
      norm: 'norm of the whole gradient',
      clip: 'clipped gradient',
      directions: 'states, forward and backward',
      joined: 'output of the layer',
    },
    codeOf: (file, equations) => (equations ? `Code of ${file}, equation ${equations}` : `Code of ${file}`),
    equation: (numbers) => `equation ${numbers}`,
    documents: {
      architecture: 'Architecture: one training step, file by file',
      embedding: 'Embedding: the library in your own page',
      glossary: 'Glossary',
      kernels: 'Kernels',
      lessons: 'Lessons: what was measured, and how',
      numerics: 'Numerics: layouts and tolerances',
      performance: 'Performance: method and tables',
      training: 'Training: the API by its uses',
    },
    readme: 'README of Sluice',
    loading: 'Loading the document…',
    notLoaded: 'The document cannot be loaded. Are you offline?',
    toy: {
      gate: 'Gate',
      gates: { z: 'z, update', f: 'f, forget', r: 'r, reset' },
      value: 'Value of the gate',
      legend: { old: 'old state', passed: 'what the gate lets through', updated: 'new state, with the candidate' },
      bars: (units, gate, passed) => `${units} units of the old state, and what a gate of ${gate} lets through: ${passed}.`,
      text: '“I put it there,” said the old man, and went to look at the river.',
      left: (after10, half) => `After 10 characters, ${after10} of the first one is left. Half of it is gone after ${half}.`,
      forever: 'Nothing is ever lost, but nothing new comes in either.',
      atOnce: 'Everything is forgotten at once.',
      sees: (share) => `The candidate sees ${share} of the old state. At 0 it is computed as if there were no past.`,
      after: 'After characters',
      isLeft: 'Left',
    },
    plan: {
      loading: 'Preparing the list of dispatches…',
      unavailable: 'The list is recorded for the GPU of this browser. Without WebGPU there is none to show.',
      caption: (cell, layers, hidden, batch, steps) => `${cell}, ${layers} × ${hidden} units, batch of ${batch}, ${steps} time steps`,
      picture: (total, steps, groups) => `A training step of ${total} dispatches over ${steps} time steps. ${groups}.`,
      first: 'first character',
      last: (steps) => `character ${steps}`,
      phases: {
        forward: 'forward pass',
        loss: 'loss',
        backward: 'backward pass',
        gradients: 'gradients of the weights',
        update: 'clipping and update',
      },
      table: 'The dispatches in a table',
      head: { what: 'Dispatch', phase: 'Phase', dispatches: 'Count', kernels: 'Kernels', total: 'Total' },
    },
  },
  {
    title: '原理',
    lead: '循环神经网络一次读一个字符，把读过的内容记在一个向量里，这就是它的隐状态。这里列出公式，旁边就是在你的 GPU 上计算它的代码。',
    parts: {
      rnn: {
        title: '同一步，一遍又一遍',
        text: [
          '新的隐状态 $h_t$ 由字符 $x_t$ 和前一个隐状态算出。权重 $W$、$U$、$b$ 在每一步都相同：网络学到的是怎样读，而不是哪个位置写着什么。',
          '字符是一个独热行向量，所以 $x_t W$ 就是 $W$ 中的一行，由 `input_columns` 查出。这样每一步只剩一个矩阵乘积 $h_{t−1} U$，内核以 `product` 得到它，其中已加上 $b$。',
        ],
      },
      gru: {
        title: '门：GRU',
        text: [
          '普通 RNN 每读一个字符就改写整个隐状态，所以会忘。GRU 的每个单元有两个门，取值 0 到 1。更新门 $z_t$ 决定旧隐状态保留多少，重置门 $r_t$ 决定候选隐状态 $n_t$ 能看见多少旧隐状态。',
          '候选隐状态的矩阵乘积要等全部 $r_t ⊙ h_{t−1}$ 算完，所以这种 GRU 的一步要先后运行两个内核。',
          `PyTorch 与 cuDNN 用的是另一种 GRU，先做乘积再重置：用 ${ref('candidateAfter')} 代替 ${ref('candidate')}。它里面多一个偏置 $b_n^′$，只要一个内核。`,
        ],
      },
      lstm: {
        title: '单独的记忆：LSTM',
        text: [
          'LSTM 除了输出的隐状态，还有记忆元 $c_t$。遗忘门 $f_t$ 决定记忆保留多少，输入门 $i_t$ 决定候选记忆元 $g_t$ 加入多少，输出门 $o_t$ 决定输出多少。各门有自己的权重，由一个内核一起算出。',
        ],
      },
      backward: {
        title: '通过时间反向传播',
        text: [
          '要学习，网络需要损失 $L$ 关于每个隐状态的梯度。隐状态通过两条路影响损失：自己的输出，其梯度为 $dy_t$；以及下一个隐状态。所以 $t$ 处的梯度由 $t + 1$ 处的梯度算出，从最后一步算到第一步。',
          `每往回一步，都要乘以同一个 $U^⊤$ ${ref('dState')}，再乘以 tanh 的导数 $1 − h_t^2$ ${ref('dSum')}，后者最多为 1。如果两者合起来使梯度缩小，梯度就会消失，网络永远学不到远处的内容；如果 $U$ 的放大压过了导数的缩小，梯度就会爆炸。`,
          '循环权重的梯度就是对所有步的一个乘积：$dU = sum_t{h_{t−1}^⊤ da_t}$。',
        ],
      },
      gruBackward: {
        title: 'GRU 的反向传播',
        text: [
          `门的梯度都取在 σ 或 tanh 之前。除了经过权重的路，还有一条绕过权重的路：${ref('dCarried')} 中的 $dh_t ⊙ z_t$。$z_t$ 接近 1 时，走这条路几乎没有损失。`,
          `反向时同样要先后运行两个内核：${ref('dSeen')} 要等全部 $dn_t$ 算完。最后两个公式属于先做乘积再重置的 GRU，代替 ${ref('dReset')} 和 ${ref('dSeen')}；传回去的是 $dh_t ⊙ z_t$，再加上 $dr_t$、$dz_t$、$ds_t$ 与 $U^⊤$ 的乘积。`,
        ],
      },
      lstmBackward: {
        title: 'LSTM 的反向传播',
        text: [
          `隐状态的梯度按 ${ref('dState')} 传回，其中 $da_t$ 包括全部四个门。记忆元另有一条路 ${ref('dMemoryBefore')}：只经过遗忘门，不经过任何权重。$f_t$ 接近 1 时，几乎没有损失。`,
        ],
      },
      clipping: {
        title: '梯度裁剪',
        text: ['爆炸的梯度会把权重抛得很远。因此要计算全部权重的梯度范数，超过裁剪阈值 $θ$ 时，就把整个梯度按比例缩小到这个阈值。方向不变。'],
      },
      directions: {
        title: '双向层',
        text: [
          '双向层多了第二个方向，有自己的权重，从末尾往回读。两个方向的隐状态拼接在一起。这样的网络不能用来写作，因为要读的后文还不存在；但它填空更准，见“填空”页。',
          '一次调度就算出两个方向。对内核来说，它们的差别只在于一步所在的时刻。',
        ],
      },
      plan: {
        title: '一个训练步，逐次调度',
        text: [
          '一个训练步就是一串这样的内核，一次提交给 GPU。这是“训练”页当前设置下的列表：从上到下是调度顺序，从左到右是时间。前向传播往右下走，反向传播往左退；横贯全宽的一条表示一次算完所有时间步。',
          '图中每个时间步是一次调度。如果在你的机器上更快，引擎会用一次调度算完整个递归：公式相同，只是循环在内核之中。',
        ],
      },
      further: { title: '延伸阅读', text: ['README 里有概览和结果，各篇文档分别讲一个部分，都可以在这里打开。其中提到的源文件在代码仓库里。'] },
    },
    equations: {
      rnnState: '新的隐状态',
      reset: '重置门',
      update: '更新门',
      candidate: '候选隐状态',
      gruState: '新的隐状态',
      candidateAfter: '候选隐状态（先做乘积再重置）',
      input: '输入门',
      forget: '遗忘门',
      memoryCandidate: '候选记忆元',
      output: '输出门',
      memory: '新的记忆元',
      lstmState: '新的隐状态',
      dState: '隐状态的梯度',
      dSum: 'tanh 之前的梯度',
      dCandidate: '候选隐状态的梯度',
      dUpdate: '更新门的梯度',
      dSeen: '候选隐状态所见 r ⊙ h 的梯度',
      dReset: '重置门的梯度',
      dCarried: '不经过门传回的部分',
      dBefore: '之前隐状态的梯度',
      dResetAfter: '重置门的梯度（先做乘积再重置）',
      dProductAfter: '重置门所乘的乘积的梯度',
      dOutput: '输出门的梯度',
      dMemory: '记忆元的梯度',
      dInput: '输入门的梯度',
      dForget: '遗忘门的梯度',
      dMemoryCandidate: '候选记忆元的梯度',
      dMemoryBefore: '传回之前记忆元的部分',
      norm: '整个梯度的范数',
      clip: '裁剪后的梯度',
      directions: '隐状态，正向与反向',
      joined: '这一层的输出',
    },
    codeOf: (file, equations) => (equations ? `${file} 的代码，公式 ${equations}` : `${file} 的代码`),
    equation: (numbers) => `公式 ${numbers}`,
    documents: {
      architecture: '架构：一个训练步，逐个文件（英文）',
      embedding: '嵌入：在你自己的网页里使用（英文）',
      glossary: '术语表（英文）',
      kernels: '内核（英文）',
      lessons: '课程：测了什么，怎样测的（英文）',
      numerics: '数值：布局与误差界（英文）',
      performance: '性能：方法与表格（英文）',
      training: '训练：按用途介绍 API（英文）',
    },
    readme: 'Sluice 的 README',
    loading: '正在加载文档…',
    notLoaded: '无法加载文档。是否已断网？',
    toy: {
      gate: '门',
      gates: { z: 'z 更新门', f: 'f 遗忘门', r: 'r 重置门' },
      value: '门的值',
      legend: { old: '旧隐状态', passed: '门放行的部分', updated: '加上候选后的新隐状态' },
      bars: (units, gate, passed) => `旧隐状态的 ${units} 个单元，以及值为 ${gate} 的门放行的部分：${passed}。`,
      text: '“早啊。”河不回答，他也不生气。闸上的风还很硬，船慢慢地过去了。',
      left: (after10, half) => `10 个字符之后，第一个字符还剩 ${after10}；过 ${half} 个字符就少了一半。`,
      forever: '什么也不丢，但新的内容也进不来。',
      atOnce: '立刻全部忘掉。',
      sees: (share) => `候选隐状态看得见旧隐状态的 ${share}。为 0 时，就像没有过去一样。`,
      after: '字符数',
      isLeft: '剩余',
    },
    plan: {
      loading: '正在准备调度列表…',
      unavailable: '列表是为这个浏览器的 GPU 记录的，没有 WebGPU 就无从显示。',
      caption: (cell, layers, hidden, batch, steps) => `${cell}，${layers} 层 × ${hidden} 个单元，批量大小 ${batch}，${steps} 个时间步`,
      picture: (total, steps, groups) => `一个训练步，跨 ${steps} 个时间步，共 ${total} 次调度。${groups}。`,
      first: '第一个字符',
      last: (steps) => `第 ${steps} 个字符`,
      phases: { forward: '前向传播', loss: '损失', backward: '反向传播', gradients: '权重的梯度', update: '裁剪与更新' },
      table: '各次调度的表格',
      head: { what: '调度', phase: '阶段', dispatches: '次数', kernels: '内核', total: '合计' },
    },
  },
)
