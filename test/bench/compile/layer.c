// A Vulkan layer that writes down what the driver says of each compute pipeline: the statistics of
// VK_KHR_pipeline_executable_properties (registers, spills, scratch, instructions, …). The application need not know of it: the
// layer asks for the extension, and has the driver capture.
//   SLUICE_STATISTICS  file to which a line of JSON a pipeline is appended: { "subgroup": 32, "statistics": { … } }
//   SLUICE_ASSEMBLY    folder for the driver's own text of each pipeline, NNNN-NAME.txt, if wanted
// Build: cc -O1 -shared -fPIC -I FOLDER_OF_VULKAN_HEADERS -o liblayer.so layer.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan.h>
#include <vulkan/vk_layer.h>

#define EXPORT __attribute__((visibility("default")))

// What is next in the chain. A process that compiles has one instance and one device.
static VkInstance the_instance;
static PFN_vkGetInstanceProcAddr next_instance_proc;
static PFN_vkGetDeviceProcAddr next_device_proc;
static PFN_vkCreateComputePipelines next_create;
static PFN_vkGetPipelineExecutablePropertiesKHR executables_of;
static PFN_vkGetPipelineExecutableStatisticsKHR statistics_of;
static PFN_vkGetPipelineExecutableInternalRepresentationsKHR texts_of;
static FILE *out;
static int pipelines;

static void write_value(const VkPipelineExecutableStatisticKHR *s) {
  switch (s->format) {
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_BOOL32_KHR: fputs(s->value.b32 ? "true" : "false", out); return;
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_INT64_KHR: fprintf(out, "%lld", (long long)s->value.i64); return;
    case VK_PIPELINE_EXECUTABLE_STATISTIC_FORMAT_UINT64_KHR: fprintf(out, "%llu", (unsigned long long)s->value.u64); return;
    default: fprintf(out, "%g", s->value.f64);
  }
}

