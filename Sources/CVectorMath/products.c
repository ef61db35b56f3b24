#include "vector_math.h"

#include <string.h>

#include "dispatch.h"

// One row of a panel: one AVX-512 register, two of AVX2, four of SSE or NEON.
//
// GFLOP/s on one core of a Zen 3 with weights from the L2 cache, for [5,128]x[128,512]: packed 79 to 95, in
// place 46, OpenBLAS 0.3.21 11 to 26 because it packs the weights again in each call. For [64,128]x[128,512]:
// packed 96, OpenBLAS 85.
typedef float panel_row __attribute__((vector_size(4 * VM_PANEL), aligned(4)));

// Maximum rows and panels of c that are kept in registers. 6 rows of one panel take 12 of AVX2's 16
// registers.
enum { MAX_ROWS = 6, MAX_PANELS = 4 };

long vm_packed_count(long k, long n) { return k * ((n + VM_PANEL - 1) / VM_PANEL * VM_PANEL); }

void vm_pack(float *restrict packed, const float *restrict b, long k, long n, int transposed) {
    for (long j = 0; j < n; j += VM_PANEL) {
        long width = n - j < VM_PANEL ? n - j : VM_PANEL;
        if (transposed) {
            for (long l = 0; l < width; l++)
                for (long i = 0; i < k; i++) packed[i * VM_PANEL + l] = b[(j + l) * k + i];
        } else {
            for (long i = 0; i < k; i++)
                memcpy(packed + i * VM_PANEL, b + i * n + j, (size_t)width * sizeof(float));
        }
        for (long i = 0; i < k; i++)
            for (long l = width; l < VM_PANEL; l++) packed[i * VM_PANEL + l] = 0.0f;
        packed += k * VM_PANEL;
    }
}

// Computes `rows` rows and `panels` panels of c; both are constants at every call, and the function is
// inlined. Each number of c is one chain of fused multiply-adds in the order of k, so a row's result does not
// depend on the tile that it is in.
INLINE void tile(float *c, long c_stride, const float *initial, long initial_stride, const float *a,
                 long a_row, long a_column, const float *b, long b_panel, long b_row, long k, int rows,
                 int panels) {
    panel_row sums[MAX_ROWS][MAX_PANELS];
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels; p++)
            sums[r][p] = initial ? *(const panel_row *)(initial + r * initial_stride + p * VM_PANEL)
                                 : (panel_row){0};
    for (long i = 0; i < k; i++)
        for (int p = 0; p < panels; p++) {
            panel_row weights = *(const panel_row *)(b + p * b_panel + i * b_row);
            for (int r = 0; r < rows; r++) sums[r][p] += a[r * a_row + i * a_column] * weights;
        }
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < panels; p++) *(panel_row *)(c + r * c_stride + p * VM_PANEL) = sums[r][p];
}

// Copies `rows` rows of `width` floats.
INLINE void copy_rows(float *to, long to_stride, const float *from, long from_stride, long rows, long width) {
    for (long r = 0; r < rows; r++)
        memcpy(to + r * to_stride, from + r * from_stride, (size_t)width * sizeof(float));
}

// Returns the size of the next piece when `total` is cut into pieces of at most `max` whose sizes differ by
// at most 1: 8 rows are cut into 4 and 4, not 6 and 2.
INLINE long piece(long total, long max) {
    long pieces = (total + max - 1) / max;
    return (total + pieces - 1) / pieces;
}

// Rows of c that are multiplied by all panels before the next rows are: their part of a stays in the L1
// cache.
enum { BLOCK_ROWS = 48 };

