#include "vector_math.h"

#include <math.h>
#include <string.h>

#include "dispatch.h"

// A quotient that is not divided yet, so that a product of several quotients needs one division.
typedef struct {
    float numerator, denominator;
} fraction;

// tanh(x) = x·P(x²)/Q(x²), with a minimax fit on [0, 9] whose relative error is 2e-8; with rounding, the
// error is at most 3.3e-7. Beyond 9, tanh is 1 in float32. There is no branch, so loops vectorise; computing
// both functions from e^x takes nearly twice as long. Comparisons here and below are written so that NaN
// stays NaN: training then finds it in the loss and stops.
INLINE fraction tanh_f32(float x) {
    x = x > 9.0f ? 9.0f : x;
    x = x < -9.0f ? -9.0f : x;
    float s = x * x;
    float p = 1.335477855e-8f;
    p = p * s + 2.060917558e-5f;
    p = p * s + 3.495594190e-3f;
    p = p * s + 1.338103088e-1f;
    p = p * s + 9.999999795e-1f;
    float q = 7.776608781e-7f;
    q = q * s + 3.285644452e-4f;
    q = q * s + 2.587700568e-2f;
    q = q * s + 4.671434648e-1f;
    q = q * s + 1.0f;
    return (fraction){x * p, q};
}

// sigmoid(x) = (1 + tanh(x/2))/2, with the factors of 1/2 folded into the coefficients.
INLINE fraction sigmoid_f32(float x) {
    x = x > 18.0f ? 18.0f : x;
    x = x < -18.0f ? -18.0f : x;
    float s = x * x;
    float p = 1.304177593e-11f;
    p = p * s + 8.050459209e-8f;
    p = p * s + 5.461865921e-5f;
    p = p * s + 8.363144301e-3f;
    p = p * s + 2.499999949e-1f;
    float q = 3.037737805e-9f;
    q = q * s + 5.133819456e-6f;
    q = q * s + 1.617312855e-3f;
    q = q * s + 1.167858662e-1f;
    q = q * s + 1.0f;
    return (fraction){0.5f * q + x * p, q};
}

// The activation's value at x, as a quotient.
INLINE fraction activation_fraction(float x, int kind) {
    switch (kind) {
    case VM_TANH: return tanh_f32(x);
    case VM_RELU: return (fraction){x < 0.0f ? 0.0f : x, 1.0f};
    case VM_SIGMOID: return sigmoid_f32(x);
    case VM_HARD_SIGMOID: {
        // Keras 3: relu6(x + 3) / 6.
        float y = x * (1.0f / 6.0f) + 0.5f;
        y = y < 0.0f ? 0.0f : y;
        return (fraction){y > 1.0f ? 1.0f : y, 1.0f};
    }
    default: return (fraction){x, 1.0f};
    }
}

// The activation's value at x.
INLINE float activate(float x, int kind) {
    fraction y = activation_fraction(x, kind);
    return kind == VM_TANH || kind == VM_SIGMOID ? y.numerator / y.denominator : y.numerator;
}

// The activation's derivative, expressed in its output y.
INLINE float gradient(float y, int kind) {
    switch (kind) {
    case VM_TANH: return 1.0f - y * y;
    case VM_RELU: return y > 0.0f ? 1.0f : 0.0f;
    case VM_SIGMOID: return y * (1.0f - y);
    case VM_HARD_SIGMOID: return (y > 0.0f && y < 1.0f) ? 1.0f / 6.0f : 0.0f;
    default: return 1.0f;
    }
}

// Expands `body` once for each activation, with the activation as a constant, so that no loop has a branch
// inside.
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

// One row of vm_lstm_forward. Each array is a separate parameter because clang honours `restrict` on
// parameters only. With four gate pointers derived from one, clang would check for overlap at run time, find
// that the rows as a whole overlap, and use a scalar loop.
INLINE void forward_row(float *restrict zi, float *restrict zf, float *restrict zg, float *restrict zo,
                        const float *restrict c_prev, float *restrict c, float *restrict a, float *restrict h,
                        long units, int kind, int recurrent) {
    for (long j = 0; j < units; j++) {
        float i = activate(zi[j], recurrent);
        float f = activate(zf[j], recurrent);
        float g = activate(zg[j], kind);
        float o = activate(zo[j], recurrent);
        float cell = i * g;
        if (c_prev) cell += f * c_prev[j];
        float y = activate(cell, kind);
        zi[j] = i;
        zf[j] = f;
        zg[j] = g;
        zo[j] = o;
        c[j] = cell;
        a[j] = y;
        h[j] = o * y;
    }
}

INLINE void forward_rows(float *z, const float *c_prev, float *c, float *a, float *h, long h_stride,
                         long batch, long units, int kind, int recurrent) {
    for (long b = 0; b < batch; b++, z += 4 * units)
        forward_row(z, z + units, z + 2 * units, z + 3 * units, c_prev ? c_prev + b * units : 0,
                    c + b * units, a + b * units, h + b * h_stride, units, kind, recurrent);
}

