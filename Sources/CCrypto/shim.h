// What hashing uses of libcrypto: the EVP digests.
#include <openssl/evp.h>
