/* Stands for libcuda.so.1 on a machine without a GPU: keeps books of what is allocated, in files that the pretended
   nvidia-smi adds up. PRETENDED_MIB: the device's size. PRETENDED_FAULT: `no-device`, or `endless` (memory never ends). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB (1ULL << 20)
#define BLOCKS 100000
static size_t sizes[BLOCKS];
static size_t used, peak;

static size_t total(void) { return strtoull(getenv("PRETENDED_MIB"), NULL, 10) * MIB; }
static int is_fault(const char *name) {
  const char *fault = getenv("PRETENDED_FAULT");
  return fault != NULL && strcmp(fault, name) == 0;
}

static void publish(const char *folder, const char *format, size_t amount, int milliseconds) {
  char name[512], fresh[512];
  snprintf(name, sizeof name, "%s/%s/%d", getenv("PRETENDED_GPU"), folder, getpid());
  snprintf(fresh, sizeof fresh, "%s/%d.new", getenv("PRETENDED_GPU"), getpid());
  FILE *file = fopen(fresh, "w");
  if (file == NULL) return;
  fprintf(file, format, getpid(), amount / MIB, milliseconds);
  fclose(file);
  if (rename(fresh, name) != 0) unlink(fresh);
}

static void change(size_t now) {
  used = now;
  if (used > peak) peak = used;
  publish("used", "%2$zu\n", used, 0);
  publish("accounts", "%d, %zu, %d\n", peak, 0);
}

__attribute__((destructor)) static void end(void) {
  if (peak > 0) publish("accounts", "%d, %zu, %d\n", peak, 1234);
}

int cuInit(unsigned flags) { return flags != 0 || is_fault("no-device") ? 100 : 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, length, "Pretended GPU %d", device);
  return 0;
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = total() - device; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &sizes[device];
  change(20 * MIB);
  return 0;
}
int cuCtxSetCurrent(void *context) { return context == NULL; }
int cuMemAlloc_v2(unsigned long long *pointer, size_t bytes) {
  if (used + bytes > total() && !is_fault("endless")) return 2;
  size_t block = 0;
  while (sizes[block] != 0) block++;
  sizes[block] = bytes;
  *pointer = block + 1;
  change(used + bytes);
  return 0;
}
int cuMemFree_v2(unsigned long long pointer) {
  change(used - sizes[pointer - 1]);
  sizes[pointer - 1] = 0;
  return 0;
}
