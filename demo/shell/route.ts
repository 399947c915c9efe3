// The view is the hash of the address, so that it works on any static host and any path. What it shows may follow: `#measure=…`.
import { computed } from '@preact/signals'
import { entry } from '../page/address'
import type { ViewName } from '../page/views'
import { viewNames } from './views'

const named = (hash: string): ViewName => viewNames.find((name) => hash.split('=')[0] === `#${name}`) ?? viewNames[0]!

export const view = computed(() => (entry.value, named(location.hash)))
