/**
 * How programs report a full memory. Each pattern matches one line and looks ahead a bounded number of characters, so a
 * contestant's line never takes more than linear time. The original messages, each with its source, are in
 * test/campaign/evaluation/memory-texts.ts.
 */

/** Similar messages about something else: the loader's static TLS, on-chip GPU memory, files, disk space, messages. */
export const notAboutMemory = [
  /static TLS block/i,
  /out of resource: shared memory|too much shared (?:data|memory)/i,
  /too many open files/i,
  /message larger than max|quota/i,
];

/** A full disk, unless the line names shared memory. */
export const diskFull = /no space left on device/i;

/** Advice about memory in a message about something else. */
export const advice =
  /\b(?:avoid|prevent|in case of|in case you|if you|(?:may|might|can|could) (?:run|go|cause|lead|result))\b[^.]{0,40}?\b(?:out[ -]of[ -]memory|OOM)\b/gi;

/** Messages of programs that then retry with less memory. They count only if no error follows. */
export const survivable = [
  // TensorFlow's allocator and its driver.
  /not a failure/i,
  /failed to allocate [^:]{0,80} from device: /i,
  // TensorRT while it searches for a tactic.
  /there may not be enough free memory for allocation to succeed|skipping tactic/i,
  // CUDA.jl, Kaldi, llama.cpp.
  /attempting to free up memory|freeing some memory and trying again|failed, retrying/i,
];

/** A full /dev/shm. */
export const sharedMemoryFull = [
  /out of shared memory/i,
  /insufficient shared memory/i,
  /DataLoader worker .{0,40}killed by signal: Bus error/i,
  /unable to (?:allocate|mmap|write|resize).{0,80}(?:shared memory|\/torch_\d)/i,
  /(?:creating|extend|allocat\w{1,5}) .{0,60}(?:\/dev\/shm|shared memory segment)/i,
  /\/dev\/shm.{0,120}no space left|no space left.{0,120}\/dev\/shm/i,
];

