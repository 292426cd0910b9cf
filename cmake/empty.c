/* a shared library needs one source; see NightdeskLayer.cmake */
typedef int nd_empty;
