# Header-only libraries as targets. A cross compiler must never see /usr/include as a whole, so for the web exactly the
# folders that are needed are linked into the build folder.
set(PAXOSCOPE_HEADERS /usr/include CACHE PATH "Where tl and tsl are installed")

function(paxoscope_header_library target folder)
  find_path(${target}_dir ${folder} PATHS ${PAXOSCOPE_HEADERS} NO_CMAKE_FIND_ROOT_PATH)
  if(NOT ${target}_dir)
    message(FATAL_ERROR "${folder} was not found. On Debian: apt-get install ${ARGN}. Elsewhere: -DPAXOSCOPE_HEADERS=…")
  endif()
  add_library(${target} INTERFACE)
  if(EMSCRIPTEN)
    set(links ${PROJECT_BINARY_DIR}/headers)
    file(MAKE_DIRECTORY ${links})
    file(CREATE_LINK ${${target}_dir}/${folder} ${links}/${folder} SYMBOLIC)
    target_include_directories(${target} SYSTEM INTERFACE ${links})
  elseif(NOT ${target}_dir STREQUAL "/usr/include")
    target_include_directories(${target} SYSTEM INTERFACE ${${target}_dir})
  endif()
endfunction()

paxoscope_header_library(header_expected tl libexpected-dev)
paxoscope_header_library(header_robin_map tsl robin-map-dev)