/** A failed allocation of any memory. */
export const memoryFull = [
  /(?<![a-z])out[ _-]of[ _-](?:(?:cuda|gpu|device|video|graphics|global|host|free|pre-?allocated)[ _-]){0,3}memory(?!-map)/i,
  /OutOf(?:GPU|Gpu|Device|Host)?Memory/,
  /\bOOM\b/i,
  /alloc(?:at\w{1,10}|pitch|managed|async|array)?(?: of [^;]{0,60}?)?(?: request| call| retry| region)?[ _:]{0,3}(?:has |have )?fail/i,
  /(?:fail(?:ed|ure)|unable|cannot|can not|can['’]t|could not|couldn['’]t|error)(?: to| in)?(?: cuda| hip)? (?:cuda|hip|re|m|c)?alloc/i,
  /(?:could not|couldn['’]t|cannot|can not) be allocated/i,
  /(?:fail(?:ed|ure)|unable|cannot|could not) (?:to )?reserve [^;]{0,60}memory/i,
  /\b(?:not enough|insufficient|no available|no free)(?: (?:free|available|cuda|gpu|device|video|graphics|global)){0,3} (?:memory|vram)\b/i,
  /\bmemory (?:is |was )?(?:full|exhausted)|exhausted (?:the |all )?(?:cuda|gpu|device|video) memory/i,
  /exceed(?:s|ed|ing)? (?:the )?(?:allowed|available|free|total|maximum|cuda|gpu|device) (?:cuda |gpu |device )?memory|pool size exceeded/i,
  /resource[ _]?exhausted/i,
  /ErrorMemoryAllocation/,
  /\b(?:CL|PI_ERROR|UR_RESULT_ERROR)_OUT_OF_RESOURCES|failed: OUT_OF_RESOURCES/,
  // CUDA's error number alone.
  /cudaSuccess \(2 vs\. 0\)|\bcuda (?:error|failure)(?: code)?:? 2\b|CUresult error\s{1,4}result=2\b/i,
  // CUDA's libraries on a device that is full when they start.
  /CU(?:BLAS|RAND)_STATUS_NOT_INITIALIZED|CUSPARSE_STATUS_INSUFFICIENT_RESOURCES/,
  // PyTorch when the driver gives it no figures for its out-of-memory message.
  /NVML_SUCCESS == .{0,60}INTERNAL ASSERT FAILED/,
  // Other languages.
  /[显内]存(?:不足|不够|耗尽|溢出|分配失败)|分配[显内]存失败|顯示?記憶體不足|記憶體不足/,
  /メモリー?(?:が)?不足|メモリー?が足り|메모리(?:가)? ?부족/,
  /nicht gen(?:ü|ue)gend \S{0,20}speicher|zu wenig \S{0,20}speicher|kein freier \S{0,20}speicher/i,
  /m[ée]moire(?: \S{1,12}){0,2} insuffisante|pas assez de m[ée]moire/i,
  /mem[oó]ria(?: \S{1,12}){0,3} (?:insuficiente|insufficiente|esaurita|agotada|esgotada)|sin memoria|sem mem[oó]ria/i,
  /недостаточно (?:видео)?памяти|не хватает (?:видео)?памяти|(?:видео)?память исчерпана|недостатньо (?:відео)?пам/i,
  /za mało pamięci|brak pamięci|onvoldoende \S{0,10}geheugen|bellek yetersiz|yetersiz bellek|không đủ bộ nhớ|hết bộ nhớ/i,
];

/** Marks a line as one about host memory: the process's own, or pinned pages for a device. */
export const hostMemory =
  /CPUAllocator|alloc_cpu|\/device:CPU|by allocator (?:mkl)?cpu|pinned|page-?locked|host_?bfc|(?:cuda|hip)(?:malloc)?_?host|cuMem(?:Alloc)?Host|out[ _]of[ _]host[ _]memory|host memory|bytes on host|system memory|java(?:script)? heap|java\.lang|GC overhead|for an array with shape|vector of size|help memory|-4:Insufficient memory/i;

/** Names a device, or a library or part of one. */
export const deviceNamed =
  /cuda|gpu|nvidia|(?<![a-z])cu(?:mem|ctx|blas|dnn|fft|rand|sparse|solver|vid)|nccl|nvml|nvenc|nvdec|nvjpeg|nvrtc|\bnpp|tensorrt|\bTRT\b|\brmm|\bhip|rocm|opencl|\bcl(?:create|enqueue|finish)|\bCL_|vulkan|\bvk(?:_|::)|ErrorOutOfDevice|vram|(?:device|video|graphics) memory|\b(?:on|from|of) device\b|thrust|BFCArena|taichi|显存|видеопам|grafikspeicher/i;

/** A process's own memory, unless the line names a device. */
export const processMemoryFull = [
  /\bMemoryError\b/,
  /\bENOMEM\b|\berrno:? 12\b|os error 12\b/i,
  /cannot allocate memory|memory exhausted|oom-kill|out of memory: kill/i,
  /bad_?alloc|bad allocation/i,
  /(?<![a-z])(?:m|c|re)alloc\b.{0,20}fail|fail.{0,20}(?<![a-z])(?:m|c|re)alloc\b|couldn['’]t malloc/i,
  /memory allocation of \d{1,20} bytes failed|runtime: out of memory|LLVM ERROR: out of memory|OutOfMemoryError\(\)/,
  // The C library (Debian's libc-l10n 2.36).
  /Nicht genügend Hauptspeicher|Ne peut allouer de la mémoire|No se pudo asignar memoria|Impossibile allocare memoria/i,
  /Impossível alocar memória|Não foi possível alocar memória|Onvoldoende geheugen beschikbaar|Kan inte allokera minne/i,
  /Nie można przydzielić pamięci|Nelze alokovat paměť|Невозможно выделить память|Не вдалося розподілити пам/i,
  /无法分配内存|無法配置記憶體|メモリを確保できません|메모리를 할당할 수 없습니다|Bellek ayrılamadı|Không thể cấp phát bộ nhớ/i,
];
