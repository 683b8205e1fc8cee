execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE symbols
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^ \n]+\n" found "${symbols}")
list(SORT found)
string(JOIN "" found ${found})
file(READ ${EXPECTED} expected)
if(NOT found STREQUAL expected)
  message(FATAL_ERROR "exported symbols differ from ${EXPECTED}; the library has:\n${found}")
endif()
