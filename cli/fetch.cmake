# The target privid_fetch: `privid models` and the fetching behind it.
include_guard(GLOBAL)

set(embed_tool "${CMAKE_SOURCE_DIR}/tools/embed_models.py")
file(GLOB embedded_models CONFIGURE_DEPENDS
     "${CMAKE_SOURCE_DIR}/models/prepare/*.py" "${CMAKE_SOURCE_DIR}/models/prepare/*.txt"
     "${CMAKE_SOURCE_DIR}/models/cards/*.md" "${CMAKE_SOURCE_DIR}/models/weights/*.onnx")
set(models_source "${CMAKE_BINARY_DIR}/generated/models_data.c")
set(pypi_source "${CMAKE_BINARY_DIR}/generated/fetch_pypi_data.c")
add_custom_command(OUTPUT "${models_source}"
  COMMAND ${Python3_EXECUTABLE} "${embed_tool}" --output "${models_source}"
          --symbol pv_embedded_models --list "${CMAKE_SOURCE_DIR}/models" ${embedded_models}
  DEPENDS ${embedded_models} "${embed_tool}" VERBATIM)
add_custom_command(OUTPUT "${pypi_source}"
  COMMAND ${Python3_EXECUTABLE} "${embed_tool}" --output "${pypi_source}"
          --symbol pv_embedded_fetch_pypi "${CMAKE_SOURCE_DIR}/cli"
          "${CMAKE_SOURCE_DIR}/cli/fetch_pypi.py"
  DEPENDS "${CMAKE_SOURCE_DIR}/cli/fetch_pypi.py" "${embed_tool}" VERBATIM)

file(GLOB fetch_sources CONFIGURE_DEPENDS
     "${CMAKE_SOURCE_DIR}/cli/models*.c" "${CMAKE_SOURCE_DIR}/cli/fetch*.c")
add_library(privid_fetch STATIC ${fetch_sources} "${models_source}" "${pypi_source}")
target_include_directories(privid_fetch PUBLIC "${CMAKE_SOURCE_DIR}")
target_link_libraries(privid_fetch PUBLIC privid_core PkgConfig::jansson PkgConfig::libcurl)

# Of libarchive only tar, zip and gzip: linked statically where it can be, it does without the 35 MB
# of XML and Unicode tables that its other formats bring along.
find_library(ARCHIVE_STATIC libarchive.a)
set(archive_needs)
foreach(names "nettle;libnettle.so.8" "lzma;liblzma.so.5" "zstd;libzstd.so.1" "bz2;libbz2.so.1.0" "z")
  list(GET names 0 name)
  find_library(ARCHIVE_NEEDS_${name} NAMES ${names})
  list(APPEND archive_needs "${ARCHIVE_NEEDS_${name}}")
endforeach()
if(ARCHIVE_STATIC AND NOT "${archive_needs}" MATCHES "NOTFOUND")
  target_link_libraries(privid_fetch PUBLIC "${ARCHIVE_STATIC}" ${archive_needs})
else()
  target_link_libraries(privid_fetch PUBLIC PkgConfig::libarchive)
endif()
