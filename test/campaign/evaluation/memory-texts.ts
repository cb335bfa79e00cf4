/** A text that a program printed last, and where it was seen. */
export interface SeenText {
  text: string;
  source: string;
}

const github = (thread: string, ...lines: string[]): SeenText => ({
  text: lines.join('\n'),
  source: `https://github.com/${thread}`,
});

/** Messages of common libraries when GPU memory is full. */
export const deviceTexts: readonly SeenText[] = [
  github(
    'marcoslucianops/DeepStream-Yolo/issues/366',
    'ERROR: [TRT]: 2: [virtualMemoryBuffer.cpp::resizePhysical::145] Error Code 2: OutOfMemory (no further information)',
    'WARNING: [TRT]: Requested amount of GPU memory (4294967296 bytes) could not be allocated. There may not be enough free memory for allocation to succeed.',
    'WARNING: [TRT]: Skipping tactic 3 due to insufficient memory on requested size of 4294967296 detected for tactic 0x0000000000000004.',
    'Try decreasing the workspace size with IBuilderConfig::setMemoryPoolLimit().',
  ),
  github('NVIDIA/TensorRT/issues/840', 'Cuda Error in allocate: 2 (out of memory)'),
  github(
    'NVIDIA/TensorRT/issues/948',
    String.raw`[E] [TRT] C:\source\rtSafe\safeRuntime.cpp (25) - Cuda Error in nvinfer1::internal::DefaultAllocator::allocate: 2 (out of memory)`,
  ),
  github(
    'NVIDIA-AI-IOT/torch2trt/issues/661',
    '[TensorRT] ERROR: ../rtSafe/WeightsPtr.cpp (92) - OutOfMemory Error in allocate: 0',
  ),
  github('rapidsai/rmm/issues/201', 'rmm.rmm.RMMError: RMM_ERROR_OUT_OF_MEMORY'),
  github(
    'NVIDIA/cudf/issues/6773',
    'MemoryError: std::bad_alloc: CUDA error at: ../include/rmm/mr/device/cuda_memory_resource.hpp:68: cudaErrorMemoryAllocation out of memory',
  ),
  github(
    'neka-nat/cupoch/issues/98',
    'MemoryError: std::bad_alloc: RMM failure at:/home/adolf/cupoch/third_party/rmm/include/rmm/mr/device/pool_memory_resource.hpp:179: Maximum pool size exceeded',
  ),
  github(
    'rapidsai/dask-cuda/issues/225',
    'numba.cuda.cudadrv.driver.CudaAPIError: [2] Call to cuMemAlloc results in CUDA_ERROR_OUT_OF_MEMORY',
  ),
  github(
    'zhongkaifu/Seq2SeqSharp/issues/7',
    'ManagedCuda.CudaException: ErrorOutOfMemory: The API call failed because it was unable to allocate enough memory to perform the requested operation',
  ),
  github(
    'fzyzcjy/torch_memory_saver/issues/4',
    '[torch_memory_saver.cpp] CUresult error  result=2 file=csrc/torch_memory_saver.cpp func=cu_mem_create line=103',
  ),
  github(
    'ComputationalRadiationPhysics/picongpu/issues/3064',
    "terminate called after throwing an instance of 'CUDA::error'",
    '  what():  /scratch/mallocMC/reservePoolPolicies/SimpleCudaMalloc_impl.hpp(42):',
    'error: out of memory',
  ),
  github(
    'ggml-org/llama.cpp/issues/20431',
    'ggml_backend_cuda_buffer_type_alloc_buffer: allocating 144817.04 MiB on device 0: cudaMalloc failed: out of memory',
    'alloc_tensor_range: failed to allocate CUDA0 buffer of size 151851674624',
    'llama_model_load: error loading model: unable to allocate CUDA0 buffer',
  ),
  github(
    'ollama/ollama/issues/6860',
    'ggml_gallocr_reserve_n: failed to allocate CUDA4 buffer of size 150995968',
    'llama_new_context_with_model: failed to allocate compute buffers',
  ),
  github('ggml-org/llama.cpp/issues/1230', 'CUDA error 2 at ggml-cuda.cu:359: out of memory'),
  github(
    'ggml-org/llama.cpp/issues/15256',
    'ggml_vulkan: Device memory allocation of size 118497280 failed.',
    'ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory',
    'double free or corruption (out)',
  ),
  github(
    'ggml-org/llama.cpp/issues/8492',
    'MESA: error: ../src/intel/vulkan/anv_device.c:4237: VK_ERROR_OUT_OF_DEVICE_MEMORY',
  ),
  github(
    'PRiME-project/PRiMEStereoMatch/issues/1',
    'OpenCL error: CL_MEM_OBJECT_ALLOCATION_FAILURE',
    'Failed enqueuing the kernel. src/CVF_cl.cpp:651',
    'Segmentation fault (core dumped)',
  ),
  github(
    'samr7/vanitygen/issues/31',
    'clEnqueueNDRange(0): CL_MEM_OBJECT_ALLOCATION_FAILURE',
    'Device: GeForce 9600 GT',
  ),
  github(
    'tinygrad/tinygrad/issues/1989',
    'pyopencl._cl.MemoryError: clEnqueueMapBuffer failed: MEM_OBJECT_ALLOCATION_FAILURE',
  ),
  github(
    'lightgbm-org/LightGBM/issues/4480',
    "terminate called after throwing an instance of 'boost::wrapexcept<boost::compute::opencl_error>'",
    '  what():  Memory Object Allocation Failure',
  ),
  github(
    'PaddlePaddle/PaddleOCR/issues/1505',
    'ResourceExhaustedError: ',
    '',
    'Out of memory error on GPU 0. Cannot allocate 25.002197MB memory on GPU 0, available memory is only 15.187500MB.',
    '',
    'Please check whether there is any other process using GPU 0.',
    '1. If yes, please stop them, or start PaddlePaddle on another GPU.',
    '2. If no, please decrease the batch size of your model. ',
    ' (at /paddle/paddle/fluid/memory/allocation/cuda_allocator.cc:69)',
  ),
  github(
    'una-dinosauria/Rayuela.jl/issues/40',
    'ERROR: LoadError: CUDA error: out of memory (code #2, ERROR_OUT_OF_MEMORY)',
  ),
  github(
    'JuliaGPU/CUDA.jl/issues/1346',
    'ERROR: Out of GPU memory',
    'Stacktrace:',
    '  [1] throw_api_error(res::CUDA.cudaError_enum)',
  ),
  github(
    'computational-imaging/ThreeDeconv.jl/issues/2',
    'CUFFTError(code 2, cuFFT failed to allocate GPU or CPU memory)',
  ),
  github(
    'JuliaGPU/CUDA.jl/issues/111',
    'ERROR: LoadError: cudnnFindConvolutionForwardAlgorithm: 2: CUDNN_STATUS_ALLOC_FAILED',
  ),
  github('JuliaGPU/AMDGPU.jl/issues/591', 'ERROR: HIPError(code hipErrorOutOfMemory, out of memory)'),
  github(
    'ROCm/TheRock/issues/1054',
    'torch.OutOfMemoryError: HIP out of memory. Tried to allocate 16.00 GiB. GPU 0 has a total capacity of 15.24 GiB',
  ),
  github(
    'pytorch/pytorch/issues/122068',
    'RuntimeError: NVML_SUCCESS == r INTERNAL ASSERT FAILED at "../c10/cuda/CUDACachingAllocator.cpp":830, please report a bug to PyTorch.',
  ),
  github(
    'pytorch/pytorch/issues/130486',
    'RuntimeError: NVML_SUCCESS == DriverAPI::get()->nvmlInit_v2_() INTERNAL ASSERT FAILED at "../c10/cuda/CUDACachingAllocator.cpp":813',
  ),
  github(
    'dmlc/xgboost/issues/9793',
    'xgboost.core.XGBoostError: Memory allocation error on worker 0: std::bad_alloc: cudaErrorMemoryAllocation: out of memory',
    '- Free memory: 111MB',
  ),
  github(
    'dmlc/xgboost/issues/2019',
    'CUDA error: build/xgboost/src/xgboost/plugin/updater_gpu/src/device_helpers.cuh(386): out of memory',
  ),
  github(
    'catboost/catboost/issues/2750',
    '(NCudaLib::TOutOfMemoryError) /src/catboost/catboost/cuda/cuda_lib/memory_pool/stack_like_memory_pool.h:303: Error: Out of memory. Requested 8880 MB; Free 5902.061425 MB',
    'uncaught exception:',
    '    address -> 0x4d5a35b0410',
  ),
  github(
    'catboost/catboost/issues/415',
    '_catboost.CatboostError: catboost/cuda/methods/tree_ctr_memory_usage_estimator.h:133: Error: not enough memory for tree-ctrs: 2666.668652 available, need at least 4902.937321',
  ),
  github(
    'leggedrobotics/darknet_ros/issues/239',
    'CUDA Error: out of memory',
    'CUDA Error: out of memory: File exists',
    '[darknet_ros-2] process has died [pid 1669, exit code 255]',
  ),
  github(
    'pjreddie/darknet/issues/499',
    '    0 CUDA Error: out of memory',
    "darknet: ./src/cuda.c:36: check_error: Assertion '0' failed.",
    'Aborted (core dumped)',
  ),
  github(
    'MhLiao/TextBoxes_plusplus/issues/132',
    'F0903 14:31:26.106397 92421 syncedmem.cpp:56] Check failed: error == cudaSuccess (2 vs. 0)  out of memory',
    '*** Check failure stack trace: ***',
    '   @     0x7fd08aa5c5cd  google::LogMessage::Fail()',
    'Aborted (core dumped)',
  ),
  github(
    'BVLC/caffe/issues/26',
    'F0111 00:39:28.925695  8026 syncedmem.cpp:45] Check failed: (cudaMalloc(&gpu_ptr_, size_)) == cudaSuccess (2 vs. 0) ',
  ),
  github(
    'Theano/Theano/issues/1814',
    'Error allocating 26214400 bytes of device memory (out of memory). Driver report 19365888 bytes free and 1073414144 bytes total ',
    'Segmentation fault: 11',
  ),
  github(
    'CSTR-Edinburgh/merlin/issues/398',
    "GpuArrayException: b'cuMemAlloc: CUDA_ERROR_OUT_OF_MEMORY: out of memory'",
  ),
  github('cryoem-uoft/cryosparc-issues/issues/124', 'MemoryError: cuMemAlloc failed: out of memory'),
  github(
    'fwilliams/scalable-pytorch-sinkhorn/issues/2',
    '[KeOps] error: cuMemAlloc(&p_data, sizeof(TYPE *) * nargs) failed with error CUDA_ERROR_OUT_OF_MEMORY',
  ),
  github(
    'Nevcairiel/LAVFilters/issues/99',
    'cuvid: Failed cuvidCreateDecoder 2 (CUDA_ERROR_OUT_OF_MEMORY)',
    'failed to init decoder.',
  ),
  github(
    'joinhive-ai/transcoder/issues/11',
    '[h264_nvenc @ 0000023a79212040] OpenEncodeSessionEx failed: out of memory (10): (no details)',
    'ERROR: encoder.c:199] Error opening video encoder : Cannot allocate memory',
    'ERROR: transcoder.c:173] Unable to open output : Cannot allocate memory',
  ),
  github('keylase/nvidia-patch/issues/13', '[h264_nvenc @ 0x5581] CreateBitstreamBuffer failed: out of memory (10)'),
  github(
    'rigaya/NVEnc/issues/439',
    'nvenc : Error on nvEncOpenEncodeSessionEx: 10 (NVENC indicates that the API call failed because it was unable to allocate enough memory to perform the requested operation.)',
  ),
  github(
    'facebookresearch/faiss/issues/1031',
    "RuntimeError: Error in void faiss::gpu::allocMemorySpaceV(faiss::gpu::MemorySpace, void**, size_t) at gpu/utils/MemorySpace.cpp:26: Error: 'err == cudaSuccess' failed: failed to cudaMalloc 47064032 bytes (error 2 out of memory)",
  ),
  github(
    'facebookresearch/faiss/issues/2179',
    "Error: 'err == cudaSuccess' failed: StandardGpuResources: alloc fail type FlatData dev 2 space Device stream 0 size 2764800000 bytes (cudaMalloc error out of memory [2])",
  ),
  github(
    'facebookresearch/faiss/pull/3060',
    'StandardGpuResources: Faiss device allocator fail type IVFLists dev 1 space Device stream 0x7fa07623b440 size 1024 bytes',
  ),
  github(
    'taichi-dev/taichi/issues/3356',
    '[E 11/02/21 21:31:34.168 3504] [cuda_driver.h:operator()@86] CUDA Error CUDA_ERROR_OUT_OF_MEMORY: out of memory while calling malloc (cuMemAlloc_v2)',
    '***********************************',
    '* Taichi Compiler Stack Traceback *',
    '***********************************',
  ),
  github(
    'taichi-dev/taichi/issues/390',
    '[unified_allocator.cpp:UnifiedAllocator@23] Cuda Error cudaErrorMemoryAllocation: out of memory',
  ),
  github(
    'NVIDIA/DALI/issues/2084',
    'RuntimeError: Critical error in pipeline: CUDA allocation failed',
    'Current pipeline object is no longer valid.',
  ),
  github(
    'NVIDIA/DALI/issues/1137',
    'Error when executing Mixed operator ImageDecoder encountered:',
    "Can't allocate 129499136 bytes on device 0.",
    'Current pipeline object is no longer valid. [Op:IteratorGetNext]',
  ),
  github('NVIDIA/DALI/issues/1137', 'NVJPEG error "5" : NVJPEG_STATUS_ALLOCATOR_FAILURE'),
  github(
    'xuhao1/VINS-Fisheye/issues/16',
    "terminate called after throwing an instance of 'cv::Exception'",
    "  what():  OpenCV(3.4.13) /opencv-3.4.13/modules/core/src/cuda/gpu_mat.cu:116: error: (-217:Gpu API call) out of memory in function 'allocate'",
  ),
  github(
    'TomHeaven/AnomalyAnalysisWithOpticalFlow/issues/2',
    'OpenCV Error: Gpu API call (out of memory) in CudaFuncTable::mallocPitch, file dynamicuda.hpp, line 1134',
  ),
  github(
    'vlfeat/matconvnet/issues/1137',
    'Error using vl_nnconv',
    'Out of memory on device. To view more detail about available memory on the GPU,',
    "use 'gpuDevice()'. If the problem persists, reset the GPU by calling",
    "'gpuDevice(1)'.",
  ),
  github(
    'kaldi-asr/kaldi/issues/4255',
    "ERROR (nnet3-train[5.5]:AllocateNewRegion():cu-allocator.cc:519) Failed to allocate a memory region of 8088715264 bytes.  Possibly this is due to sharing the GPU.  Memory info: free:15426M, used:17053M, total:32480M, free/total:0.474948 CUDA error: 'out of memory'",
  ),
  github(
    '3dem/relion/issues/120',
    'ERROR: CudaCustomAllocator out of memory',
    ' [requestedSpace:             148560384 B]',
  ),
  github(
    'jllllll/bitsandbytes-windows-webui/issues/14',
    String.raw`Error out of memory at line 88 in file D:\a\bitsandbytes-windows-webui\csrc\ops.cu`,
  ),
  github(
    'vllm-project/vllm/issues/14452',
    '(VllmWorker rank=7 pid=10948) ERROR 03-16 06:12:38 [multiproc_executor.py:375] RuntimeError: CUDA out of memory occurred when warming up sampler with 1024 dummy requests. Please try lowering `max_num_seqs`',
  ),
  github('cupy/cupy/issues/1063', 'cupy.cuda.cufft.CuFftError: CUFFT_ALLOC_FAILED'),
  github(
    'cupy/cupy/pull/314',
    'cupy.cuda.memory.OutOfMemoryError: out of memory to allocate 1000000 bytes (total 2000000 bytes)',
  ),
  github('microsoft/CNTK/issues/1688', 'RuntimeError: CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; '),
  github(
    'MiguelMonteiro/CRFasRNNLayer/issues/18',
    'permutohedral_lattice/src/DeviceMemoryAllocator.h:68] GPU memory allocation failed (might be due to insufficient memory)',
  ),
  github('QuEST-Kit/QuEST/issues/209', 'Could not allocate memory on GPU!'),
  github(
    'colmap/colmap/issues/1843',
    'ERROR: Feature matching failed. This is probably caused by insufficient GPU memory. Consider reducing the maximum number of features and/or matches.',
  ),
  github(
    'NVlabs/instant-ngp/issues/1400',
    'ERROR: Not enough GPU memory to match 10501 features. Reduce the maximum number of matches.',
    'ERROR: SiftGPU not fully supported',
  ),
  github(
    'NVIDIA/nccl/issues/962',
    "node:2134736:2285781 [0] include/alloc.h:178 NCCL WARN Cuda failure 'out of memory'",
    'node:2134736:2285781 [0] include/alloc.h:185 NCCL WARN Failed to CUDA calloc 6291456 bytes',
    'node:2134736:2285759 [0] misc/socket.cc:49 NCCL WARN socketProgress: Connection closed by remote peer',
  ),
  github(
    'ecmwf-lab/ai-models-graphcast/issues/18',
    'jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Failed to allocate request for 2.99GiB (3206250496B) on device ordinal 0',
  ),
  github(
    'kingoflolz/mesh-transformer-jax/issues/66',
    'RuntimeError: Resource exhausted: Failed to allocate request for 32.00MiB (33554432B) on device ordinal 0',
  ),
  github('unixpickle/char-rnn/issues/1', 'panic: BFC alloc: out of memory', '', 'goroutine 1 [running]:'),
  github('unixpickle/char-rnn/issues/1', 'panic: create Handle: BFC init: not enough free memory'),
  github('JPaulMora/Pyrit/issues/23', 'SystemError: CUDA_ERROR_OUT_OF_MEMORY'),
  github(
    'jm12138/CPM-Generate-Paddle/issues/7',
    'GPU 0上出现内存不足错误。无法在GPU 0上分配50.000000MB内存，已分配11.999512 GB内存，可用内存仅为0.000000B。',
  ),
  github('MzeroMiko/VMamba/issues/375', '出现了显存不足的情况'),
  github('IrisRainbowNeko/genshin_auto_fish/issues/32', 'CUDA分配内存失败'),
];

