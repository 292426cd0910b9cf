#ifndef NIGHTDESK_CLI_VERSION_H
#define NIGHTDESK_CLI_VERSION_H

/* the same as project(VERSION) in CMakeLists.txt; a test compares them */
#define ND_PROGRAM_VERSION "0.1.0"

#endif
