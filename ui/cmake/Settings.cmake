# Language level, warnings, sanitizers and the compiler cache.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(PAXOSCOPE_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, e.g. address,undefined")
option(PAXOSCOPE_FUZZ "Build the libFuzzer targets (clang only)" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or MinSizeRel" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g1")

# Small where it is drawn, fast where it is simulated: the engine's templates need inlining (-Os makes them five times
# slower), and a -Os before -O2 would still mark every function for size. So each target says which one it is.
set(CMAKE_CXX_FLAGS_MINSIZEREL "-DNDEBUG")
set(CMAKE_C_FLAGS_MINSIZEREL "-DNDEBUG")
set(CMAKE_EXE_LINKER_FLAGS_MINSIZEREL "-Os")
set(PAXOSCOPE_SMALL $<$<CONFIG:MinSizeRel>:-Oz>)
set(PAXOSCOPE_QUICK $<$<CONFIG:MinSizeRel>:-O2>)
# Half the usual inlining loses no speed that can be measured and saves a twelfth of the engine.
# A target that has PAXOSCOPE_SMALL_ENGINE set gets its copy of the engine small all the same.
set(PAXOSCOPE_FAST "$<$<CONFIG:MinSizeRel>:$<IF:$<BOOL:$<TARGET_PROPERTY:PAXOSCOPE_SMALL_ENGINE>>,-Oz,-O2;-mllvm;-inline-threshold=110>>")

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  endif()
endif()

# The same numbers with every compiler: no fused multiply-add behind our back.
add_compile_options(-ffp-contract=off)
if(PAXOSCOPE_SANITIZE)
  add_compile_options(-fsanitize=${PAXOSCOPE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${PAXOSCOPE_SANITIZE})
endif()
if(PAXOSCOPE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(EMSCRIPTEN)
  # What every browser with WebGL 2 has by now: conversions to whole numbers, sign extension and copies in one instruction.
  add_compile_options(-fno-exceptions -fno-rtti -mnontrapping-fptoint -msign-ext -mbulk-memory)
  add_compile_definitions(PAXOSCOPE_ASSERT=0 EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
endif()

set(PAXOSCOPE_WARNINGS -Wall -Wextra)

# A static library with our warnings; the caller says whether it is to be small or fast. A room without sources yet becomes header-only in effect.
function(paxoscope_library name)
  add_library(${name} STATIC ${ARGN} ${PROJECT_SOURCE_DIR}/ui/cmake/empty.cpp)
  target_compile_options(${name} PRIVATE ${PAXOSCOPE_WARNINGS})
endfunction()

function(paxoscope_executable name)
  add_executable(${name} ${ARGN})
  target_compile_options(${name} PRIVATE ${PAXOSCOPE_WARNINGS} ${PAXOSCOPE_SMALL})
endfunction()
