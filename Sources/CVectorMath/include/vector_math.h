// Matrix products and element-wise arithmetic of the LSTM engine, vectorised with run-time dispatch.
//
// Why C: vector width limits the speed of this code, and Swift compiles for the target's baseline (on x86-64:
// 4 lanes, no fused multiply-add) without function multi-versioning. `target_clones` compiles each function
// for AVX-512, AVX2 and the baseline, and the loader picks one version when the process starts. On arm64,
// NEON is the baseline and there is one version.
//
// Shape letters: B windows in a batch, H units, n elements. All matrices are row-major; strides count floats.
// No function allocates, locks or fails.
#ifndef REPRISE_VECTOR_MATH_H
#define REPRISE_VECTOR_MATH_H

// Keras' activations. `Activation.code` and `RecurrentActivation.code` in Swift return these values.
enum vm_activation { VM_LINEAR = 0, VM_TANH = 1, VM_RELU = 2, VM_SIGMOID = 3, VM_HARD_SIGMOID = 4 };

// y[n] = activation(y[n]), in place. `activation` is a vm_activation here and below.
void vm_activate(float *y, long n, int activation);

// dy[n] *= activation'(x), computed from the activation's output y[n].
void vm_activation_gradient(float *dy, const float *y, long n, int activation);

// One timestep of the forward pass of an LSTM in training. z [B,4H] holds the gates before activation, in
// Keras' order i, f, c, o, and is replaced by the activated gates. c_prev [B,H] may be null (zeros). Writes c
// [B,H], a = activation(c) [B,H] and h = o*a [B rows of H, stride h_stride].
void vm_lstm_forward(float *z, const float *c_prev, float *c, float *a, float *h, long h_stride,
                     long batch, long units, int activation, int recurrent_activation);

// One timestep of the forward pass of an LSTM in inference. z [B,4H] holds the gates before activation. c
// [B,H] is replaced by the next cell state; it is not read if `is_first`. Writes h [B rows of H, stride
// h_stride].
void vm_lstm_predict(const float *z, float *c, float *h, long h_stride, int is_first, long batch, long units,
                     int activation, int recurrent_activation);

// One timestep of the backward pass of an LSTM. z [B,4H] holds the activated gates and is replaced by the
// gradient of the gates before activation. a [B,H] is activation(c). dh [B,H] is the gradient of h from the
// next timestep, dy [B rows of H, stride dy_stride, or null] the gradient of h from the layer above. dc [B,H]
// is the gradient of the cell state and is replaced by that of the previous timestep.
void vm_lstm_backward(float *z, const float *c_prev, const float *a, const float *dh, const float *dy,
                      long dy_stride, float *dc, long batch, long units, int activation,
                      int recurrent_activation);

// c [m,n] = initial + a [m,k] · b [k,n]. `initial` [m,n] may be c itself, have a stride of 0 (one row for all
// rows of c), or be null (zeros). Each number of c is summed in the order of k, whatever m is. `products.c`
// compares the speed with OpenBLAS.
//
// b is read in panels of VM_PANEL columns: packed, with b_panel = VM_PANEL*k and b_row = VM_PANEL, or in
// place if n is a multiple of VM_PANEL, with b_panel = VM_PANEL and b_row = n. a is read at a[r*a_row +
// i*a_column].
enum { VM_PANEL = 16 };
void vm_multiply(float *c, long c_stride, const float *initial, long initial_stride, const float *a,
                 long a_row, long a_column, long m, const float *b, long b_panel, long b_row, long k, long n);

// c [m,n] = a [m,k] · bᵀ, or c += a·bᵀ if `accumulate`, with b [n,k] in place.
void vm_multiply_transposed(float *c, long c_stride, int accumulate, const float *a, long a_stride, long m,
                            const float *b, long k, long n);

// The number of floats of a packed [k,n] matrix, and the function that packs one. b is [k,n], or [n,k] if
// `transposed`.
long vm_packed_count(long k, long n);
void vm_pack(float *packed, const float *b, long k, long n, int transposed);

// y [rows,n]: each row = bias [n].
void vm_fill_rows(float *y, const float *bias, long rows, long n);

// sum[n] = the sum of the rows of x [rows,n].
void vm_sum_rows(const float *x, float *sum, long rows, long n);

// y[n] += x[n].
void vm_add(float *y, const float *x, long n);

// One step of Adam (Kingma & Ba 2015) on w [n] with the moments m [n] and v [n], as in Keras: the bias
// correction is folded into `step` = learning_rate * sqrt(1-beta2^t) / (1-beta1^t). The gradient is
// multiplied by `scale` first (gradient clipping).
void vm_adam(float *w, float *m, float *v, const float *gradient, long n, float step, float beta1,
             float beta2, float epsilon, float scale);

// The sum of the squares of x[n], in double precision.
double vm_square_sum(const float *x, long n);

#endif
