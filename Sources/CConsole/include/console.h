// The files of the console, embedded in the executable.
//
// They are embedded by C because `#embed` needs neither a generated copy in the repository nor a build step,
// and because the compiler tracks embedded files as it tracks headers: an edited file is compiled again.
#ifndef REPRISE_CONSOLE_H
#define REPRISE_CONSOLE_H

#include <stddef.h>

// A file that the server sends to browsers.
typedef struct {
    const char *path;           // The path of its URL, such as "/console/main.js".
    const unsigned char *bytes; // Its content: `count` bytes.
    size_t count;
} console_file;

// All files: a static array. Sets `*count` to its length.
const console_file *console_files(size_t *count);

#endif
