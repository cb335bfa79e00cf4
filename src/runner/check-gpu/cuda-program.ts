/**
 * The load of the check, in Python with the driver's own library, so that it needs neither a compiler nor a framework. It
 * replies to each line of its input with one line; amounts are MiB. 2 is CUDA_ERROR_OUT_OF_MEMORY.
 */
export const cudaProgram = `
import ctypes, sys

def say(*words):
    print(*words, flush=True)

try:
    cuda = ctypes.CDLL("libcuda.so.1")
except OSError as error:
    say("impossible", error)
    sys.exit()

def must(name, *arguments):
    code = getattr(cuda, name)(*arguments)
    if code != 0:
        say("impossible", name, "returned", code)
        sys.exit()

def allocate(mebibytes):
    pointer = ctypes.c_uint64()
    code = cuda.cuMemAlloc_v2(ctypes.byref(pointer), ctypes.c_size_t(mebibytes << 20))
    if code == 0:
        held.append(pointer)
    elif code != 2:
        must("cuMemAlloc_v2", ctypes.byref(pointer), ctypes.c_size_t(mebibytes << 20))
    return code == 0

def free():
    while held:
        must("cuMemFree_v2", held.pop())

def fill(limit):
    filled = 0
    for chunk in (256, 16, 2):
        while filled <= limit and allocate(chunk):
            filled += chunk
    return filled

held = []
device, context = ctypes.c_int(), ctypes.c_void_p()
name, total = ctypes.create_string_buffer(128), ctypes.c_size_t()
must("cuInit", 0)
must("cuDeviceGet", ctypes.byref(device), 0)
must("cuDeviceGetName", name, 128, device)
must("cuDeviceTotalMem_v2", ctypes.byref(total), device)
must("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
must("cuCtxSetCurrent", context)
say("ready", total.value >> 20, name.value.decode())
for line in sys.stdin:
    verb, amount = line.split()
    if verb == "allocate":
        say("allocated" if allocate(int(amount)) else "out-of-memory")
    elif verb == "flash":
        say("allocated" if allocate(int(amount)) else "out-of-memory")
        free()
    elif verb == "fill":
        say("filled", fill(int(amount)))
    elif verb == "free":
        free()
        say("freed")
`;
