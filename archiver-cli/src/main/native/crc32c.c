/*
 * Linked into the native program: CRC-32C by the processor's own instruction, of which Java's class knows nothing in a
 * native image. All processors that the program is built for have it, and the product without carry ("options").
 */

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

/* Bytes that each of three sums has in a turn: one sum would wait for itself after each eight bytes. */
#define LANE 1024

/*
 * What a sum is multiplied by to move it over LANE and over 2 * LANE bytes: x to the power of 8 * LANE - 33, and of
 * 16 * LANE - 33, modulo the polynomial, the lowest power in the highest bit. The product has one power too many, and
 * the instruction that reduces it multiplies by x^32.
 */
#define OVER_ONE_LANE 0x170076FA
#define OVER_TWO_LANES 0xA51B6135

static inline uint64_t eight(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

__attribute__((target("sse4.2,pclmul"))) static inline uint64_t moved(uint64_t sum, uint32_t over)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t) sum), _mm_cvtsi64_si128(over), 0);
    return _mm_crc32_u64(0, (uint64_t) _mm_cvtsi128_si64(product));
}

/* takes so many bytes into the register, and returns it; it is inverted neither before nor after */
__attribute__((target("sse4.2,pclmul"))) int32_t walvault_crc32c_update(
    int32_t before, const uint8_t *bytes, int64_t count)
{
    uint64_t sum = (uint32_t) before;
    for (; count >= 3 * LANE; count -= 3 * LANE, bytes += 3 * LANE) {
        uint64_t second = 0;
        uint64_t third = 0;
        for (int at = 0; at < LANE; at += 8) {
            sum = _mm_crc32_u64(sum, eight(bytes + at));
            second = _mm_crc32_u64(second, eight(bytes + LANE + at));
            third = _mm_crc32_u64(third, eight(bytes + 2 * LANE + at));
        }
        sum = moved(sum, OVER_TWO_LANES) ^ moved(second, OVER_ONE_LANE) ^ third;
    }
    for (; count >= 8; count -= 8, bytes += 8) {
        sum = _mm_crc32_u64(sum, eight(bytes));
    }
    for (; count > 0; count--, bytes++) {
        sum = _mm_crc32_u8((uint32_t) sum, *bytes);
    }
    return (int32_t) sum;
}
