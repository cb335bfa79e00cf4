/* The part of a submission that uses the GPU: takes the given MiB of the first device in blocks, through libcuda as CUDA's own
   runtime does, and holds them for a second, as a model that works does. Reports a full device in PyTorch's words. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK_MIB 250

static void *driver;

static long call(const char *name, void *first, unsigned long second, unsigned long third) {
  int (*function)(void *, unsigned long, unsigned long) = dlsym(driver, name);
  return function == NULL ? 999 : function(first, second, third);
}

int main(int count, char **words) {
  long wanted = count > 1 ? atol(words[1]) : 0;
  int device = 0;
  void *context = NULL;
  driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 3;
  }
  if (call("cuInit", NULL, 0, 0) || call("cuDeviceGet", &device, 0, 0)) return 4;
  if (call("cuDevicePrimaryCtxRetain", &context, device, 0) || call("cuCtxSetCurrent", context, 0, 0)) return 5;
  for (long taken = 0; taken < wanted; taken += BLOCK_MIB) {
    unsigned long long block;
    if (call("cuMemAlloc_v2", &block, BLOCK_MIB * (1UL << 20), 0)) {
      sleep(1);
      fprintf(stderr, "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate %d.00 MiB\n", BLOCK_MIB);
      return 1;
    }
  }
  sleep(1);
  return 0;
}
