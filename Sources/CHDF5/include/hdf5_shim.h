// The numeric datasets of an HDF5 file, read by libhdf5 in a process of its own: the library is
// loaded only when such a file is read, and a file that makes it crash, loop or take all memory
// harms nobody.
#ifndef HDF5_SHIM_H
#define HDF5_SHIM_H

#include <stddef.h>
#include <stdint.h>

enum {
  TLKB_HDF5_OK = 0,
  /// libhdf5 cannot be loaded; `message` says why.
  TLKB_HDF5_NO_LIBRARY = 1,
  /// The file is damaged or asks for what is not read; `message` says why.
  TLKB_HDF5_DAMAGED = 2,
  /// The system refused a pipe, memory or a process.
  TLKB_HDF5_SYSTEM = 3
};

/// The datasets, one after the other: name length (u32), name, rank (u32), extents (u64 each), and the
/// numbers as 32-bit floats, all in the machine's order. `bytes` belongs to the caller (free).
typedef struct {
  uint8_t *bytes;
  size_t count;
  char message[256];
} tlkb_hdf5_content;

/// Reads all floating and integer datasets of the file in memory. Takes at most `seconds` of processor
/// time and `memory` bytes more than the process has mapped.
int tlkb_hdf5_read(const uint8_t *bytes, size_t count, unsigned seconds, uint64_t memory,
                   tlkb_hdf5_content *content);

#endif
