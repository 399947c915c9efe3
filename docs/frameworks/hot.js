import { openDevice } from 'sluice'

export const device = import.meta.hot?.data.device ?? (await openDevice())
if (import.meta.hot) import.meta.hot.data.device = device
