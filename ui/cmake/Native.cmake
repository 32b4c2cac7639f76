# The headless command and the desktop window.
file(GLOB command_sources CONFIGURE_DEPENDS scenarios/command/*.cpp)
if(command_sources)
  paxoscope_executable(paxoscope ${command_sources})
  target_link_libraries(paxoscope PRIVATE paxoscope_scenarios)
endif()

file(GLOB desktop_sources CONFIGURE_DEPENDS ui/desktop/*.cpp)
find_package(glfw3 3.3 QUIET)
find_package(OpenGL QUIET)
find_package(ZLIB QUIET)
if(PAXOSCOPE_FUZZ OR NOT desktop_sources)
  # nothing to do
elseif(glfw3_FOUND AND OPENGL_FOUND AND ZLIB_FOUND)
  add_library(imgui_glfw STATIC ${imgui_dir}/backends/imgui_impl_glfw.cpp)
  target_link_libraries(imgui_glfw PUBLIC imgui glfw)
  paxoscope_executable(paxoscope-desktop ${desktop_sources} tests/ui/fixture.cpp
    tests/ui/fixture_reconfiguration.cpp)
  target_link_libraries(paxoscope-desktop PRIVATE paxoscope_ui imgui_gl imgui_glfw OpenGL::GL ZLIB::ZLIB)
else()
  message(STATUS "paxoscope-desktop is left out: GLFW 3.3, OpenGL or zlib was not found")
endif()
