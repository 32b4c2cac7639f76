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

# --- the app's WebAssembly as it travels: packed by a model of WebAssembly, a third smaller than by gzip
# Both programs are plain WebAssembly without imports: one unpacks in the page, the other packs here, in Emscripten's Node.
foreach(name unpack pack)
  add_executable(${name} web/pack/${name}.cpp)
  set_target_properties(${name} PROPERTIES SUFFIX ".wasm")
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${PAXOSCOPE_WARNINGS} -O3)
  target_link_options(${name} PRIVATE -O3 --no-entry -sSTANDALONE_WASM -sTOTAL_STACK=65536)
endforeach()
target_link_options(unpack PRIVATE -sINITIAL_MEMORY=33554432
  -sEXPORTED_FUNCTIONS=_unpack_input,_unpack_codes,_unpack_block)
target_link_options(pack PRIVATE -sINITIAL_MEMORY=67108864
  -sEXPORTED_FUNCTIONS=_pack_input,_pack_output,_pack_codes,_pack_codes_sum,_pack_sum,_pack_block)
set(packed_app ${PROJECT_BINARY_DIR}/app.pack)
add_custom_command(
  OUTPUT ${packed_app}
  COMMAND ${CMAKE_CROSSCOMPILING_EMULATOR} ${CMAKE_CURRENT_LIST_DIR}/pack.mjs ${PROJECT_BINARY_DIR}/pack.wasm
          ${PROJECT_BINARY_DIR}/app.wasm ${packed_app}
  DEPENDS app pack ${CMAKE_CURRENT_LIST_DIR}/pack.mjs
  COMMENT "Packing app.wasm" VERBATIM)

# --- files that are copied, scripts without what only their readers need
file(GLOB page_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/public/*)
list(FILTER page_files EXCLUDE REGEX "/index\\.html$")
file(GLOB script_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/*.js ${PROJECT_SOURCE_DIR}/web/*.d.ts)
list(FILTER script_files EXCLUDE REGEX "/service-worker\\.js$")
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

# --- the page itself: knows the size of app.pack and names the scenarios before any WebAssembly arrives
set(page ${PROJECT_BINARY_DIR}/index.html)
add_custom_command(
  OUTPUT ${page}
  COMMAND ${PAXOSCOPE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/write_page.py ${PROJECT_SOURCE_DIR}/public/index.html ${page}
          ${packed_app} ${PAXOSCOPE_SCENARIO_FILES}
  DEPENDS ${packed_app} ${CMAKE_CURRENT_LIST_DIR}/write_page.py ${PROJECT_SOURCE_DIR}/public/index.html
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

# --- the service worker knows every file of the page by its content
set(first_files ${page} ${packed_app} ${PROJECT_BINARY_DIR}/unpack.wasm ${PROJECT_BINARY_DIR}/app.mjs)
foreach(file ${page_files} loader.js simulation.js link.js unpack.js)
  get_filename_component(name ${file} NAME)
  list(APPEND first_files ${PROJECT_BINARY_DIR}/${name})
endforeach()
set(service_worker ${PROJECT_BINARY_DIR}/service-worker.js)
add_custom_command(
  OUTPUT ${service_worker}
  COMMAND ${PAXOSCOPE_PYTHON} ${CMAKE_CURRENT_LIST_DIR}/write_service_worker.py
          ${PROJECT_SOURCE_DIR}/web/service-worker.js ${service_worker} ${first_files}
          --later ${PROJECT_BINARY_DIR}/scenarios.json ${notices}
  DEPENDS app unpack ${site_files} ${page} ${packed_app} ${notices} ${CMAKE_CURRENT_LIST_DIR}/write_service_worker.py
          ${PROJECT_SOURCE_DIR}/web/service-worker.js
  COMMENT "Writing service-worker.js" VERBATIM)
if(TERSER)
  add_custom_command(OUTPUT ${service_worker} APPEND
    COMMAND ${minify} --output ${service_worker} ${service_worker})
endif()

add_custom_target(site ALL DEPENDS ${site_files} ${page} ${notices} ${service_worker} engine)
