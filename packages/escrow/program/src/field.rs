//! Reading and writing at the offsets of `generated.rs`. With constant offsets the compiler drops the checks; where it
//! can't, a field outside the account reads as zero and is not written, so that nothing here ever panics.

#[inline(always)]
pub fn bytes_at<const N: usize>(data: &[u8], offset: usize) -> &[u8; N] {
    match data.get(offset..).and_then(|rest| rest.first_chunk()) {
        Some(bytes) => bytes,
        None => &[0; N],
    }
}

#[inline(always)]
pub fn key_at(data: &[u8], offset: usize) -> &[u8; 32] {
    bytes_at(data, offset)
}

#[inline(always)]
pub fn u16_at(data: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes(*bytes_at(data, offset))
}

#[inline(always)]
pub fn u64_at(data: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(*bytes_at(data, offset))
}

#[inline(always)]
pub fn i64_at(data: &[u8], offset: usize) -> i64 {
    i64::from_le_bytes(*bytes_at(data, offset))
}

#[inline(always)]
pub fn put<const N: usize>(data: &mut [u8], offset: usize, bytes: &[u8; N]) {
    if let Some(place) = data.get_mut(offset..).and_then(|rest| rest.first_chunk_mut()) {
        *place = *bytes;
    }
}

#[inline(always)]
pub fn put_u64(data: &mut [u8], offset: usize, value: u64) {
    put(data, offset, &value.to_le_bytes());
}

#[inline(always)]
pub fn put_i64(data: &mut [u8], offset: usize, value: i64) {
    put(data, offset, &value.to_le_bytes());
}

/// Whether two keys are one.
#[inline(always)]
pub fn same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    u64_at(a, 0) == u64_at(b, 0) && u64_at(a, 8) == u64_at(b, 8) && u64_at(a, 16) == u64_at(b, 16) && u64_at(a, 24) == u64_at(b, 24)
}

/// The same as a function of its own, where size counts for more than a few compute units.
#[inline(never)]
pub fn is_same(a: &[u8; 32], b: &[u8; 32]) -> bool {
    same(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read_and_neighbours_stay() {
        let mut data = [7u8; 24];
        put_u64(&mut data, 8, u64::MAX - 1);
        assert_eq!((u64_at(&data, 8), data[7], data[16]), (u64::MAX - 1, 7, 7));
        put_i64(&mut data, 8, i64::MIN);
        assert_eq!(i64_at(&data, 8), i64::MIN);
    }

    #[test]
    fn outside_there_is_nothing() {
        let mut data = [7u8; 12];
        put_u64(&mut data, 5, 1);
        put_u64(&mut data, usize::MAX, 1);
        assert_eq!((data, u64_at(&data, 5), u16_at(&data, 13)), ([7; 12], 0, 0));
    }
}
