# What the build writes: the subset fonts and the built-in scenarios, as byte arrays in C++ and as a file for the page.
set(PAXOSCOPE_GENERATED_DIR ${PROJECT_BINARY_DIR}/generated)
set(generators ${CMAKE_CURRENT_LIST_DIR})

# fonttools is a Debian module: it belongs to the system's python, not to whichever comes first on the path.
find_program(PAXOSCOPE_PYTHON NAMES python3 PATHS /usr/bin NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
if(NOT PAXOSCOPE_PYTHON)
  find_program(PAXOSCOPE_PYTHON NAMES python3 REQUIRED NO_CMAKE_FIND_ROOT_PATH)
endif()

set(PAXOSCOPE_FONTS /usr/share/fonts CACHE PATH "Where the fonts of the distribution live")
set(font_files
  inter_regular=${PAXOSCOPE_FONTS}/opentype/inter/Inter-Regular.otf
  inter_semibold=${PAXOSCOPE_FONTS}/opentype/inter/Inter-SemiBold.otf
  jetbrains_mono=${PAXOSCOPE_FONTS}/truetype/jetbrains-mono/JetBrainsMono-Medium.ttf
  font_awesome=${PAXOSCOPE_FONTS}/truetype/font-awesome/fontawesome-webfont.ttf)
foreach(entry ${font_files})
  string(REGEX REPLACE "^[^=]*=" "" file ${entry})
  if(NOT EXISTS ${file})
    message(FATAL_ERROR "${file} is missing. On Debian: apt-get install fonts-inter fonts-jetbrains-mono "
                        "fonts-font-awesome fonttools")
  endif()
endforeach()
set(PAXOSCOPE_FONT_SOURCES ${PAXOSCOPE_GENERATED_DIR}/ui/font_data.cpp ${PAXOSCOPE_GENERATED_DIR}/ui/font_data.h)
add_custom_command(
  OUTPUT ${PAXOSCOPE_FONT_SOURCES}
  COMMAND ${PAXOSCOPE_PYTHON} ${generators}/embed_fonts.py ${PROJECT_SOURCE_DIR}/ui/theme.h
          ${PAXOSCOPE_GENERATED_DIR}/ui ${font_files}
  DEPENDS ${generators}/embed_fonts.py ${PROJECT_SOURCE_DIR}/ui/theme.h
  COMMENT "Subsetting fonts" VERBATIM)

# First the order in which a newcomer should meet them, then whatever else is there.
set(first_scenarios steady-replication leader-crash quorum-loss constrained-election chained snapshot
    replace-one named-leader remove-leader replace-majority replace-all grow-shrink donor-crash joiner-crash old-majority-down
    append-resolve lost-accept lost-decide cancelled resubmit acceptsync-five acceptsync-three own-future travelling-index
    duplicate-forward safe-retry chained-relay
    split-vote disruptive-server disruptive-server-prevote half-deaf-leader half-deaf-leader-checkquorum
    raft-quorum-loss-plain raft-quorum-loss-prevote raft-quorum-loss raft-constrained-election transfer figure-7 figure-8 vote-lost ack-lost
    raft-snapshot raft-replace-one
    bootstrap leader-leaves learner joint-crash one-step-change early-change
    follower-read stale-read lease-drift lease-late duplicate-command no-sessions
    register register-writers register-half-write register-inversion register-retry register-buffer register-quorums register-local-reads)
file(GLOB all_scenarios CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scenarios/*.toml)
set(scenario_files "")
foreach(name ${first_scenarios})
  if(${PROJECT_SOURCE_DIR}/scenarios/${name}.toml IN_LIST all_scenarios)
    list(APPEND scenario_files ${PROJECT_SOURCE_DIR}/scenarios/${name}.toml)
  endif()
endforeach()
list(APPEND scenario_files ${all_scenarios})
list(REMOVE_DUPLICATES scenario_files)
set(PAXOSCOPE_SCENARIO_FILES ${scenario_files})
set(PAXOSCOPE_BUILTIN_SOURCES ${PAXOSCOPE_GENERATED_DIR}/scenarios/builtin.cpp
                              ${PAXOSCOPE_GENERATED_DIR}/scenarios/builtin.h)
# The page's copy of the table, without most texts, and the file from which it fetches them.
set(PAXOSCOPE_PAGE_BUILTIN_SOURCE ${PAXOSCOPE_GENERATED_DIR}/scenarios/builtin_page.cpp)
set(PAXOSCOPE_PAGE_SCENARIOS ${PAXOSCOPE_GENERATED_DIR}/scenarios/scenarios.json)
add_custom_command(
  OUTPUT ${PAXOSCOPE_BUILTIN_SOURCES} ${PAXOSCOPE_PAGE_BUILTIN_SOURCE} ${PAXOSCOPE_PAGE_SCENARIOS}
  COMMAND ${PAXOSCOPE_PYTHON} ${generators}/embed_scenarios.py ${PAXOSCOPE_GENERATED_DIR}/scenarios ${scenario_files}
  DEPENDS ${generators}/embed_scenarios.py ${scenario_files}
  COMMENT "Embedding scenarios" VERBATIM)