static void write_texts(VkDevice device, const VkPipelineExecutableInfoKHR *which, const char *folder) {
  uint32_t n = 0;
  texts_of(device, which, &n, NULL);
  VkPipelineExecutableInternalRepresentationKHR *texts = calloc(n ? n : 1, sizeof *texts);
  for (uint32_t i = 0; i < n; i++) texts[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INTERNAL_REPRESENTATION_KHR;
  texts_of(device, which, &n, texts); // how long they are
  for (uint32_t i = 0; i < n; i++) texts[i].pData = calloc(1, texts[i].dataSize + 1);
  texts_of(device, which, &n, texts);
  for (uint32_t i = 0; i < n; i++) {
    char path[4096];
    for (char *c = texts[i].name; *c; c++) if (*c == '/' || *c == ' ') *c = '-';
    snprintf(path, sizeof path, "%s/%04d-%s.txt", folder, pipelines, texts[i].name);
    FILE *file = fopen(path, "wb");
    if (file) { fwrite(texts[i].pData, 1, texts[i].dataSize, file); fclose(file); }
    free(texts[i].pData);
  }
  free(texts);
}

static void write_pipeline(VkDevice device, VkPipeline pipeline) {
  VkPipelineInfoKHR info = {VK_STRUCTURE_TYPE_PIPELINE_INFO_KHR, NULL, pipeline};
  VkPipelineExecutablePropertiesKHR properties = {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_PROPERTIES_KHR};
  uint32_t one = 1; // of a compute pipeline there is one, or several widths of which the first is the one that runs
  executables_of(device, &info, &one, &properties);
  VkPipelineExecutableInfoKHR which = {VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR, NULL, pipeline, 0};
  uint32_t n = 0;
  statistics_of(device, &which, &n, NULL);
  VkPipelineExecutableStatisticKHR *all = calloc(n ? n : 1, sizeof *all);
  for (uint32_t i = 0; i < n; i++) all[i].sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR;
  statistics_of(device, &which, &n, all);
  fprintf(out, "{\"subgroup\":%u,\"statistics\":{", properties.subgroupSize);
  for (uint32_t i = 0; i < n; i++) {
    fprintf(out, "%s\"%s\":", i ? "," : "", all[i].name); // no driver has quotes in a name
    write_value(&all[i]);
  }
  fputs("}}\n", out);
  fflush(out);
  free(all);
  const char *folder = getenv("SLUICE_ASSEMBLY");
  if (folder) write_texts(device, &which, folder);
  pipelines++;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_pipelines(VkDevice device, VkPipelineCache cache, uint32_t n, const VkComputePipelineCreateInfo *infos, const VkAllocationCallbacks *allocator, VkPipeline *made) {
  VkComputePipelineCreateInfo *asked = malloc(n * sizeof *asked);
  memcpy(asked, infos, n * sizeof *asked);
  for (uint32_t i = 0; i < n; i++) {
    asked[i].flags |= VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR;
    if (getenv("SLUICE_ASSEMBLY")) asked[i].flags |= VK_PIPELINE_CREATE_CAPTURE_INTERNAL_REPRESENTATIONS_BIT_KHR;
  }
  (void)cache; // what comes from a cache has no statistics
  VkResult result = next_create(device, VK_NULL_HANDLE, n, asked, allocator, made);
  free(asked);
  if (result == VK_SUCCESS) for (uint32_t i = 0; i < n; i++) write_pipeline(device, made[i]);
  return result;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL device_proc(VkDevice device, const char *name) {
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)device_proc;
  if (!strcmp(name, "vkCreateComputePipelines")) return (PFN_vkVoidFunction)create_pipelines;
  return next_device_proc(device, name);
}

static VKAPI_ATTR VkResult VKAPI_CALL create_device(VkPhysicalDevice physical, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *allocator, VkDevice *made) {
  VkLayerDeviceCreateInfo *link = (void *)info->pNext;
  while (link && (link->sType != VK_STRUCTURE_TYPE_LOADER_DEVICE_CREATE_INFO || link->function != VK_LAYER_LINK_INFO)) link = (void *)link->pNext;
  const char *path = getenv("SLUICE_STATISTICS");
  if (!link || !path) return VK_ERROR_INITIALIZATION_FAILED;
  PFN_vkGetInstanceProcAddr instance_proc = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  next_device_proc = link->u.pLayerInfo->pfnNextGetDeviceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;

  VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR feature = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR, (void *)info->pNext, VK_TRUE};
  const char **names = malloc((info->enabledExtensionCount + 1) * sizeof *names);
  for (uint32_t i = 0; i < info->enabledExtensionCount; i++) names[i] = info->ppEnabledExtensionNames[i];
  names[info->enabledExtensionCount] = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
  VkDeviceCreateInfo asked = *info;
  asked.pNext = &feature;
  asked.enabledExtensionCount++;
  asked.ppEnabledExtensionNames = names;
  VkResult result = ((PFN_vkCreateDevice)instance_proc(the_instance, "vkCreateDevice"))(physical, &asked, allocator, made);
  free(names);
  if (result != VK_SUCCESS) { fprintf(stderr, "the driver makes no device that tells statistics: %d\n", result); return result; }
  next_create = (PFN_vkCreateComputePipelines)next_device_proc(*made, "vkCreateComputePipelines");
  executables_of = (PFN_vkGetPipelineExecutablePropertiesKHR)next_device_proc(*made, "vkGetPipelineExecutablePropertiesKHR");
  statistics_of = (PFN_vkGetPipelineExecutableStatisticsKHR)next_device_proc(*made, "vkGetPipelineExecutableStatisticsKHR");
  texts_of = (PFN_vkGetPipelineExecutableInternalRepresentationsKHR)next_device_proc(*made, "vkGetPipelineExecutableInternalRepresentationsKHR");
  if (!out) out = fopen(path, "a");
  return out ? VK_SUCCESS : VK_ERROR_INITIALIZATION_FAILED;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL instance_proc(VkInstance instance, const char *name);
static VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo *info, const VkAllocationCallbacks *allocator, VkInstance *made) {
  VkLayerInstanceCreateInfo *link = (void *)info->pNext;
  while (link && (link->sType != VK_STRUCTURE_TYPE_LOADER_INSTANCE_CREATE_INFO || link->function != VK_LAYER_LINK_INFO)) link = (void *)link->pNext;
  if (!link) return VK_ERROR_INITIALIZATION_FAILED;
  next_instance_proc = link->u.pLayerInfo->pfnNextGetInstanceProcAddr;
  link->u.pLayerInfo = link->u.pLayerInfo->pNext;
  VkResult result = ((PFN_vkCreateInstance)next_instance_proc(VK_NULL_HANDLE, "vkCreateInstance"))(info, allocator, made);
  the_instance = *made;
  return result;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL instance_proc(VkInstance instance, const char *name) {
  if (!strcmp(name, "vkGetInstanceProcAddr")) return (PFN_vkVoidFunction)instance_proc;
  if (!strcmp(name, "vkGetDeviceProcAddr")) return (PFN_vkVoidFunction)device_proc;
  if (!strcmp(name, "vkCreateInstance")) return (PFN_vkVoidFunction)create_instance;
  if (!strcmp(name, "vkCreateDevice")) return (PFN_vkVoidFunction)create_device;
  return next_instance_proc ? next_instance_proc(instance, name) : NULL;
}

EXPORT VKAPI_ATTR VkResult VKAPI_CALL vkNegotiateLoaderLayerInterfaceVersion(VkNegotiateLayerInterface *asked) {
  if (asked->loaderLayerInterfaceVersion > 2) asked->loaderLayerInterfaceVersion = 2;
  asked->pfnGetInstanceProcAddr = instance_proc;
  asked->pfnGetDeviceProcAddr = device_proc;
  asked->pfnGetPhysicalDeviceProcAddr = NULL;
  return VK_SUCCESS;
}