/** The process's own memory, or pinned host memory, is full: a larger device does not help. */
export const processTexts: readonly SeenText[] = [
  github(
    'talmolab/sleap/issues/2001',
    'E tensorflow/stream_executor/cuda/cuda_driver.cc:802] failed to alloc 34359738368 bytes on host: CUDA_ERROR_OUT_OF_MEMORY: out of memory',
    'W .\\tensorflow/core/common_runtime/device/device_host_allocator.h:46] could not allocate pinned host memory of size: 34359738368',
  ),
  github(
    'tensorflow/tensorflow/issues/11915',
    'ResourceExhaustedError: OOM when allocating tensor with shape[1000,1000,250,4] by allocator cuda_host_bfc',
  ),
  github(
    'opencv/opencv/issues/23392',
    "opencv/modules/core/src/cuda_host_mem.cpp:95: error: (-217:Gpu API call) out of memory in function 'allocate'",
  ),
  github('lightgbm-org/LightGBM/issues/4492', 'lightgbm.basic.LightGBMError: Out of Host Memory'),
  github(
    'codeplaysoftware/computecpp-sdk/issues/84',
    'Error: [ComputeCpp:RT0100] Failed to create command queue CL_OUT_OF_HOST_MEMORY',
  ),
  github(
    'ggml-org/llama.cpp/issues/9629',
    'ggml_cuda_host_malloc: failed to allocate 1900,00 MiB of pinned memory: invalid argument',
  ),
  github('ggml-org/llama.cpp/issues/9271', 'ggml_vulkan: Failed to allocate pinned memory.'),
  github(
    'lhoyer/DAFormer/issues/89',
    "cv2.error: OpenCV(4.4.0) modules/core/src/alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 6291456 bytes in function 'cv::OutOfMemoryError'",
  ),
  github('lightgbm-org/LightGBM/issues/3804', 'LLVM ERROR: out of memory', '*** Aborted', 'Register dump:'),
  github('OpenMathLib/OpenBLAS/issues/295', 'OpenBLAS: malloc failed in gemm_driver'),
  github('catboost/catboost/issues/1014', '_catboost.CatBoostError: bad allocation'),
  github(
    'NVIDIA/DALI/issues/3599',
    "terminate called after throwing an instance of 'std::runtime_error'",
    '  what():  Critical error in pipeline: std::bad_alloc',
  ),
  ...[
    'Kann Prozess nicht starten: Nicht genügend Hauptspeicher verfügbar',
    'Ne peut allouer de la mémoire',
    'OSError: [Errno 12] 无法分配内存',
    'メモリを確保できません',
    'Невозможно выделить память',
  ].map((text) => ({ text, source: 'Debian libc-l10n 2.36' })),
  { text: 'fork/exec /usr/bin/ffmpeg: cannot allocate memory', source: 'Go: syscall.ENOMEM' },
  { text: 'fatal error: runtime: out of memory', source: 'Go: runtime/malloc.go' },
  { text: 'memory allocation of 17179869184 bytes failed', source: 'Rust: std::alloc::handle_alloc_error' },
  { text: 'Os { code: 12, kind: OutOfMemory, message: "Cannot allocate memory" }', source: 'Rust: std::io::Error' },
  { text: 'java.lang.OutOfMemoryError: Java heap space', source: 'OpenJDK' },
  {
    text: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    source: 'Node.js: V8 heap',
  },
  { text: 'Error: cannot allocate vector of size 1.5 Gb', source: 'R: memory.c' },
  { text: 'Out of memory. Type "help memory" for your options.', source: 'MATLAB' },
  { text: 'ERROR: LoadError: OutOfMemoryError()', source: 'Julia: Base.OutOfMemoryError' },
];

