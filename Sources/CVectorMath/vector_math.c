#include "vector_math.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define DISPATCHED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPATCHED
#endif
#define INLINE static inline __attribute__((always_inline))

// e^x by Cody-Waite range reduction to [-ln2/2, ln2/2] and a Taylor polynomial of degree 7, whose remainder there is
// below 1e-8 of the value; exact to about one unit in the last place. Written without a branch so that loops vectorise.
INLINE float exp_f32(float x) {
    // Past these the result would leave float32's normal range; the callers below saturate long before.
    x = x > 88.0f ? 88.0f : x;
    x = x < -87.0f ? -87.0f : x;
    // Adding 1.5*2^23 rounds to the nearest integer and leaves it in the low bits.
    const float magic = 12582912.0f;
    float shifted = x * 1.44269504f + magic;
    float n = shifted - magic;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.98412698e-4f;
    p = p * r + 1.38888889e-3f;
    p = p * r + 8.33333333e-3f;
    p = p * r + 4.16666667e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 0.5f;
    p = p * r * r + r + 1.0f;
    int32_t bits;
    memcpy(&bits, &shifted, 4);
    bits = (int32_t)((uint32_t)bits << 23) + 0x3f800000;
    float scale;
    memcpy(&scale, &bits, 4);
    return p * scale;
}

INLINE float sigmoid_f32(float x) { return 1.0f / (1.0f + exp_f32(-x)); }

// Near zero 1 - 2/(e^2x + 1) cancels, so small arguments take the odd Taylor-like polynomial of Cephes' tanhf.
INLINE float tanh_f32(float x) {
    float s = x * x;
    float p = -5.70498872745e-3f;
    p = p * s + 2.06390887954e-2f;
    p = p * s - 5.37397155531e-2f;
    p = p * s + 1.33314422036e-1f;
    p = p * s - 3.33332819422e-1f;
    float near_zero = p * s * x + x;
    float far = 1.0f - 2.0f / (exp_f32(2.0f * x) + 1.0f);
    return s < 0.390625f ? near_zero : far;
}

// Comparisons are written so that NaN stays NaN, here and below: training finds it in the loss and stops.
INLINE float relu_f32(float x) { return x < 0.0f ? 0.0f : x; }

INLINE float activate(float x, int kind) {
    switch (kind) {
    case VM_TANH: return tanh_f32(x);
    case VM_RELU: return relu_f32(x);
    case VM_SIGMOID: return sigmoid_f32(x);
    case VM_HARD_SIGMOID: {
        // Keras 3: relu6(x + 3) / 6.
        float y = x * (1.0f / 6.0f) + 0.5f;
        y = y < 0.0f ? 0.0f : y;
        return y > 1.0f ? 1.0f : y;
    }
    default: return x;
    }
}

INLINE float gradient(float y, int kind) {
    switch (kind) {
    case VM_TANH: return 1.0f - y * y;
    case VM_RELU: return y > 0.0f ? 1.0f : 0.0f;
    case VM_SIGMOID: return y * (1.0f - y);
    case VM_HARD_SIGMOID: return (y > 0.0f && y < 1.0f) ? 1.0f / 6.0f : 0.0f;
    default: return 1.0f;
    }
}

// Calls `body` with each activation as a constant, so that each gets a loop of its own without a branch inside.
#define FOR_ACTIVATION(kind, body)              \
    switch (kind) {                             \
    case VM_TANH: body(VM_TANH); break;         \
    case VM_RELU: body(VM_RELU); break;         \
    case VM_SIGMOID: body(VM_SIGMOID); break;   \
    case VM_HARD_SIGMOID: body(VM_HARD_SIGMOID); break; \
    default: body(VM_LINEAR); break;            \
    }

DISPATCHED void vm_activate(float *y, long n, int activation) {
#define BODY(kind) for (long j = 0; j < n; j++) y[j] = activate(y[j], kind)
    FOR_ACTIVATION(activation, BODY)
#undef BODY
}

DISPATCHED void vm_activation_gradient(float *restrict dy, const float *restrict y, long n, int activation) {
#define BODY(kind) for (long j = 0; j < n; j++) dy[j] *= gradient(y[j], kind)
    FOR_ACTIVATION(activation, BODY)
#undef BODY
}

INLINE void forward_row(float *restrict z, const float *restrict c_prev, float *restrict c, float *restrict a,
                        float *restrict h, long units, int kind, int recurrent) {
    float *restrict zi = z, *restrict zf = z + units, *restrict zg = z + 2 * units, *restrict zo = z + 3 * units;
    for (long j = 0; j < units; j++) {
        float i = activate(zi[j], recurrent);
        float f = activate(zf[j], recurrent);
        float g = activate(zg[j], kind);
        float o = activate(zo[j], recurrent);
        float cell = i * g;
        if (c_prev) cell += f * c_prev[j];
        float activated = activate(cell, kind);
        zi[j] = i;
        zf[j] = f;
        zg[j] = g;
        zo[j] = o;
        c[j] = cell;
        a[j] = activated;
        h[j] = o * activated;
    }
}

