// The files of the console, as they were when the executable was built.
//
// Why C: `#embed` puts bytes into a program without a copy of them in the repository and without a step before the build,
// and the compiler notes them as it notes headers, so that an edited file is seen.
#ifndef REPRISE_CONSOLE_H
#define REPRISE_CONSOLE_H

#include <stddef.h>

// A file that a browser asks for.
typedef struct {
    const char *path;           // As in a URL, such as "/console/main.js".
    const unsigned char *bytes; // Its content, `count` bytes.
    size_t count;
} console_file;

// All files: an array of `*count`, which lives as long as the program.
const console_file *console_files(size_t *count);

#endif
