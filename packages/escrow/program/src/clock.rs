use crate::Outcome;
use pinocchio::sysvars::{clock::Clock, Sysvar};

/// The one reading of time that an instruction makes, by syscall and never from an account.
#[inline(always)]
pub fn now() -> Outcome<i64> {
    Ok(Clock::get()?.unix_timestamp)
}