/** /dev/shm is full: more shared memory helps, a larger device does not. */
export const sharedTexts: readonly SeenText[] = [
  github(
    'NVIDIA/nccl-tests/issues/166',
    'ubuntu:9621:9691 [6] misc/shmutils.cc:71 NCCL WARN Error: failed to extend /dev/shm/nccl-fjwOOB to 5967876 bytes',
    'ubuntu:9621:9691 [6] misc/shmutils.cc:112 NCCL WARN Error while creating shared memory segment /dev/shm/nccl-fjwOOB (size 5967872)',
  ),
  {
    text: 'RuntimeError: unable to allocate shared memory(shm) for file </torch_23_1>: Resource temporarily unavailable (11)',
    source: 'PyTorch: aten/src/ATen/MapAllocator.cpp',
  },
  {
    text: 'RuntimeError: unable to write to file </torch_18692_1954506624>: No space left on device (28)',
    source: 'PyTorch: aten/src/ATen/MapAllocator.cpp',
  },
  {
    text: "OSError: [Errno 28] No space left on device: '/dev/shm/psm_21467'",
    source: 'Python: multiprocessing.shared_memory',
  },
];

/** Messages that sound like full memory but are not. */
export const otherTexts: readonly SeenText[] = [
  github(
    'delta-io/delta-rs/issues/1380',
    'ImportError: /opt/venv/lib/python3.11/site-packages/deltalake/_internal.abi3.so: cannot allocate memory in static TLS block',
  ),
  github(
    'vllm-project/vllm/issues/12498',
    'triton.runtime.errors.OutOfResources: out of resource: shared memory, Required: 66560, Hardware limit: 65536. Reducing block sizes or `num_stages` may help.',
  ),
  github(
    'google-research/meta-dataset/issues/24',
    'tensorflow.python.framework.errors_impl.ResourceExhaustedError: /st1/records/quickdraw/73.tfrecords; Too many open files',
  ),
  {
    text: 'tensorflow.python.framework.errors_impl.ResourceExhaustedError: /tmp/model.ckpt; No space left on device [Op:SaveV2]',
    source: 'TensorFlow: error.cc maps ENOSPC to RESOURCE_EXHAUSTED',
  },
  {
    text: 'grpc._channel._InactiveRpcError: StatusCode.RESOURCE_EXHAUSTED details = "Received message larger than max (12345678 vs. 4194304)"',
    source: 'gRPC: message_size_filter.cc',
  },
  github('numba/numba/issues/4833', '[719] Call to cuMemAlloc results in CUDA_ERROR_LAUNCH_FAILED'),
  github('AlexeyAB/darknet/issues/3259', 'CUDA Error Prev: an illegal memory access was encountered: File exists'),
  github(
    'OpenMathLib/OpenBLAS/issues/1882',
    'BLAS : Program is Terminated. Because you tried to allocate too many memory regions.',
  ),
  { text: 'RuntimeError: CUDA error: device-side assert triggered', source: 'PyTorch' },
  {
    text: 'RuntimeError: CUDA error: too many resources requested for launch',
    source: 'CUDA: cudaErrorLaunchOutOfResources',
  },
  { text: 'numba.cuda.cudadrv.driver.CudaAPIError: [701] CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES', source: 'CUDA: cuda.h' },
  { text: 'OSError: [Errno 28] No space left on device', source: 'Python' },
  { text: 'RuntimeError: CUDA error: no kernel image is available for execution on the device', source: 'PyTorch' },
  { text: 'loaded 512 out of memory-mapped 1024 files\nKeyError: 3', source: 'own' },
  { text: 'channels-last is a layout of memory\nValueError: bad shape', source: 'own' },
  { text: 'hint: lower --batch to avoid out of memory\nKeyError: 3', source: 'own' },
  { text: 'if you run out of memory, use --tiles\nAssertionError', source: 'own' },
  { text: "ModuleNotFoundError: No module named 'torch'", source: 'Python' },
];

