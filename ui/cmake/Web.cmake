# The static site, complete in the build folder: two modules (`app` with the screen, `engine` without), the page, the
# loader and the typings.
set(web_link_options -sMODULARIZE -sEXPORT_ES6 -sENVIRONMENT=web,worker -sDYNAMIC_EXECUTION=0 -sFILESYSTEM=0
  -sALLOW_MEMORY_GROWTH -sEXPORTED_FUNCTIONS=_main,_malloc,_free --bind
  -fno-exceptions -fno-rtti)  # also picks the matching build of the Embind library

# Scripts lose their comments and long names, WebAssembly gets like next to like; without these tools both are only larger.
find_program(TERSER terser NO_CMAKE_FIND_ROOT_PATH)
find_program(WASM_DIS wasm-dis HINTS ${EMSCRIPTEN_ROOT_PATH}/../bin NO_CMAKE_FIND_ROOT_PATH)
find_program(WASM_AS wasm-as HINTS ${EMSCRIPTEN_ROOT_PATH}/../bin NO_CMAKE_FIND_ROOT_PATH)
set(minify ${TERSER} --module --ecma 2020 --compress passes=3,unsafe_arrows=true,pure_getters=true --mangle)
if(NOT TERSER)
  message(STATUS "Scripts stay as they are: terser was not found (apt-get install terser)")
endif()

function(paxoscope_module name)
  paxoscope_executable(${name} ${ARGN})
  set_target_properties(${name} PROPERTIES SUFFIX ".mjs")
  target_link_options(${name} PRIVATE ${web_link_options})
  if(WASM_DIS AND WASM_AS)
    target_link_options(${name} PRIVATE --profiling-funcs)
    add_custom_command(TARGET ${name} POST_BUILD VERBATIM
      COMMAND ${PAXOSCOPE_PYTHON} ${PROJECT_SOURCE_DIR}/ui/cmake/order_functions.py ${WASM_DIS} ${WASM_AS}
              ${PROJECT_BINARY_DIR}/${name}.wasm)
  endif()
  if(TERSER)
    add_custom_command(TARGET ${name} POST_BUILD VERBATIM
      COMMAND ${minify} --output ${PROJECT_BINARY_DIR}/${name}.mjs ${PROJECT_BINARY_DIR}/${name}.mjs)
  endif()
endfunction()

file(GLOB binding_sources CONFIGURE_DEPENDS web/*.cpp)
file(GLOB app_sources CONFIGURE_DEPENDS web/app/*.cpp)
file(GLOB engine_sources CONFIGURE_DEPENDS web/engine/*.cpp)

# Embind's thread-local variable is plain only without -mbulk-memory.
set_source_files_properties(web/values.cpp PROPERTIES COMPILE_OPTIONS -mno-bulk-memory)

paxoscope_module(engine ${binding_sources} ${engine_sources})
target_link_libraries(engine PRIVATE paxoscope_scenarios)
target_link_options(engine PRIVATE -sMALLOC=dlmalloc)  # faster; the page takes the smaller one

# The page loads once more than it plays, so it has a small copy of the engine of its own; the linker takes nothing from
# the library that is here already.
paxoscope_module(app ${binding_sources} ${app_sources} ${PAXOSCOPE_ENGINE_SOURCES} ${PAXOSCOPE_PAGE_BUILTIN_SOURCE})
set_target_properties(app PROPERTIES PAXOSCOPE_SMALL_ENGINE ON)
target_link_libraries(app PRIVATE paxoscope_ui imgui_gl)
target_link_options(app PRIVATE -Oz -sMALLOC=emmalloc -sMIN_WEBGL_VERSION=2 -sMAX_WEBGL_VERSION=2)
# Small once more: a second round of the optimiser, and no glue for what the screen does not ask of GL and the C library.
target_link_options(app PRIVATE -sBINARYEN_EXTRA_PASSES=-Oz,--converge -sSUPPORT_ERRNO=0 -sTEXTDECODER=2
  -sGL_TRACK_ERRORS=0 -sGL_SUPPORT_AUTOMATIC_ENABLE_EXTENSIONS=0 -sGL_EXTENSIONS_IN_PREFIXED_FORMAT=0
  -sHTML5_SUPPORT_DEFERRING_USER_SENSITIVE_REQUESTS=0)

# --- files that are copied, scripts without what only their readers need
file(GLOB page_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/public/*)
list(FILTER page_files EXCLUDE REGEX "/index\\.html$")
file(GLOB script_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/*.js ${PROJECT_SOURCE_DIR}/web/*.d.ts)
set(site_files "")
foreach(file ${page_files} ${script_files} ${PAXOSCOPE_PAGE_SCENARIOS})
  get_filename_component(name ${file} NAME)
  set(copy ${PROJECT_BINARY_DIR}/${name})
  set(write ${CMAKE_COMMAND} -E copy ${file} ${copy})
  if(TERSER AND name MATCHES "\\.js$")
    set(write ${minify} --output ${copy} ${file})
  endif()
  add_custom_command(OUTPUT ${copy} COMMAND ${write} DEPENDS ${file} VERBATIM)
  list(APPEND site_files ${copy})
endforeach()

# --- the page itself: knows the size of app.wasm and names the scenarios before any WebAssembly arrives
set(page ${PROJECT_BINARY_DIR}/index.html)
add_custom_command(
  OUTPUT ${page}
  COMMAND ${PAXOSCOPE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/write_page.py ${PROJECT_SOURCE_DIR}/public/index.html ${page}
          ${PROJECT_BINARY_DIR}/app.wasm ${PAXOSCOPE_SCENARIO_FILES}
  DEPENDS app ${CMAKE_CURRENT_LIST_DIR}/write_page.py ${PROJECT_SOURCE_DIR}/public/index.html
          ${PAXOSCOPE_SCENARIO_FILES}
  COMMENT "Writing index.html" VERBATIM)

# --- what the page ships of others, with their terms
set(notices ${PROJECT_BINARY_DIR}/notices.txt)
add_custom_command(
  OUTPUT ${notices}
  COMMAND ${PAXOSCOPE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/write_notices.py ${notices} ${PROJECT_SOURCE_DIR}/LICENSE
          ${imgui_dir}
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/write_notices.py ${PROJECT_SOURCE_DIR}/LICENSE
  COMMENT "Writing notices.txt" VERBATIM)

add_custom_target(site ALL DEPENDS ${site_files} ${page} ${notices} engine app)