DISPATCHED void vm_multiply(float *c, long c_stride, const float *initial, long initial_stride,
                            const float *a, long a_row, long a_column, long m, const float *b, long b_panel,
                            long b_row, long k, long n) {
    for (long block = 0; block < m; block += BLOCK_ROWS) {
        long end = block + BLOCK_ROWS < m ? block + BLOCK_ROWS : m;
        for (long j = 0, panels = 1; j < n; j += panels * VM_PANEL) {
            const float *panel = b + j / VM_PANEL * b_panel;
            // One or two rows take several panels at once: otherwise there are too few independent sums to
            // hide the latency of a multiply-add.
            panels = end - block == 1 && n - j >= 4 * VM_PANEL   ? 4
                     : end - block == 2 && n - j >= 2 * VM_PANEL ? 2
                                                                 : 1;
            // If the last panel is narrower than VM_PANEL, the tile is computed in a buffer and copied.
            long width = n - j < VM_PANEL ? n - j : VM_PANEL;
            float narrow[MAX_ROWS * VM_PANEL] = {0};
            for (long r = block, rows; r < end; r += rows) {
                rows = piece(end - r, MAX_ROWS);
                const float *left = a + r * a_row;
                float *target = c + r * c_stride + j;
                const float *start = initial ? initial + r * initial_stride + j : 0;
                long target_stride = c_stride, start_stride = initial_stride;
                if (width < VM_PANEL) {
                    if (start) copy_rows(narrow, VM_PANEL, start, start_stride, rows, width);
                    start = start ? narrow : 0;
                    target = narrow;
                    target_stride = start_stride = VM_PANEL;
                }
#define TILE(R, P) \
    tile(target, target_stride, start, start_stride, left, a_row, a_column, panel, b_panel, b_row, k, R, P)
                switch (rows) {
                case 1:
                    if (panels == 4) TILE(1, 4);
                    else TILE(1, 1);
                    break;
                case 2:
                    if (panels == 2) TILE(2, 2);
                    else TILE(2, 1);
                    break;
                case 3: TILE(3, 1); break;
                case 4: TILE(4, 1); break;
                case 5: TILE(5, 1); break;
                default: TILE(6, 1); break;
                }
#undef TILE
                if (width < VM_PANEL)
                    copy_rows(c + r * c_stride + j, c_stride, narrow, VM_PANEL, rows, width);
            }
        }
    }
}

// A dot product has LANES partial sums; DOT_ROWS x DOT_COLUMNS dot products are computed at once.
enum { LANES = 8, DOT_ROWS = 5, DOT_COLUMNS = 2 };
typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4)));

// Computes `rows` x `columns` dot products of rows of a and rows of b.
INLINE void dots(float *c, long c_stride, int accumulate, const float *a, long a_stride, const float *b,
                 long k, int rows, int columns) {
    lanes sums[DOT_ROWS][DOT_COLUMNS];
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < columns; q++) sums[r][q] = (lanes){0};
    long i = 0;
    for (; i + LANES <= k; i += LANES)
        for (int q = 0; q < columns; q++) {
            lanes weights = *(const lanes *)(b + q * k + i);
            for (int r = 0; r < rows; r++) sums[r][q] += *(const lanes *)(a + r * a_stride + i) * weights;
        }
    for (int r = 0; r < rows; r++)
        for (int q = 0; q < columns; q++) {
            float sum = accumulate ? c[r * c_stride + q] : 0.0f;
            for (int l = 0; l < LANES; l++) sum += sums[r][q][l];
            for (long rest = i; rest < k; rest++) sum += a[r * a_stride + rest] * b[q * k + rest];
            c[r * c_stride + q] = sum;
        }
}

DISPATCHED void vm_multiply_transposed(float *c, long c_stride, int accumulate, const float *a, long a_stride,
                                       long m, const float *b, long k, long n) {
    for (long j = 0; j < n; j += DOT_COLUMNS) {
        for (long r = 0, rows; r < m; r += rows) {
            rows = piece(m - r, DOT_ROWS);
            float *target = c + r * c_stride + j;
            const float *left = a + r * a_stride, *right = b + j * k;
#define DOTS(R, Q) dots(target, c_stride, accumulate, left, a_stride, right, k, R, Q)
            if (n - j == 1) {
                for (long s = 0; s < rows; s++)
                    dots(target + s * c_stride, c_stride, accumulate, left + s * a_stride, a_stride, right, k,
                         1, 1);
                continue;
            }
            switch (rows) {
            case 1: DOTS(1, 2); break;
            case 2: DOTS(2, 2); break;
            case 3: DOTS(3, 2); break;
            case 4: DOTS(4, 2); break;
            default: DOTS(5, 2); break;
            }
#undef DOTS
        }
    }
}
