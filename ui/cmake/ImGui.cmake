# Dear ImGui 1.86 from source: -DPAXOSCOPE_IMGUI_DIR, else the distribution's source package, fetched once and shared by
# all presets.
set(PAXOSCOPE_IMGUI_DIR "" CACHE PATH "Folder with imgui.cpp and backends/ (1.86); empty: fetch by apt-get source")
set(PAXOSCOPE_FETCH_DIR ${PROJECT_SOURCE_DIR}/build/fetched CACHE PATH "Fetched sources, shared by all presets")

set(imgui_version 1.86)
set(imgui_package imgui=1.86+ds-1)
set(imgui_sha256 0dace0e8e57d298eb6e93af12dc19420cb96330832f6495c733b90aeeef11f64)  # of the .orig tarball

set(imgui_dir ${PAXOSCOPE_IMGUI_DIR})
if(NOT imgui_dir)
  set(imgui_dir ${PAXOSCOPE_FETCH_DIR}/imgui-${imgui_version})
  if(NOT EXISTS ${imgui_dir}/imgui.cpp)
    message(STATUS "Fetching the source of ${imgui_package}")
    execute_process(
      COMMAND sh ${CMAKE_CURRENT_LIST_DIR}/fetch-source.sh ${imgui_package} ${imgui_sha256} ${imgui_dir}
      RESULT_VARIABLE fetch_result)
    if(NOT fetch_result EQUAL 0)
      message(FATAL_ERROR "The source package ${imgui_package} could not be fetched (is this Debian 12, and is there a "
                          "network?). Get Dear ImGui ${imgui_version} and pass -DPAXOSCOPE_IMGUI_DIR=<folder>.")
    endif()
  endif()
endif()
if(NOT EXISTS ${imgui_dir}/imgui.h)
  message(FATAL_ERROR "${imgui_dir} has no imgui.h. PAXOSCOPE_IMGUI_DIR must hold Dear ImGui ${imgui_version}.")
endif()
file(STRINGS ${imgui_dir}/imgui.h imgui_found REGEX "#define IMGUI_VERSION  ")
if(NOT imgui_found MATCHES "\"${imgui_version}\"")
  message(FATAL_ERROR "Dear ImGui ${imgui_version} is needed; ${imgui_dir} says ${imgui_found}")
endif()

add_library(imgui STATIC ${imgui_dir}/imgui.cpp ${imgui_dir}/imgui_draw.cpp ${imgui_dir}/imgui_tables.cpp
                         ${imgui_dir}/imgui_widgets.cpp)
target_include_directories(imgui SYSTEM PUBLIC ${imgui_dir} ${imgui_dir}/backends)
foreach(source imgui imgui_tables imgui_widgets)
  set_source_files_properties(${imgui_dir}/${source}.cpp PROPERTIES COMPILE_OPTIONS "${PAXOSCOPE_SMALL}")
endforeach()
set_source_files_properties(${imgui_dir}/imgui_draw.cpp PROPERTIES COMPILE_OPTIONS "${PAXOSCOPE_QUICK}")
# 32-bit indexes: WebGL 2 has no vertex offset, and a busy frame passes 65,535 vertices.
target_compile_definitions(imgui PUBLIC "ImDrawIdx=unsigned int" IMGUI_DISABLE_DEMO_WINDOWS
  IMGUI_DISABLE_METRICS_WINDOW IMGUI_DISABLE_OBSOLETE_FUNCTIONS IMGUI_DISABLE_DEFAULT_SHELL_FUNCTIONS
  IMGUI_DISABLE_FILE_FUNCTIONS)

# The OpenGL 3 backend, apart: tests draw without any GL.
add_library(imgui_gl STATIC ${imgui_dir}/backends/imgui_impl_opengl3.cpp)
target_link_libraries(imgui_gl PUBLIC imgui)
if(EMSCRIPTEN)
  foreach(target imgui imgui_gl)
    target_compile_definitions(${target} PRIVATE IMGUI_USER_CONFIG="${CMAKE_CURRENT_LIST_DIR}/imgui_page.h")
  endforeach()
else()
  target_link_libraries(imgui_gl PUBLIC ${CMAKE_DL_LIBS})
endif()

if(PAXOSCOPE_SANITIZE)
  # UBSan stops in ImGui's own GL loader (index 53 of 53, harmless).
  target_compile_options(imgui PRIVATE -fno-sanitize=undefined)
  target_compile_options(imgui_gl PRIVATE -fno-sanitize=undefined)
endif()
