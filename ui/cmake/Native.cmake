# What needs files, sockets or other native libraries: configurations in HOCON and TOML, the file logger, servers.
find_path(HOCON_DIR hocon/config.hpp)
find_library(HOCON_LIBRARY cpp-hocon)
find_path(LEATHERMAN_DIR leatherman/locale/locale.hpp)
find_library(BOOST_REGEX_LIBRARY boost_regex)
if(PAXOSCOPE_FUZZ)
  # nothing to do
elseif(HOCON_DIR AND HOCON_LIBRARY AND LEATHERMAN_DIR AND BOOST_REGEX_LIBRARY)
  file(GLOB native_sources CONFIGURE_DEPENDS core/native/*.cpp)
  paxoscope_library(paxoscope_native ${native_sources})
  # cpp-hocon's headers format their messages with Boost's regular expressions.
  target_link_libraries(paxoscope_native PUBLIC paxoscope_core PRIVATE header_toml ${HOCON_LIBRARY}
                                                                       ${BOOST_REGEX_LIBRARY})
else()
  message(STATUS "paxoscope_native is left out: cpp-hocon was not found (apt-get install libcpp-hocon-dev "
                 "libleatherman-dev libboost-dev libboost-regex-dev)")
endif()

# The shared-register server. Debian compiles cpp-httplib into a library, with everything switched on that changes its types.
find_path(HTTPLIB_DIR httplib.h)
find_library(HTTPLIB_LIBRARY cpp-httplib)
find_package(Threads QUIET)
if(PAXOSCOPE_FUZZ)
  # nothing to do
elseif(HTTPLIB_DIR AND Threads_FOUND)
  add_library(httplib INTERFACE)
  if(HTTPLIB_LIBRARY)
    target_link_libraries(httplib INTERFACE ${HTTPLIB_LIBRARY})
    target_compile_definitions(httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
  endif()
  target_link_libraries(httplib INTERFACE Threads::Threads)
  file(GLOB http_sources CONFIGURE_DEPENDS core/native/http/*.cpp)
  paxoscope_library(paxoscope_http ${http_sources})
  target_link_libraries(paxoscope_http PUBLIC paxoscope_core httplib)
else()
  message(STATUS "serve-register is left out: cpp-httplib was not found (apt-get install libcpp-httplib-dev)")
endif()

# The headless command and the desktop window.
file(GLOB command_sources CONFIGURE_DEPENDS scenarios/command/*.cpp)
if(command_sources)
  paxoscope_executable(paxoscope ${command_sources})
  target_link_libraries(paxoscope PRIVATE paxoscope_scenarios)
  if(TARGET paxoscope_http)
    target_link_libraries(paxoscope PRIVATE paxoscope_http)
    target_compile_definitions(paxoscope PRIVATE PAXOSCOPE_HTTP)
  endif()
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
  file(GLOB fixture_sources CONFIGURE_DEPENDS tests/ui/fixture*.cpp)
  paxoscope_executable(paxoscope-desktop ${desktop_sources} ${fixture_sources})
  target_link_libraries(paxoscope-desktop PRIVATE paxoscope_ui imgui_gl imgui_glfw OpenGL::GL ZLIB::ZLIB)
else()
  message(STATUS "paxoscope-desktop is left out: GLFW 3.3, OpenGL or zlib was not found")
endif()
