// Element-wise arithmetic of the LSTM engine, vectorised with run-time dispatch.
//
// Why C: this code is bound by vector width, and Swift compiles for the baseline of the target (4 lanes, no
// fused multiply-add on x86-64) with no function multi-versioning. Here `target_clones` makes one copy of each
// function for AVX-512, AVX2 and the baseline, and the loader picks one when the process starts.
// On arm64, NEON is the baseline and nothing has to be picked.
//
// Shape letters: B windows in a batch, H units, n elements. All matrices are row-major.
#ifndef REPRISE_VECTOR_MATH_H
#define REPRISE_VECTOR_MATH_H

// Keras' activations. The raw values are shared with `Activation` in Swift.
enum vm_activation { VM_LINEAR = 0, VM_TANH = 1, VM_RELU = 2, VM_SIGMOID = 3, VM_HARD_SIGMOID = 4 };

// y[n] = activation(y[n]), in place.
void vm_activate(float *y, long n, int activation);

// dy[n] *= activation'(x), expressed in the activation's own output y[n].
void vm_activation_gradient(float *dy, const float *y, long n, int activation);

// One timestep of an LSTM, forward. z [B,4H] holds the gates before their activations in Keras' order i, f, c, o
// and is left holding them after it. c_prev [B,H] may be null (zeros). Writes c [B,H], a = activation(c) [B,H]
// and h = o*a [B rows of H, stride h_stride].
void vm_lstm_forward(float *z, const float *c_prev, float *c, float *a, float *h, long h_stride,
                     long batch, long units, int activation, int recurrent_activation);

// One timestep of an LSTM that is not to be trained. z [B,4H] holds the gates before their activations; c [B,H] is
// replaced by the next cell state, and is not read where `is_first`. Writes h.
void vm_lstm_predict(const float *z, float *c, float *h, long h_stride, int is_first, long batch, long units,
                     int activation, int recurrent_activation);

// One timestep of an LSTM, backward. z [B,4H] holds the activated gates and is left holding the gradient of the
// gates before activation. dh [B,H] is the gradient that comes back through time and dy (rows of stride dy_stride, or null)
// the one from the layer above. dc [B,H] is read and left as the gradient of the cell state of the timestep before.
void vm_lstm_backward(float *z, const float *c_prev, const float *a, const float *dh, const float *dy,
                      long dy_stride, float *dc, long batch, long units, int activation,
                      int recurrent_activation);

// Products. c [m,n] = initial + a·b, row-major, where `initial` [m,n] may be c itself, have a stride of 0 (one row for
// all), or be null (zeros). Each number of c is summed in the order of k, whatever m is. Why not OpenBLAS: `products.c`
// says, with figures.
//
// b [k,n] is read in panels of VM_PANEL columns: packed, with b_panel = VM_PANEL*k and b_row = VM_PANEL, or in place
// if n is a multiple of VM_PANEL, with b_panel = VM_PANEL and b_row = n. a is read at a[r*a_row + i*a_column].
enum { VM_PANEL = 16 };
void vm_multiply(float *c, long c_stride, const float *initial, long initial_stride, const float *a, long a_row,
                 long a_column, long m, const float *b, long b_panel, long b_row, long k, long n);

// c [m,n] = a [m,k] · bᵀ, or += where `accumulate`, with b [n,k] in place.
void vm_multiply_transposed(float *c, long c_stride, int accumulate, const float *a, long a_stride, long m,
                            const float *b, long k, long n);

// The floats of a packed [k,n] matrix, and how to pack one: b is [k,n], or [n,k] where `transposed`.
long vm_packed_count(long k, long n);
void vm_pack(float *packed, const float *b, long k, long n, int transposed);

// y[r] = bias for each of the rows, y [rows,n].
void vm_fill_rows(float *y, const float *bias, long rows, long n);

// sum[n] = the sum of the rows of x [rows,n].
void vm_sum_rows(const float *x, float *sum, long rows, long n);

// y[n] += x[n].
void vm_add(float *y, const float *x, long n);

// One step of Adam as Keras does it: the bias correction is folded into `step`
// (learning_rate * sqrt(1-beta2^t) / (1-beta1^t)). The gradient is multiplied by `scale` first (clipping).
void vm_adam(float *w, float *m, float *v, const float *gradient, long n, float step, float beta1,
             float beta2, float epsilon, float scale);

// The sum of the squares of x[n].
double vm_square_sum(const float *x, long n);

#endif
