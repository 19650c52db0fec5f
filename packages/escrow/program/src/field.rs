//! Reading and writing at the offsets of `generated.rs`. Lengths are array types, so that the compiler drops the bounds
//! checks of constant offsets.

#[inline(always)]
pub fn bytes_at<const N: usize>(data: &[u8], offset: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&data[offset..offset + N]);
    bytes
}

#[inline(always)]
pub fn u64_at(data: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(bytes_at(data, offset))
}

#[inline(always)]
pub fn i64_at(data: &[u8], offset: usize) -> i64 {
    i64::from_le_bytes(bytes_at(data, offset))
}

#[inline(always)]
pub fn put(data: &mut [u8], offset: usize, bytes: &[u8]) {
    data[offset..offset + bytes.len()].copy_from_slice(bytes);
}

#[inline(always)]
pub fn put_u64(data: &mut [u8], offset: usize, value: u64) {
    put(data, offset, &value.to_le_bytes());
}

#[inline(always)]
pub fn put_i64(data: &mut [u8], offset: usize, value: i64) {
    put(data, offset, &value.to_le_bytes());
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
}
