/*
 * Linked into the native program: the compression function of SHA-256 (FIPS 180-4) by the processor's own
 * instructions. A native image is compiled for processors that need not have them, and can choose its own code for
 * one kind of processor only; Java's digest runs at a third of the speed there. Where the instructions are missing,
 * Java's digest is used (Sha256.java).
 */
#include <cpuid.h>
#include <immintrin.h>
#include <stdint.h>

/* the first 32 bits of the fractional parts of the cube roots of the first 64 primes */
static const uint32_t ROUND_CONSTANTS[64] __attribute__((aligned(16))) = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2};

/* whether this processor has the instructions: CPUID, leaf 7, bit 29 of EBX, and SSE 4.1 with SSSE 3 */
int walvault_sha256_is_supported(void)
{
    unsigned int a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1)) {
        return 0;
    }
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & (1u << 29)) != 0;
}

/* takes so many blocks of 64 bytes into the eight words of the state */
__attribute__((target("sha,sse4.1,ssse3"))) void walvault_sha256_compress(
    uint32_t *state, const uint8_t *blocks, int64_t count)
{
    const __m128i big_endian = _mm_set_epi64x(0x0C0D0E0F08090A0B, 0x0405060700010203);
    /* the instructions want the words a b e f in one register, and c d g h in the other */
    __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) state), 0xB1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) (state + 4)), 0x1B);
    __m128i abef = _mm_alignr_epi8(abcd, efgh, 8);
    __m128i cdgh = _mm_blend_epi16(efgh, abcd, 0xF0);
    for (; count > 0; count--, blocks += 64) {
        const __m128i abef_before = abef;
        const __m128i cdgh_before = cdgh;
        /* the last 16 words of the message schedule, four in each */
        __m128i words[4];
#pragma GCC unroll 16
        for (int group = 0; group < 16; group++) {
            __m128i next;
            if (group < 4) {
                next = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) blocks + group), big_endian);
            } else {
                const __m128i newest = words[(group + 3) % 4];
                next = _mm_sha256msg1_epu32(words[group % 4], words[(group + 1) % 4]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(newest, words[(group + 2) % 4], 4));
                next = _mm_sha256msg2_epu32(next, newest);
            }
            words[group % 4] = next;
            /* two rounds with the lower two words, two with the upper ones */
            __m128i sum = _mm_add_epi32(next, _mm_load_si128((const __m128i *) ROUND_CONSTANTS + group));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    abcd = _mm_shuffle_epi32(abef, 0x1B);
    efgh = _mm_shuffle_epi32(cdgh, 0xB1);
    _mm_storeu_si128((__m128i *) state, _mm_blend_epi16(abcd, efgh, 0xF0));
    _mm_storeu_si128((__m128i *) (state + 4), _mm_alignr_epi8(efgh, abcd, 8));
}
