# nightdesk_layer(NAME RANK n SOURCES … USES layers… LIBS system libraries…)
#
# Makes the library nd_NAME of one folder. RANK is its line in the list of ARCHITECTURE.md; a layer may use only layers
# of a lower rank. Three things refuse a wrong arrow:
#   - USES of a layer whose rank is not lower stops the configuration;
#   - an #include "nightdesk/OTHER/…" of a layer that is not in USES (directly or through them) fails the build
#     (nightdesk_check_layers);
#   - nd_NAME_closed links the whole archive with nothing but its USES and LIBS, so a hand-declared upward call fails.
# LIBS stay private: only the fences in base, net, document and index see a system library's headers.

set_property(GLOBAL PROPERTY ND_LAYERS "")

function(nightdesk_layer name)
  cmake_parse_arguments(L "" "RANK" "SOURCES;USES;LIBS" ${ARGN})
  foreach(used IN LISTS L_USES)
    get_property(rank GLOBAL PROPERTY ND_RANK_${used})
    if(rank STREQUAL "" OR NOT rank LESS L_RANK)
      message(FATAL_ERROR "layer '${name}' (rank ${L_RANK}) may not use '${used}' (rank ${rank})")
    endif()
    get_property(more GLOBAL PROPERTY ND_SEES_${used})
    list(APPEND sees ${used} ${more})
  endforeach()
  list(REMOVE_DUPLICATES sees)
  set_property(GLOBAL PROPERTY ND_RANK_${name} ${L_RANK})
  set_property(GLOBAL PROPERTY ND_SEES_${name} "${sees}")
  set_property(GLOBAL PROPERTY ND_DIR_${name} ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY ND_LAYERS ${name})

  if(NOT L_SOURCES)
    set(L_SOURCES ${CMAKE_SOURCE_DIR}/cmake/empty.c)
  endif()
  add_library(nd_${name} STATIC ${L_SOURCES})
  list(TRANSFORM L_USES PREPEND nd_ OUTPUT_VARIABLE used_targets)
  target_include_directories(nd_${name} PUBLIC ${CMAKE_SOURCE_DIR}/include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(nd_${name} PUBLIC ${used_targets} PRIVATE nd_flags ${L_LIBS})

  add_library(nd_${name}_closed SHARED EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/empty.c)
  target_link_libraries(nd_${name}_closed PRIVATE
    -Wl,--whole-archive nd_${name} -Wl,--no-whole-archive ${used_targets} ${L_LIBS} -Wl,-z,defs)
endfunction()

function(nightdesk_check_layers)
  get_property(layers GLOBAL PROPERTY ND_LAYERS)
  set(rules "")
  set(closed)
  foreach(name IN LISTS layers)
    get_property(sees GLOBAL PROPERTY ND_SEES_${name})
    get_property(dir GLOBAL PROPERTY ND_DIR_${name})
    string(REPLACE ";" "," sees "${sees}")
    string(APPEND rules "${name}|${dir}|${sees}\n")
    list(APPEND closed nd_${name}_closed)
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/layers.txt "${rules}")
  add_custom_target(layers_check ALL
    COMMAND ${CMAKE_COMMAND} -DRULES=${CMAKE_BINARY_DIR}/layers.txt -DROOT=${CMAKE_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/check_layers.cmake
    COMMENT "includes point downwards" VERBATIM)
  add_custom_target(layers_closed DEPENDS ${closed} COMMENT "each layer links with its own USES alone")
endfunction()
