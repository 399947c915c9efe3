// The choice of cells, with a sentence on each. A cell that the library adds does not compile until it is named here.
import type { CellName } from 'sluice'
import { create, element } from './dom'

const cells: Record<CellName, { name: string; about: string }> = {
  rnn: { name: 'RNN tanh', about: 'The simplest: the new state is tanh of the input and the old state. It forgets soon.' },
  'rnn-relu': { name: 'RNN relu', about: 'As the RNN, with relu in place of tanh. Quick to learn, and quick to explode.' },
  gru: { name: 'GRU', about: 'Two gates decide what to keep and what to renew. The reset gate acts before the product.' },
  'gru-reset-after': { name: 'GRU reset-after', about: 'The GRU as PyTorch and cuDNN have it: the reset gate acts after the product.' },
  lstm: { name: 'LSTM', about: 'Three gates around a memory cell of its own, which holds on for long.' },
}

export function showCells(): void {
  const host = element('cells', HTMLElement)
  const about = element('cell-about', HTMLElement)
  for (const [value, { name }] of Object.entries(cells)) {
    const input = create('input')
    Object.assign(input, { type: 'radio', name: 'cell', value, defaultChecked: value === 'gru' })
    host.append(create('label', '', input, create('span', '', name)))
  }
  const describe = () => {
    const chosen = host.querySelector<HTMLInputElement>('input:checked')
    about.textContent = chosen ? cells[chosen.value as CellName].about : ''
  }
  host.addEventListener('change', describe)
  describe()
}

export const isCell = (name: string): name is CellName => Object.hasOwn(cells, name)
