/* Stands for libcuda.so.1 on a machine without a GPU: keeps books of what is allocated, in files that the pretended
   nvidia-smi adds up. PRETENDED_GPU: their folder. PRETENDED_MIB: the device's size; else the file `mib` has it.
   PRETENDED_FAULT: `no-device`, or `endless` (memory never ends). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MIB (1ULL << 20)
#define BLOCKS 100000
static size_t sizes[BLOCKS];
static size_t used, peak;

static const char *folder(void) {
  const char *given = getenv("PRETENDED_GPU");
  return given != NULL ? given : "/dev/pretended-gpu";
}
static size_t total(void) {
  char name[512], content[32] = "";
  const char *given = getenv("PRETENDED_MIB");
  if (given != NULL) return strtoull(given, NULL, 10) * MIB;
  snprintf(name, sizeof name, "%s/mib", folder());
  FILE *file = fopen(name, "r");
  if (file == NULL) return 0;
  if (fgets(content, sizeof content, file) == NULL) content[0] = 0;
  fclose(file);
  return strtoull(content, NULL, 10) * MIB;
}
static int is_fault(const char *name) {
  const char *fault = getenv("PRETENDED_FAULT");
  return fault != NULL && strcmp(fault, name) == 0;
}

/* A lock that ends with the process, for a reader that does not see its pid. Without a folder of locks there is none. */
static void hold_lock(void) {
  char name[512];
  snprintf(name, sizeof name, "%s/locks/%d", folder(), getpid());
  unlink(name);
  int file = open(name, O_CREAT | O_EXCL | O_RDWR, 0666);
  if (file >= 0) flock(file, LOCK_EX);
}

static void publish(const char *books, const char *format, size_t amount, int milliseconds) {
  char name[512], fresh[512];
  snprintf(name, sizeof name, "%s/%s/%d", folder(), books, getpid());
  snprintf(fresh, sizeof fresh, "%s/%d.new", folder(), getpid());
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
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, length, "Pretended GPU %d", device);
  return 0;
}
int cuDeviceTotalMem_v2(size_t *bytes, int device) { *bytes = total() - device; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &sizes[device];
  hold_lock();
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