DISPATCHED void vm_lstm_forward(float *z, const float *c_prev, float *c, float *a, float *h, long h_stride,
                                long batch, long units, int activation, int recurrent_activation) {
#define BODY(kind)                                                                                     \
    for (long b = 0; b < batch; b++) {                                                                 \
        const float *before = c_prev ? c_prev + b * units : 0;                                         \
        if (recurrent_activation == VM_HARD_SIGMOID)                                                   \
            forward_row(z + 4 * units * b, before, c + b * units, a + b * units, h + b * h_stride,     \
                        units, kind, VM_HARD_SIGMOID);                                                 \
        else                                                                                           \
            forward_row(z + 4 * units * b, before, c + b * units, a + b * units, h + b * h_stride,     \
                        units, kind, VM_SIGMOID);                                                      \
    }
    FOR_ACTIVATION(activation, BODY)
#undef BODY
}

INLINE void backward_row(float *restrict z, const float *restrict c_prev, const float *restrict a,
                         const float *restrict dh, const float *restrict dy, float *restrict dc, long units,
                         int kind, int recurrent) {
    float *restrict zi = z, *restrict zf = z + units, *restrict zg = z + 2 * units, *restrict zo = z + 3 * units;
    for (long j = 0; j < units; j++) {
        float i = zi[j], f = zf[j], g = zg[j], o = zo[j];
        float dhj = dy ? dh[j] + dy[j] : dh[j];
        float dcell = dc[j] + dhj * o * gradient(a[j], kind);
        zi[j] = dcell * g * gradient(i, recurrent);
        zf[j] = c_prev ? dcell * c_prev[j] * gradient(f, recurrent) : 0.0f;
        zg[j] = dcell * i * gradient(g, kind);
        zo[j] = dhj * a[j] * gradient(o, recurrent);
        dc[j] = dcell * f;
    }
}

DISPATCHED void vm_lstm_backward(float *z, const float *c_prev, const float *a, const float *dh, const float *dy,
                                 long dy_stride, float *dc, long batch, long units, int activation,
                                 int recurrent_activation) {
#define BODY(kind)                                                                                     \
    for (long b = 0; b < batch; b++) {                                                                 \
        const float *before = c_prev ? c_prev + b * units : 0;                                         \
        const float *above = dy ? dy + b * dy_stride : 0;                                              \
        if (recurrent_activation == VM_HARD_SIGMOID)                                                   \
            backward_row(z + 4 * units * b, before, a + b * units, dh + b * units, above,              \
                         dc + b * units, units, kind, VM_HARD_SIGMOID);                                \
        else                                                                                           \
            backward_row(z + 4 * units * b, before, a + b * units, dh + b * units, above,              \
                         dc + b * units, units, kind, VM_SIGMOID);                                     \
    }
    FOR_ACTIVATION(activation, BODY)
#undef BODY
}

void vm_fill_rows(float *y, const float *bias, long rows, long n) {
    for (long r = 0; r < rows; r++) memcpy(y + r * n, bias, (size_t)n * sizeof(float));
}

DISPATCHED void vm_sum_rows(const float *restrict x, float *restrict sum, long rows, long n) {
    memset(sum, 0, (size_t)n * sizeof(float));
    for (long r = 0; r < rows; r++)
        for (long j = 0; j < n; j++) sum[j] += x[r * n + j];
}

DISPATCHED void vm_add(float *restrict y, const float *restrict x, long n) {
    for (long j = 0; j < n; j++) y[j] += x[j];
}

DISPATCHED void vm_adam(float *restrict w, float *restrict m, float *restrict v, const float *restrict gradient,
                        long n, float step, float beta1, float beta2, float epsilon, float scale) {
    for (long j = 0; j < n; j++) {
        float g = gradient[j] * scale;
        m[j] += (g - m[j]) * (1.0f - beta1);
        v[j] += (g * g - v[j]) * (1.0f - beta2);
        w[j] -= m[j] * step / (sqrtf(v[j]) + epsilon);
    }
}

DISPATCHED double vm_square_sum(const float *x, long n) {
    // Eight independent sums: a single one could not be vectorised without reordering, which C does not allow.
    double sums[8] = {0};
    long j = 0;
    for (; j + 8 <= n; j += 8)
        for (int k = 0; k < 8; k++) sums[k] += (double)x[j + k] * x[j + k];
    for (; j < n; j++) sums[0] += (double)x[j] * x[j];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}
