use crate::{
    field::{put, put_u64},
    generated::{EVENT_BYTES, EVENT_VERSION},
};
use pinocchio::Address;

/// One line in the log: a hint for whoever follows along. The accounts are the truth.
#[inline(never)]
pub fn emit(kind: u8, account: &Address, sequence: u64, amount: u64) {
    log_data(&event(kind, account, sequence, amount));
}

#[inline(always)]
fn event(kind: u8, account: &Address, sequence: u64, amount: u64) -> [u8; EVENT_BYTES] {
    let mut bytes = [0; EVENT_BYTES];
    bytes[0] = EVENT_VERSION;
    bytes[1] = kind;
    put(&mut bytes, 8, account.as_array());
    put_u64(&mut bytes, 40, sequence);
    put_u64(&mut bytes, 48, amount);
    bytes
}

#[inline(always)]
fn log_data(bytes: &[u8]) {
    let parts = [bytes];
    #[cfg(any(target_os = "solana", target_arch = "bpf"))]
    // SAFETY: an array of byte slices is the array of pointer and length that the syscall reads.
    unsafe {
        pinocchio::syscalls::sol_log_data(parts.as_ptr() as *const u8, parts.len() as u64);
    }
    #[cfg(not(any(target_os = "solana", target_arch = "bpf")))]
    core::hint::black_box(parts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_its_fields_where_they_are_read() {
        let bytes = event(10, &Address::new_from_array([9; 32]), 1, 5);
        assert_eq!(bytes[..8], [1, 10, 0, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[8..40], [9; 32]);
        assert_eq!(bytes[40..], [1, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]);
    }
}
