// What archives use of zlib: raw inflate and crc32.
#include <zlib.h>
