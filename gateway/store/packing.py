"""Mail bytes, packed for the tables (Zstandard, RFC 8878)."""

import threading

import zstandard

ZSTD = "zstd"
PLAIN = "plain"

_local = threading.local()


def pack(data: bytes) -> tuple[str, bytes]:
    """Codec and packed bytes; left as they are where packing gains nothing."""
    compressor = getattr(_local, "compressor", None)
    if compressor is None:  # one for each thread: they must not be shared, and are dear to make
        compressor = _local.compressor = zstandard.ZstdCompressor(level=3)
    packed: bytes = compressor.compress(data)
    return (ZSTD, packed) if len(packed) < len(data) else (PLAIN, data)


def unpack(codec: str, data: bytes) -> bytes:
    """The bytes that were packed."""
    if codec == PLAIN:
        return bytes(data)
    decompressor = getattr(_local, "decompressor", None)
    if decompressor is None:
        decompressor = _local.decompressor = zstandard.ZstdDecompressor()
    unpacked: bytes = decompressor.decompress(data)
    return unpacked
