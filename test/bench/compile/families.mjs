// The GPUs that kernels are compiled for, and how Mesa's driver of each is made to believe that there is one.

/** @typedef {{ name: string, title: string, driver: string, shim: string, environment: Record<string, string> }} Family */

/** Slowest first, so that none is left alone at the end. @type {readonly Family[]} */
export const families = [
  { name: 'intel-tgl', title: 'Intel Tiger Lake', driver: 'intel', shim: 'intel', environment: { INTEL_STUB_GPU_PLATFORM: 'tgl' } },
  { name: 'intel-lnl', title: 'Intel Lunar Lake', driver: 'intel', shim: 'intel', environment: { INTEL_STUB_GPU_PLATFORM: 'lnl' } },
  { name: 'apple-m1', title: 'Apple M1', driver: 'asahi', shim: 'asahi', environment: {} },
  {
    name: 'nvidia',
    title: 'NVIDIA Ada (NVK)',
    driver: 'nouveau',
    shim: 'nouveau',
    environment: { NOUVEAU_CHIPSET: '0x194', NVK_I_WANT_A_BROKEN_VULKAN_DRIVER: '1' },
  },
  { name: 'adreno-740', title: 'Adreno 740', driver: 'freedreno', shim: 'freedreno', environment: { FD_GPU_ID: '740' } },
  { name: 'amd-navi31', title: 'AMD Navi 31', driver: 'radeon', shim: 'amdgpu', environment: { AMDGPU_GPU_ID: 'navi31' } },
  { name: 'amd-raven', title: 'AMD Raven', driver: 'radeon', shim: 'amdgpu', environment: { AMDGPU_GPU_ID: 'raven' } },
]
