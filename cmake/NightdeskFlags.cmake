# Warnings, hardening and sanitizers for everything that is ours. Flags that a compiler does not know are left out.
include(CheckCCompilerFlag)
include(CheckCXXCompilerFlag)

set(nd_c_warnings
    -Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wtrampolines -Wbidi-chars=any
    -Wshadow -Wvla -Walloca -Wnull-dereference -Wlogical-op -Wduplicated-cond -Wstrict-prototypes
    -Wmissing-prototypes -Wundef -Wcast-qual -Wdate-time -Werror=implicit -Werror=incompatible-pointer-types
    -Werror=int-conversion)
set(nd_cxx_warnings -Wall -Wextra -Wformat=2 -Wconversion -Wshadow -Wnull-dereference -Wdate-time)
set(nd_hardening
    -fstack-clash-protection -fstack-protector-strong -fcf-protection=full -ftrivial-auto-var-init=zero
    -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing -fzero-call-used-regs=used-gpr
    -fvisibility=hidden -fexceptions
    -ffp-contract=off) # scores must not depend on fused multiply-add (PROTOCOL P1.5)
if(ND_WERROR)
  list(APPEND nd_c_warnings -Werror)
  list(APPEND nd_cxx_warnings -Werror)
endif()

function(nd_supported language flags out)
  set(kept)
  foreach(flag IN LISTS ${flags})
    string(MAKE_C_IDENTIFIER "nd_has_${language}_${flag}" name)
    if(language STREQUAL C)
      check_c_compiler_flag(${flag} ${name})
    else()
      check_cxx_compiler_flag(${flag} ${name})
    endif()
    if(${name})
      list(APPEND kept ${flag})
    endif()
  endforeach()
  set(${out} ${kept} PARENT_SCOPE)
endfunction()
nd_supported(C nd_c_warnings ND_C_WARNINGS)
nd_supported(CXX nd_cxx_warnings ND_CXX_WARNINGS)
nd_supported(C nd_hardening ND_HARDENING)

add_library(nd_flags INTERFACE)
target_compile_definitions(nd_flags INTERFACE _GNU_SOURCE)
target_compile_options(nd_flags INTERFACE
  $<$<COMPILE_LANGUAGE:C>:${ND_C_WARNINGS}> $<$<COMPILE_LANGUAGE:CXX>:${ND_CXX_WARNINGS}> ${ND_HARDENING}
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
if(ND_SANITIZE)
  target_compile_options(nd_flags INTERFACE -fsanitize=${ND_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(nd_flags INTERFACE -fsanitize=${ND_SANITIZE})
  target_compile_definitions(nd_flags INTERFACE ND_SANITIZED=1)
else()
  target_compile_options(nd_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE> $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
endif()
target_link_options(nd_flags INTERFACE
  -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed -Wl,--no-copy-dt-needed-entries -Wl,--build-id=sha1)
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g")
