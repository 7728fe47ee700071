// Entries of .zip and .tar(.gz) archives one after the other, by libarchive, which is loaded when the
// first archive is opened.
#ifndef ARCHIVE_SHIM_H
#define ARCHIVE_SHIM_H

#include <stddef.h>
#include <stdint.h>

typedef struct tlkb_archive tlkb_archive;

enum {
  TLKB_ENTRY_DAMAGED = -1,
  TLKB_ENTRY_END = 0,
  TLKB_ENTRY_FILE = 1,
  TLKB_ENTRY_FOLDER = 2,
  /// A link, a device, a pipe.
  TLKB_ENTRY_OTHER = 3
};

/// Whether libarchive can be loaded; else the loader's words.
int tlkb_archive_is_there(void);
const char *tlkb_archive_reason(void);

/// Opens an archive file; NULL after an error, which `message` (256 bytes) tells.
tlkb_archive *tlkb_archive_open(const char *path, char *message);

/// The kind of the next entry; `message` tells what is damaged.
int tlkb_archive_next(tlkb_archive *archive, char *message);

/// The current entry's path as the archive has it; NULL where it has none that can be read. Valid until
/// the next entry.
const char *tlkb_archive_name(tlkb_archive *archive);

/// Bytes of the current file into `into`: how many, 0 at its end, -1 where it is damaged.
int64_t tlkb_archive_read(tlkb_archive *archive, void *into, size_t room, char *message);

/// Bytes of the archive file that have been read so far.
int64_t tlkb_archive_position(tlkb_archive *archive);

void tlkb_archive_close(tlkb_archive *archive);

/// Waits until everything written to the disk that holds `folder` is on it (syncfs); 0 when done.
int tlkb_flush_disk(int folder);

#endif