/** Messages of languages and libraries about a read-only file system. */
export const readOnlyTexts: readonly SeenText[] = [
  github(
    'benbusby/whoogle-search/issues/368',
    "OSError: [Errno 30] Read-only file system: '/whoogle/app/static/build'",
  ),
  github(
    'jgeusebroek/docker-privatebin/issues/10',
    'nginx: [emerg] mkdir() "/var/lib/nginx/tmp/client_body" failed (30: Read-only file system)',
  ),
  github('brunostjohn/electric-ireland-hassio/issues/1', 'mkdir /root/electricireland: read-only file system'),
  github('linuxboot/uefisettings/issues/1', 'failed to write to efivarfs file :read-only file system (os error 30)'),
  github(
    'eclipse-openj9/openj9/issues/4952',
    'java.nio.file.FileSystemException: /home/jenkins/workspace/Build: Read-only file system',
  ),
  github(
    'square/tape/issues/33',
    'java.io.FileNotFoundException: /data/some_queue: open failed: EROFS (Read-only file system)',
  ),
  github('atom/atom/issues/5126', "Error: EROFS, read-only file system '/Volumes/data/getcfg'", '  at Error (native)'),
  github(
    'eclipse-openj9/openj9/issues/4952',
    "touch: cannot touch '/home/jenkins/jenkins-log.txt': Read-only file system",
  ),
  {
    text: "cannot open file 'Rplots.pdf': Read-only file system\nError in pdf() : cannot open file 'Rplots.pdf'",
    source: 'R: grDevices::pdf',
  },
  {
    text: 'Os { code: 30, kind: ReadOnlyFilesystem, message: "Read-only file system" }',
    source: 'Rust: std::io::Error',
  },
  { text: 'java.nio.file.ReadOnlyFileSystemException', source: 'OpenJDK' },
  ...[
    'Das Dateisystem ist nur lesbar',
    'Système de fichiers accessible en lecture seulement',
    '只读文件系统',
    '読み込み専用ファイルシステムです',
  ].map((text) => ({ text: `mkdir: /app/cache: ${text}`, source: 'Debian libc-l10n 2.36' })),
];
