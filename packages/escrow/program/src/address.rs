//! Program addresses, checked by hash and curve syscalls: a few hundred compute units where the runtime's own derivation
//! takes 1,500 an attempt.

use crate::{generated::EscrowError, require};
use pinocchio::error::ProgramError;

/// What the runtime hashes last.
pub static MARKER: [u8; 21] = *b"ProgramDerivedAddress";

/// Holds the place of the bump among the parts of a derivation.
pub const BUMP_PLACE: &[u8] = &[0];

/// Every bump above this one leads `parts` (seeds, `BUMP_PLACE`, program, `MARKER`: all that the runtime hashes) onto the
/// curve. So if this one does not, it is the canonical one, and that much the runtime proves itself: for a new account
/// that did not sign, it lets us sign only when seeds and bump lead to its address, off the curve.
pub fn require_canonical<const N: usize>(parts: &[&[u8]; N], bump: u8) -> Result<(), ProgramError> {
    let mut higher = bump;
    while higher < u8::MAX {
        higher += 1;
        require(is_on_curve(&derive(parts, higher)), EscrowError::BumpNotCanonical)?;
    }
    Ok(())
}

#[inline(always)]
fn derive<const N: usize>(parts: &[&[u8]; N], bump: u8) -> [u8; 32] {
    let bump = [bump];
    let mut parts = *parts;
    parts[N - 3] = &bump;
    sha256(&parts)
}

#[cfg(any(target_os = "solana", target_arch = "bpf"))]
#[inline(always)]
fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = core::mem::MaybeUninit::<[u8; 32]>::uninit();
    // SAFETY: a slice of byte slices is the array of pointer and length that the syscall reads, and the syscall either
    // writes all 32 bytes of the hash or ends the program.
    unsafe {
        pinocchio::syscalls::sol_sha256(parts.as_ptr() as *const u8, parts.len() as u64, hash.as_mut_ptr() as *mut u8);
        hash.assume_init()
    }
}

#[cfg(any(target_os = "solana", target_arch = "bpf"))]
#[inline(always)]
fn is_on_curve(bytes: &[u8; 32]) -> bool {
    const EDWARDS: u64 = 0;
    // SAFETY: the syscall reads the 32 bytes of the point and writes nothing for this curve.
    unsafe { pinocchio::syscalls::sol_curve_validate_point(EDWARDS, bytes.as_ptr(), core::ptr::null_mut()) == 0 }
}

#[cfg(not(any(target_os = "solana", target_arch = "bpf")))]
fn sha256(_parts: &[&[u8]]) -> [u8; 32] {
    unreachable!("only the runtime hashes")
}

#[cfg(not(any(target_os = "solana", target_arch = "bpf")))]
fn is_on_curve(_bytes: &[u8; 32]) -> bool {
    unreachable!("only the runtime knows the curve")
}
