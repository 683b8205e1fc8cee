# What `cmake --install` puts where, and the Debian package.
#
# Component runtime: programs, library, engine, licences. Component development: headers and what
# find_package() and pkg-config read. The engine lies in a folder of its own beside the library,
# which finds it from wherever both are, so the installed tree can be moved as a whole.
include(CMakePackageConfigHelpers)

set(licences share/doc/privid)
set(package_files lib/cmake/privid)

install(TARGETS privid EXPORT privid-targets
  LIBRARY DESTINATION lib COMPONENT runtime NAMELINK_COMPONENT development)
install(TARGETS privid_cli privid-server RUNTIME DESTINATION bin COMPONENT runtime)
install(FILES "${CMAKE_BINARY_DIR}/lib/libprivid_fhe.so" DESTINATION lib COMPONENT development)
install(DIRECTORY "${CMAKE_BINARY_DIR}/lib/openvino/" DESTINATION lib/privid COMPONENT runtime
  FILES_MATCHING PATTERN "*.so*")

install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION ${licences} COMPONENT runtime)
install(DIRECTORY "${PRIVID_OPENVINO_DIR}/licenses/" DESTINATION ${licences}/licenses/openvino
  COMPONENT runtime)
install(FILES "${PRIVID_ZXING_DIR}/LICENSE" DESTINATION ${licences}/licenses RENAME zxing-cpp
  COMPONENT runtime)

install(FILES "${CMAKE_SOURCE_DIR}/include/privid/privid.h"
              "${CMAKE_SOURCE_DIR}/include/privid/privid.hpp"
  DESTINATION include/privid COMPONENT development)
install(EXPORT privid-targets NAMESPACE privid:: DESTINATION ${package_files}
  COMPONENT development)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/privid-config.cmake.in"
  "${CMAKE_BINARY_DIR}/generated/privid-config.cmake" INSTALL_DESTINATION ${package_files})
write_basic_package_version_file("${CMAKE_BINARY_DIR}/generated/privid-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
configure_file("${CMAKE_CURRENT_LIST_DIR}/privid.pc.in" "${CMAKE_BINARY_DIR}/generated/privid.pc"
  @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/generated/privid-config.cmake"
              "${CMAKE_BINARY_DIR}/generated/privid-config-version.cmake"
  DESTINATION ${package_files} COMPONENT development)
install(FILES "${CMAKE_BINARY_DIR}/generated/privid.pc" DESTINATION lib/pkgconfig
  COMPONENT development)

# `cpack` in the build folder makes the package; what it depends on follows from what is linked.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME privid)
set(CPACK_PACKAGE_VENDOR privid)
set(CPACK_PACKAGE_CONTACT "the privid maintainers <privid@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "face biometrics and identity documents, on your own machines")
set(CPACK_PACKAGE_DESCRIPTION
    "The library libprivid with its inference engine and headers, the command\n\
privid and the backend privid-server. The models are not part of it:\n\
'privid models fetch' brings them.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${CMAKE_BINARY_DIR}/lib" "${PRIVID_OPENVINO_DIR}/libs")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_LIST_DIR}/triggers")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, fonts-dejavu-core")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "npm, python3-onnx")
include(CPack)
