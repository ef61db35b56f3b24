// zlib's initialisers are macros, which Swift can't call.
#include <zlib.h>

// Bits of the window, with 16 added for gzip instead of zlib's own format (zlib.h).
enum { czlib_window = 15, czlib_gzip = 16 };

static inline int czlib_start_inflating(z_stream *stream, int format) {
    return inflateInit2(stream, czlib_window + format);
}

static inline int czlib_start_deflating(z_stream *stream, int level, int format) {
    return deflateInit2(stream, level, Z_DEFLATED, czlib_window + format, 8, Z_DEFAULT_STRATEGY);
}