DISPATCHED void vm_lstm_forward(float *z, const float *c_prev, float *c, float *a, float *h, long h_stride,
                                long batch, long units, int activation, int recurrent_activation) {
#define BODY(kind)                                                                                 \
    if (recurrent_activation == VM_HARD_SIGMOID)                                                   \
        forward_rows(z, c_prev, c, a, h, h_stride, batch, units, kind, VM_HARD_SIGMOID);           \
    else                                                                                           \
        forward_rows(z, c_prev, c, a, h, h_stride, batch, units, kind, VM_SIGMOID)
    FOR_ACTIVATION(activation, BODY)
#undef BODY
}

// One row of vm_lstm_predict: only the states are kept, and two divisions replace five. A denominator is at
// most 417, so the product of three does not overflow.
INLINE void predict_row(const float *restrict zi, const float *restrict zf, const float *restrict zg,
                        const float *restrict zo, float *restrict c, float *restrict h, int is_first,
                        long units, int kind, int recurrent) {
    for (long j = 0; j < units; j++) {
        fraction i = activation_fraction(zi[j], recurrent);
        fraction g = activation_fraction(zg[j], kind);
        float numerator = i.numerator * g.numerator, denominator = i.denominator * g.denominator;
        if (!is_first) {
            fraction f = activation_fraction(zf[j], recurrent);
            numerator = numerator * f.denominator + f.numerator * c[j] * denominator;
            denominator *= f.denominator;
        }
        float cell = numerator / denominator;
        fraction o = activation_fraction(zo[j], recurrent);
        fraction a = activation_fraction(cell, kind);
        c[j] = cell;
        h[j] = o.numerator * a.numerator / (o.denominator * a.denominator);
    }
}

INLINE void predict_rows(const float *z, float *c, float *h, long h_stride, int is_first, long batch,
                         long units, int kind, int recurrent) {
    for (long b = 0; b < batch; b++, z += 4 * units)
        predict_row(z, z + units, z + 2 * units, z + 3 * units, c + b * units, h + b * h_stride, is_first,
                    units, kind, recurrent);
}

DISPATCHED void vm_lstm_predict(const float *z, float *c, float *h, long h_stride, int is_first, long batch,
                                long units, int activation, int recurrent_activation) {
#define BODY(kind)                                                                                 \
    if (recurrent_activation == VM_HARD_SIGMOID)                                                   \
        predict_rows(z, c, h, h_stride, is_first, batch, units, kind, VM_HARD_SIGMOID);            \
    else                                                                                           \
        predict_rows(z, c, h, h_stride, is_first, batch, units, kind, VM_SIGMOID)
    FOR_ACTIVATION(activation, BODY)
#undef BODY
}

INLINE void backward_row(float *restrict zi, float *restrict zf, float *restrict zg, float *restrict zo,
                         const float *restrict c_prev, const float *restrict a, const float *restrict dh,
                         const float *restrict dy, float *restrict dc, long units, int kind, int recurrent) {
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

INLINE void backward_rows(float *z, const float *c_prev, const float *a, const float *dh, const float *dy,
                          long dy_stride, float *dc, long batch, long units, int kind, int recurrent) {
    for (long b = 0; b < batch; b++, z += 4 * units)
        backward_row(z, z + units, z + 2 * units, z + 3 * units, c_prev ? c_prev + b * units : 0,
                     a + b * units, dh + b * units, dy ? dy + b * dy_stride : 0, dc + b * units, units, kind,
                     recurrent);
}

DISPATCHED void vm_lstm_backward(float *z, const float *c_prev, const float *a, const float *dh,
                                 const float *dy, long dy_stride, float *dc, long batch, long units,
                                 int activation, int recurrent_activation) {
#define BODY(kind)                                                                                 \
    if (recurrent_activation == VM_HARD_SIGMOID)                                                   \
        backward_rows(z, c_prev, a, dh, dy, dy_stride, dc, batch, units, kind, VM_HARD_SIGMOID);   \
    else                                                                                           \
        backward_rows(z, c_prev, a, dh, dy, dy_stride, dc, batch, units, kind, VM_SIGMOID)
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

DISPATCHED void vm_adam(float *restrict w, float *restrict m, float *restrict v,
                        const float *restrict gradient, long n, float step, float beta1, float beta2,
                        float epsilon, float scale) {
    for (long j = 0; j < n; j++) {
        float g = gradient[j] * scale;
        m[j] += (g - m[j]) * (1.0f - beta1);
        v[j] += (g * g - v[j]) * (1.0f - beta2);
        w[j] -= m[j] * step / (sqrtf(v[j]) + epsilon);
    }
}

DISPATCHED double vm_square_sum(const float *x, long n) {
    // Eight independent sums: a single sum cannot be vectorised without reordering, which C does not allow.
    double sums[8] = {0};
    long j = 0;
    for (; j + 8 <= n; j += 8)
        for (int k = 0; k < 8; k++) sums[k] += (double)x[j + k] * x[j + k];
    for (; j < n; j++) sums[0] += (double)x[j] * x[j];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}
