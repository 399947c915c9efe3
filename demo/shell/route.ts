// Which view is shown: the part of the address after #, so that it works on any static host and from any path.
import { computed } from '@preact/signals'
import { entry } from '../page/address'
import { viewNames, type ViewName } from './views'

const named = (hash: string): ViewName => viewNames.find((name) => hash === `#${name}`) ?? viewNames[0]!

export const view = computed(() => (entry.value, named(location.hash)))
