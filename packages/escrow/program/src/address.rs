//! Program addresses, checked by hash and curve syscalls: a few hundred compute units where the runtime's own derivation
//! takes 1,500 an attempt.

use crate::{field::same, generated::EscrowError, require, Outcome};
use pinocchio::{cpi::Seed, Address};

/// What the runtime hashes last.
pub static MARKER: [u8; 21] = *b"ProgramDerivedAddress";

/// Every bump as a byte that is there for as long as the program.
static BUMPS: [u8; 256] = {
    let mut bytes = [0; 256];
    let mut bump = 0;
    while bump < bytes.len() {
        bytes[bump] = bump as u8;
        bump += 1;
    }
    bytes
};

/// A bump as the last of the seeds.
#[inline(always)]
pub fn bump_seed(bump: u8) -> &'static [u8] {
    core::slice::from_ref(&BUMPS[bump as usize])
}

/// Every bump above this one leads `parts` (seeds with their bump, program, `MARKER`: all that the runtime hashes) onto the
/// curve. So if this one does not, it is the canonical one, and that much the runtime proves itself: for a new account
/// that did not sign, it lets us sign only when seeds and bump lead to its address, off the curve.
#[inline(always)]
pub fn require_canonical(parts: &mut [&[u8]], bump: u8) -> Outcome {
    if bump == u8::MAX {
        return Ok(());
    }
    require_none_above(parts, bump)
}

#[inline(never)]
fn require_none_above(parts: &mut [&[u8]], bump: u8) -> Outcome {
    let mut higher = bump;
    while higher < u8::MAX {
        higher += 1;
        set_bump(parts, higher);
        require(is_on_curve(&sha256(parts)), EscrowError::BumpNotCanonical)?;
    }
    set_bump(parts, bump);
    Ok(())
}

#[inline(always)]
fn set_bump(parts: &mut [&[u8]], bump: u8) {
    let place = parts.len().wrapping_sub(3);
    if let Some(part) = parts.get_mut(place) {
        *part = bump_seed(bump);
    }
}

/// Whether seeds and bump lead to an address. Enough where only the right program can have made what stands there, which
/// it did under the canonical bump.
#[inline(never)]
pub fn leads_to(parts: &[&[u8]], address: &Address) -> bool {
    same(&sha256(parts), address.as_array())
}

/// The canonical address, also where nothing stands: a bump above the canonical one leads onto the curve, where no account
/// of the program will ever be.
#[inline(always)]
pub fn require_canonical_address(parts: &mut [&[u8]], bump: u8, address: &Address) -> Outcome {
    require(leads_to(parts, address), EscrowError::IdentityWrong)?;
    require(!is_on_curve(address.as_array()), EscrowError::BumpNotCanonical)?;
    require_canonical(parts, bump)
}

/// The seeds among `parts`, to sign with.
#[inline(always)]
pub fn seeds<'a>(parts: &'a [&'a [u8]]) -> &'a [Seed<'a>] {
    let seeds = parts.split_last_chunk::<2>().map_or(parts, |(seeds, _program_and_marker)| seeds);
    // SAFETY: a byte slice is the pointer and length that a seed is, and both borrow for as long.
    unsafe { core::slice::from_raw_parts(seeds.as_ptr().cast(), seeds.len()) }
}

const _: () = assert!(size_of::<Seed>() == size_of::<&[u8]>() && align_of::<Seed>() == align_of::<&[u8]>());

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
